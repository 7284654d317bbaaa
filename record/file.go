package record

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/gaithq/gait"
)

// File is a file of runs that is added to. It is safe for concurrent use.
type File struct {
	mu   sync.Mutex
	file *os.File
	err  error // of a write that failed: the file may end in the middle of a line
}

// OpenFile opens a file to append to, and makes it where there is none. A file
// that ends in the middle of a line is refused.
func OpenFile(name string) (*File, error) {
	if strings.HasSuffix(name, ".xz") {
		return nil, gait.Errorf(gait.Invalid, "%s: runs are appended as plain lines; compress the file afterwards", name)
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, gait.Wrap(err, gait.Unavailable, "cannot write the recording")
	}
	if err := endsWell(f); err != nil {
		_ = f.Close() // err says more
		return nil, err
	}
	return &File{file: f}, nil
}

func endsWell(f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return err
	}
	var last [1]byte
	if _, err := f.ReadAt(last[:], size-1); err != nil {
		return fmt.Errorf("read the end of %s: %w", f.Name(), err)
	}
	if last[0] != '\n' {
		return gait.Errorf(gait.Invalid, "%s ends in the middle of a line: repair it, or record to another file", f.Name())
	}
	return nil
}

// Append writes a run as one line and returns its bytes once they would survive
// the power failing.
func (f *File) Append(r *Run) (int, error) {
	if err := r.Check(); err != nil {
		return 0, err
	}
	line, err := json.Marshal(r)
	if err != nil {
		return 0, fmt.Errorf("recorded run: %w", err)
	}
	line = append(line, '\n')
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return 0, f.err
	}
	if _, err = f.file.Write(line); err == nil {
		err = f.file.Sync()
	}
	if err != nil {
		f.err = gait.Wrap(err, gait.Unavailable, "the recording could not be written")
		return 0, f.err
	}
	return len(line), nil
}

// Name returns the file's name.
func (f *File) Name() string { return f.file.Name() }

// Close closes the file.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Close()
}
