package gait

import (
	"context"
	"io"
	"time"
)

// BlobRef names a blob: a chunk of the replay of one page.
type BlobRef struct {
	Workspace WorkspaceID
	Session   SessionID
	Page      PageID
	Seq       uint32 // 0, 1, 2, … within the page
}

// BlobInfo is a blob without its bytes.
type BlobInfo struct {
	BlobRef
	Size int64 // bytes that it takes where it is stored
}

// BlobStore keeps the bodies of replays. Nothing is derived from them, so losing them
// harms no report. All methods are safe for concurrent use, and fail with
// Unavailable where the engine cannot answer or accept now.
type BlobStore interface {
	// Put stores data and returns once it would survive the process being killed
	// and the power failing. Storing a name that is taken changes nothing,
	// whatever the data. A blob that would take the store beyond its limit fails
	// with Unavailable and is not stored. The caller may reuse data afterwards.
	Put(ctx context.Context, ref BlobRef, data []byte) error

	// List returns the blobs of a session, ordered by page and then by sequence
	// number; none for an unknown session.
	List(ctx context.Context, s SessionRef) ([]BlobInfo, error)

	// Open returns what was put, for the caller to read and to close. It fails with
	// NotFound for a name that is not there. Reading fails if the blob is damaged;
	// the caller bounds how much it reads.
	Open(ctx context.Context, ref BlobRef) (io.ReadCloser, error)

	// Delete removes all blobs of a session. One that has none is no error.
	Delete(ctx context.Context, s SessionRef) error

	// DeleteBefore removes the blobs of a workspace that were put before the given
	// moment, and returns how many.
	DeleteBefore(ctx context.Context, w WorkspaceID, moment time.Time) (int, error)
}
