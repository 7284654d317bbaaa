// Package pause waits as long as somebody still wants what comes after.
package pause

import (
	"context"
	"time"
)

// For waits, and reports whether ctx goes on.
func For(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
