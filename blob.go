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

	// Has reports whether a session has a first blob, of any page: one with Seq 0. It
	// is cheap enough to be asked for each row of a list.
	Has(ctx context.Context, s SessionRef) (bool, error)

	// Delete removes all blobs of a session and returns how many. One that has none
	// is no error.
	Delete(ctx context.Context, s SessionRef) (int, error)

	// DeleteOld asks before once for each session that has blobs, of whatever
	// workspace and in no order, and removes those of the session's blobs that were put
	// before the moment that it answers with; none for the zero time. It returns how
	// many. An error of before ends it. What cannot be removed of one session does not
	// keep the others: it goes on, and fails with the first such error at the end.
	// before may call the store.
	DeleteOld(ctx context.Context, before func(SessionRef) (time.Time, error)) (int, error)

	// Used returns the bytes that all blobs take where they are stored.
	Used() int64
}
