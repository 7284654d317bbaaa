// Package fs keeps blobs as files, each compressed, in a folder of its own:
//
//	WORKSPACE/AA/SESSION/PAGE-SEQ.zst
//
// where AA is how the session's id begins, so that no folder holds too many. A
// file is written beside and then renamed, so that a name stands for a whole blob.
// One process at a time may use a folder.
package fs

import (
	"context"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/gaithq/gait"
)

// Config sets a store up.
type Config struct {
	Limit int64 // bytes that all files take; 0 is no limit
}

// block is what file systems hand out, in bytes: a small file takes one too, so
// that a limit also bounds how many files there are.
const block = 4096

// room returns the bytes that a file of a size takes.
func room(size int64) int64 { return max(1, (size+block-1)/block) * block }

// Store keeps blobs in a folder.
type Store struct {
	root  string
	limit int64
	used  atomic.Int64
	locks [64]sync.Mutex // by session
	pack  *zstd.Encoder
	idle  sync.Pool // of *zstd.Decoder
}

const (
	ending = ".zst"
	// writing is the folder of files that are not whole yet.
	writing = "writing"
)

// Open opens the store in a folder, which it makes if there is none. It looks at every
// file, to know how many bytes there are.
func Open(root string, c Config) (*Store, error) {
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, gait.Wrap(err, gait.Internal, "blobs cannot be compressed")
	}
	s := &Store{root: root, limit: c.Limit, pack: pack}
	// What a process that was killed has left.
	if err := os.RemoveAll(filepath.Join(root, writing)); err != nil {
		return nil, failed(err)
	}
	if err := os.MkdirAll(filepath.Join(root, writing), 0o700); err != nil {
		return nil, failed(err)
	}
	err = filepath.WalkDir(root, func(_ string, d iofs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(d.Name(), ending) {
			return err
		}
		info, err := d.Info()
		if err == nil {
			s.used.Add(room(info.Size()))
		}
		return err
	})
	if err != nil {
		return nil, failed(err)
	}
	return s, nil
}

// Used implements gait.BlobStore: the bytes that all files take.
func (s *Store) Used() int64 { return s.used.Load() }

func (s *Store) workspace(w gait.WorkspaceID) string {
	return filepath.Join(s.root, strconv.FormatInt(int64(w), 10))
}

func (s *Store) session(r gait.SessionRef) string {
	id := r.Session.String()
	return filepath.Join(s.workspace(r.Workspace), id[:2], id)
}

func (s *Store) path(r gait.BlobRef) string {
	return filepath.Join(s.session(sessionOf(r)), fmt.Sprintf("%s-%08x%s", r.Page, r.Seq, ending))
}

func sessionOf(r gait.BlobRef) gait.SessionRef {
	return gait.SessionRef{Workspace: r.Workspace, Session: r.Session}
}

// lock keeps a session's folder as it is for others.
func (s *Store) lock(r gait.SessionRef) (unlock func()) {
	l := &s.locks[int(r.Session[0])%len(s.locks)]
	l.Lock()
	return l.Unlock
}

// Put implements gait.BlobStore.
func (s *Store) Put(ctx context.Context, ref gait.BlobRef, data []byte) error {
	if err := over(ctx); err != nil {
		return err
	}
	packed := s.pack.EncodeAll(data, nil)
	defer s.lock(sessionOf(ref))()
	path := s.path(ref)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	size := room(int64(len(packed)))
	if used := s.used.Add(size); s.limit > 0 && used > s.limit {
		s.used.Add(-size)
		return gait.Errorf(gait.Unavailable, "replays take as much room as they may")
	}
	if err := s.write(path, packed); err != nil {
		s.used.Add(-size)
		return failed(err)
	}
	return nil
}

func (s *Store) write(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	if err := s.makeFolder(dir); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Join(s.root, writing), "*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // err says more
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return err
	}
	return syncFolder(dir)
}

// makeFolder makes a session's folder and those above it so that they survive the
// power failing.
func (s *Store) makeFolder(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for dir != s.root {
		dir = filepath.Dir(dir)
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = f.Sync()
	return errors.Join(err, f.Close())
}

// List implements gait.BlobStore.
func (s *Store) List(ctx context.Context, r gait.SessionRef) ([]gait.BlobInfo, error) {
	if err := over(ctx); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.session(r))
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(err)
	}
	var list []gait.BlobInfo
	for _, e := range entries { // by name, which is by page and number
		page, seq, ok := parse(e.Name())
		if !ok {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, iofs.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, failed(err)
		}
		list = append(list, gait.BlobInfo{
			BlobRef: gait.BlobRef{Workspace: r.Workspace, Session: r.Session, Page: page, Seq: seq},
			Size:    room(info.Size()),
		})
	}
	return list, nil
}

// parse reads the name of a file.
func parse(name string) (gait.PageID, uint32, bool) {
	stem, ok := strings.CutSuffix(name, ending)
	id, number, cut := strings.Cut(stem, "-")
	page, err := gait.ParsePageID(id)
	seq, nerr := strconv.ParseUint(number, 16, 32)
	return page, uint32(seq), ok && cut && err == nil && nerr == nil && len(number) == 8
}

// decoderMemory bounds what unpacking one blob takes, in bytes.
const decoderMemory = 32 << 20

// Open implements gait.BlobStore.
func (s *Store) Open(ctx context.Context, ref gait.BlobRef) (io.ReadCloser, error) {
	if err := over(ctx); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path(ref))
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, gait.Errorf(gait.NotFound, "there is no such blob")
	}
	if err != nil {
		return nil, failed(err)
	}
	d, err := s.decoder(f)
	if err != nil {
		return nil, errors.Join(gait.Wrap(err, gait.Internal, "a blob cannot be unpacked"), f.Close())
	}
	return &unpacked{d, f, s}, nil
}

// decoder returns one that reads a file, which is used again when the blob is closed:
// making one takes longer than unpacking the beginning of a blob.
func (s *Store) decoder(f *os.File) (*zstd.Decoder, error) {
	if d, ok := s.idle.Get().(*zstd.Decoder); ok {
		return d, d.Reset(f)
	}
	return zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(decoderMemory))
}

// unpacked is a file as it was put.
type unpacked struct {
	*zstd.Decoder
	file *os.File
	from *Store
}

// Read reads on. It fails with Internal for a damaged file.
func (u *unpacked) Read(p []byte) (int, error) {
	if u.Decoder == nil {
		return 0, os.ErrClosed
	}
	n, err := u.Decoder.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = gait.Wrap(err, gait.Internal, "a blob is damaged")
	}
	return n, err
}

// Close closes the file. Closing again does nothing but fail.
func (u *unpacked) Close() error {
	if u.Decoder != nil {
		if err := u.Reset(nil); err == nil {
			u.from.idle.Put(u.Decoder)
		}
		u.Decoder = nil
	}
	return u.file.Close()
}

// Has implements gait.BlobStore.
func (s *Store) Has(ctx context.Context, r gait.SessionRef) (bool, error) {
	if err := over(ctx); err != nil {
		return false, err
	}
	dir, err := os.Open(s.session(r))
	if errors.Is(err, iofs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, failed(err)
	}
	names, err := dir.Readdirnames(-1)
	if err := errors.Join(err, dir.Close()); err != nil {
		return false, failed(err)
	}
	return slices.ContainsFunc(names, func(name string) bool {
		_, seq, ok := parse(name)
		return ok && seq == 0
	}), nil
}

// Delete implements gait.BlobStore.
func (s *Store) Delete(ctx context.Context, r gait.SessionRef) (int, error) {
	if err := over(ctx); err != nil {
		return 0, err
	}
	return s.remove(r, func(iofs.FileInfo) bool { return true })
}

// DeleteOld implements gait.BlobStore.
func (s *Store) DeleteOld(ctx context.Context, before func(gait.SessionRef) (time.Time, error)) (int, error) {
	removed := 0
	var first error
	err := s.sessions(ctx, func(r gait.SessionRef) error {
		moment, err := before(r)
		if err != nil || moment.IsZero() {
			return err
		}
		n, err := s.remove(r, func(f iofs.FileInfo) bool { return f.ModTime().Before(moment) })
		removed += n
		if first == nil {
			first = err
		}
		return nil
	})
	if err == nil {
		err = first
	}
	return removed, err
}

// sessions calls yield with every session that has a folder, until it fails.
func (s *Store) sessions(ctx context.Context, yield func(gait.SessionRef) error) error {
	tops, err := folders(s.root)
	if err != nil {
		return err
	}
	for _, top := range tops {
		w, err := strconv.ParseInt(top, 10, 64)
		if err != nil || strconv.FormatInt(w, 10) != top {
			continue // not a workspace's
		}
		parts, err := folders(filepath.Join(s.root, top))
		if err != nil {
			return err
		}
		for _, part := range parts {
			names, err := folders(filepath.Join(s.root, top, part))
			if err != nil {
				return err
			}
			for _, name := range names {
				if err := over(ctx); err != nil {
					return err
				}
				id, err := gait.ParseSessionID(name)
				if err != nil || id.String() != name || name[:2] != part {
					continue // not ours
				}
				if err := yield(gait.SessionRef{Workspace: gait.WorkspaceID(w), Session: id}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// folders are the names of the folders in one, none if it does not exist.
func folders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(err)
	}
	entries = slices.DeleteFunc(entries, func(e iofs.DirEntry) bool { return !e.IsDir() })
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// remove removes the blobs of a session that meet a condition, and its folder if
// nothing is left in it. It returns how many.
func (s *Store) remove(r gait.SessionRef, which func(iofs.FileInfo) bool) (int, error) {
	defer s.lock(r)()
	dir := s.session(r)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, iofs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, failed(err)
	}
	removed := 0
	var first error // what else there is goes all the same
	for _, e := range entries {
		if _, _, ok := parse(e.Name()); !ok {
			continue
		}
		info, err := e.Info()
		if err == nil && which(info) {
			if err = os.Remove(filepath.Join(dir, e.Name())); err == nil {
				s.used.Add(-room(info.Size()))
				removed++
			}
		}
		if err != nil && first == nil {
			first = failed(err)
		}
	}
	if first != nil {
		return removed, first
	}
	if removed == len(entries) {
		if err := os.Remove(dir); err != nil {
			return removed, failed(err)
		}
	}
	return removed, nil
}

func over(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return gait.Wrap(err, gait.Unavailable, "the request is over")
	}
	return nil
}

// failed gives an error of the file system its code.
func failed(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return gait.Wrap(err, gait.Unavailable, "the disk is full")
	}
	return gait.Wrap(err, gait.Unavailable, "the folder of blobs failed")
}
