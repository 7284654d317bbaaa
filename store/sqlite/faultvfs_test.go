package sqlite

import (
	"path/filepath"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// faultVFS is the name under which SQLite knows the file system below: the
// system's own, which asks a disk before it does anything in that disk's folder.
const faultVFS = "faults"

// register makes faultVFS known, once for all tests.
var register = sync.OnceFunc(func() {
	tls := libc.NewTLS()
	defer tls.Close()
	system.vfs = sqlite3.Xsqlite3_vfs_find(tls, 0)
	system.Tsqlite3_vfs = *at[sqlite3.Tsqlite3_vfs](system.vfs)
	mine := allocate(tls, system.Tsqlite3_vfs)
	name, err := libc.CString(faultVFS)
	if err != nil {
		panic(err)
	}
	v := at[sqlite3.Tsqlite3_vfs](mine)
	v.FzName, v.FxOpen, v.FxDelete = name, pointer(vfsOpen), pointer(vfsDelete)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, mine, 0); rc != sqlite3.SQLITE_OK {
		panic(rc)
	}
})

// system is the file system that SQLite comes with.
var system struct {
	vfs uintptr
	sqlite3.Tsqlite3_vfs
}

// disks are the ones under test, by folder; handles are their open files, by
// SQLite's pointer.
var disks, handles sync.Map

// tables are the method tables made so far, by the one that each replaces.
var tables sync.Map

// handle is an open file of a disk.
type handle struct {
	disk *disk
	path string
	kind kind
	base *sqlite3.Tsqlite3_io_methods
}

// at returns what C memory has at p.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// bytesAt returns n bytes of C memory.
func bytesAt(p uintptr, n int32) []byte { return unsafe.Slice(at[byte](p), n) }

// pointer returns the C pointer of a function of this package.
func pointer(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }

// function returns the function that a C pointer points to.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{p})) }

// allocate returns a copy of v in C memory, which is never freed.
func allocate[T any](tls *libc.TLS, v T) uintptr {
	p := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(v)))
	*at[T](p) = v
	return p
}

// The forms of SQLite's methods.
type (
	fnOpen   = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	fnDelete = func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
	fnFile   = func(tls *libc.TLS, file uintptr) int32
	fnData   = func(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32
	fnOffset = func(tls *libc.TLS, file uintptr, offset int64) int32
	fnFlags  = func(tls *libc.TLS, file uintptr, flags int32) int32
	fnShmMap = func(tls *libc.TLS, file uintptr, region, size, extend int32, out uintptr) int32
)

func vfsOpen(tls *libc.TLS, _, name, file uintptr, flags int32, out uintptr) int32 {
	open := func() int32 {
		return function[fnOpen](system.FxOpen)(tls, system.vfs, name, file, flags, out)
	}
	if name == 0 {
		return open()
	}
	path := libc.GoString(name)
	d, ok := disks.Load(filepath.Dir(path))
	if !ok {
		return open()
	}
	h := &handle{disk: d.(*disk), path: path, kind: kindOf(flags)}
	at[sqlite3.Tsqlite3_file](file).FpMethods = 0 // SQLite closes no file without methods
	return h.disk.do(op{kind: h.kind, call: callOpen, path: path}, sqlite3.SQLITE_CANTOPEN, func() int32 {
		rc := open()
		f := at[sqlite3.Tsqlite3_file](file)
		if f.FpMethods == 0 || rc != sqlite3.SQLITE_OK {
			return rc
		}
		h.base = at[sqlite3.Tsqlite3_io_methods](f.FpMethods)
		f.FpMethods = methods(tls, f.FpMethods)
		handles.Store(file, h)
		return rc
	})
}

func kindOf(flags int32) kind {
	switch {
	case flags&sqlite3.SQLITE_OPEN_WAL != 0:
		return walFile
	case flags&sqlite3.SQLITE_OPEN_MAIN_JOURNAL != 0:
		return journalFile
	}
	return dbFile
}

// methods returns the table that replaces base.
func methods(tls *libc.TLS, base uintptr) uintptr {
	if p, ok := tables.Load(base); ok {
		return p.(uintptr)
	}
	m := *at[sqlite3.Tsqlite3_io_methods](base)
	m.FiVersion = 2 // without the third, files are not mapped into memory
	m.FxClose, m.FxRead, m.FxWrite = pointer(fileClose), pointer(fileRead), pointer(fileWrite)
	m.FxTruncate, m.FxSync, m.FxShmMap = pointer(fileTruncate), pointer(fileSync), pointer(fileShmMap)
	p, _ := tables.LoadOrStore(base, allocate(tls, m))
	return p.(uintptr)
}

func vfsDelete(tls *libc.TLS, _, name uintptr, syncDir int32) int32 {
	remove := func() int32 { return function[fnDelete](system.FxDelete)(tls, system.vfs, name, syncDir) }
	path := libc.GoString(name)
	d, ok := disks.Load(filepath.Dir(path))
	if !ok {
		return remove()
	}
	kind := journalFile
	if filepath.Ext(path) == ".db-wal" {
		kind = walFile
	}
	return d.(*disk).do(op{kind: kind, call: callDelete, path: path, n: int(syncDir)}, sqlite3.SQLITE_IOERR_DELETE, remove)
}

func handleOf(file uintptr) *handle {
	h, _ := handles.Load(file)
	return h.(*handle)
}

func (h *handle) op(c call) op { return op{kind: h.kind, call: c, path: h.path} }

func fileClose(tls *libc.TLS, file uintptr) int32 {
	h := handleOf(file)
	handles.Delete(file)
	return function[fnFile](h.base.FxClose)(tls, file)
}

func fileRead(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32 {
	h := handleOf(file)
	return h.disk.do(h.op(callRead), sqlite3.SQLITE_IOERR_READ, func() int32 {
		return function[fnData](h.base.FxRead)(tls, file, data, n, offset)
	})
}

func fileWrite(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32 {
	h := handleOf(file)
	o := h.op(callWrite)
	o.data, o.offset = bytesAt(data, n), offset
	o.write = func(n int) int32 { return function[fnData](h.base.FxWrite)(tls, file, data, int32(n), offset) }
	return h.disk.do(o, sqlite3.SQLITE_IOERR_WRITE, func() int32 { return o.write(len(o.data)) })
}

func fileTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	h := handleOf(file)
	o := h.op(callTruncate)
	o.offset = size
	return h.disk.do(o, sqlite3.SQLITE_IOERR_TRUNCATE, func() int32 {
		return function[fnOffset](h.base.FxTruncate)(tls, file, size)
	})
}

func fileSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	h := handleOf(file)
	return h.disk.do(h.op(callSync), sqlite3.SQLITE_IOERR_FSYNC, func() int32 {
		return function[fnFlags](h.base.FxSync)(tls, file, flags)
	})
}

func fileShmMap(tls *libc.TLS, file uintptr, region, size, extend int32, out uintptr) int32 {
	h := handleOf(file)
	*at[uintptr](out) = 0
	o := op{kind: shmFile, call: callMap, path: h.path, n: int(extend)}
	return h.disk.do(o, sqlite3.SQLITE_IOERR_SHMMAP, func() int32 {
		return function[fnShmMap](h.base.FxShmMap)(tls, file, region, size, extend, out)
	})
}
