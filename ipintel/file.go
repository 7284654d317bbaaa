package ipintel

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxFile bounds a file, in bytes.
const maxFile = 1 << 30

// stamp is the time that a file's makers wrote into it; zero if they did not.
type stamp = time.Time

// file is one of the operator's files and what was read of it. Files are read
// whole into memory, so that one that is overwritten in place cannot pull the
// ground from under a look-up.
type file struct {
	source *source
	path   string

	// Of the version that is in use.
	table    table
	version  string
	built    time.Time
	modified time.Time
	size     int64
	loaded   time.Time

	err      error // of the last try, nil if it went well
	failures int64
}

func (f *file) problem() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

// reason is problem without the file's path.
func (f *file) reason() string {
	if e, ok := errors.AsType[*os.PathError](f.err); ok {
		return e.Op + ": " + e.Err.Error()
	}
	return f.problem()
}

// load reads the file unless it is as it was. It reports whether there is
// something new; after an error everything is as before.
func (f *file) load() (fresh bool, err error) {
	defer func() {
		if f.err = err; err != nil {
			f.failures++
		}
	}()
	if f.path == builtin {
		if f.table != nil {
			return false, nil
		}
		return true, f.take(hostingList, time.Time{})
	}
	in, err := os.Open(f.path)
	if err != nil {
		return false, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return false, err
	}
	if f.table != nil && info.ModTime().Equal(f.modified) && info.Size() == f.size {
		return false, nil
	}
	if info.Size() > maxFile {
		return false, fmt.Errorf("larger than %d MB", maxFile>>20)
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxFile))
	if err != nil {
		return false, err
	}
	if err := f.take(raw, info.ModTime()); err != nil {
		return false, err
	}
	// What was asked for before reading: if somebody wrote meanwhile, the next
	// look sees another time and reads again.
	f.modified, f.size = info.ModTime(), info.Size()
	return true, nil
}

// take makes raw the content of the file.
func (f *file) take(raw []byte, modified time.Time) error {
	t, built, err := f.source.load(raw)
	if err != nil {
		return err
	}
	if built.IsZero() {
		built = modified
	}
	sum := sha256.Sum256(raw)
	version := f.source.name + ":" + label(f.path)
	if !built.IsZero() {
		version += "@" + built.UTC().Format("2006-01-02")
	}
	f.table, f.built, f.version, f.loaded = t, built, version+"/"+hex.EncodeToString(sum[:4]), time.Now()
	return nil
}

// label is a file's name as facts carry it: short, and without what separates
// their parts.
func label(path string) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
			return c
		}
		return '_'
	}, filepath.Base(path))
	return name[:min(len(name), 40)]
}
