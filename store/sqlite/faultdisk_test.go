package sqlite

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// kind is a file of a database.
type kind string

// The kinds.
const (
	dbFile      kind = "database"
	walFile     kind = "log"
	shmFile     kind = "index"
	journalFile kind = "journal"
)

// call is what SQLite asks the file system to do.
type call string

// The calls.
const (
	callOpen     call = "open"
	callRead     call = "read"
	callWrite    call = "write"
	callTruncate call = "truncate"
	callSync     call = "sync"
	callDelete   call = "delete"
	callMap      call = "map"
)

// op is one call.
type op struct {
	kind   kind
	call   call
	path   string
	data   []byte // written
	offset int64  // written at, or truncated to
	n      int    // delete: sync the folder; map: may grow
	write  func(n int) int32
}

// fault is what goes wrong with a call. The zero value is nothing.
type fault struct {
	fail  bool          // the call does nothing and reports an error
	full  bool          // the error is that the disk is full
	part  float64       // a write does this part before it fails
	loses bool          // a sync that fails has forgotten what it should have kept
	delay time.Duration // before anything
}

// disk is a folder whose files fail as planned. It also knows what a power cut
// would leave of them.
type disk struct {
	dir string

	// mu is held while something is changed, so that an image is of one moment.
	mu    sync.Mutex
	files map[string]*file
	room  int64 // bytes that files may still grow by; below 0 without bound

	plans  sync.Mutex
	plan   func(op) fault // nil: nothing fails
	seen   int            // calls
	failed int            // of them, or delayed
}

// file is what a disk knows of one.
type file struct {
	now    []byte // as programs see it
	safe   []byte // as it is after a power cut, before pending
	listed bool   // its name survives a power cut
	gone   bool   // deleted
	ghost  bool   // deleted, but a power cut may bring it back
	later  []op   // since the last sync, in order
}

// newDisk returns a disk for the folder dir.
func newDisk(t testing.TB, dir string) *disk {
	register()
	d := &disk{dir: dir, files: map[string]*file{}, room: -1}
	disks.Store(dir, d)
	t.Cleanup(func() { disks.Delete(dir) })
	return d
}

// fails has calls fail from now on as plan says; nil ends that.
func (d *disk) fails(plan func(op) fault) {
	d.plans.Lock()
	defer d.plans.Unlock()
	d.plan = plan
}

// counts returns how many calls there were, and how many did not go well.
func (d *disk) counts() (seen, failed int) {
	d.plans.Lock()
	defer d.plans.Unlock()
	return d.seen, d.failed
}

func (d *disk) next(o op) fault {
	d.plans.Lock()
	defer d.plans.Unlock()
	d.seen++
	if d.plan == nil {
		return fault{}
	}
	f := d.plan(o)
	if f != (fault{}) {
		d.failed++
	}
	return f
}

// do executes a call, unless it fails.
func (d *disk) do(o op, code int32, run func() int32) int32 {
	f := d.next(o)
	time.Sleep(f.delay)
	if o.call == callRead || o.call == callMap {
		if f.fail {
			return code
		}
		return run()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.file(o.path) // as it is before
	if f.full {
		code = sqlite3.SQLITE_FULL
	}
	if o.call == callWrite && d.room >= 0 {
		if fits := d.fits(o); fits < len(o.data) {
			d.count()
			d.write(o, fits)
			return sqlite3.SQLITE_FULL
		}
	}
	if !f.fail {
		rc := int32(sqlite3.SQLITE_OK)
		if o.call != callSync { // noted, not done: it takes long, and no test cuts the power
			rc = run()
		}
		if rc == sqlite3.SQLITE_OK {
			d.note(o)
		}
		return rc
	}
	switch {
	case o.call == callWrite:
		d.write(o, int(f.part*float64(len(o.data))))
	case o.call == callSync && f.loses:
		d.file(o.path).later = nil
	}
	return code
}

func (d *disk) count() {
	d.plans.Lock()
	defer d.plans.Unlock()
	d.failed++
}

// write does the first n bytes of a write.
func (d *disk) write(o op, n int) {
	if n == 0 || o.write(n) != sqlite3.SQLITE_OK {
		return
	}
	o.data = o.data[:n]
	d.note(o)
}

// fits returns how much of a write there is room for.
func (d *disk) fits(o op) int {
	size := int64(len(d.file(o.path).now))
	return int(min(int64(len(o.data)), max(0, size+d.room-o.offset)))
}

// file returns what is known of path, and learns what a file is at first sight.
func (d *disk) file(path string) *file {
	f, ok := d.files[path]
	if !ok {
		f = new(file)
		if raw, err := os.ReadFile(path); err == nil {
			f.now, f.safe, f.listed = raw, slices.Clone(raw), true
		}
		d.files[path] = f
	}
	return f
}

// note remembers a call that was executed.
func (d *disk) note(o op) {
	f := d.file(o.path)
	before := len(f.now)
	switch o.call {
	case callOpen:
		if f.gone {
			*f = file{}
		}
	case callWrite, callTruncate:
		o.data, o.write = slices.Clone(o.data), nil
		f.now = o.apply(f.now)
		f.later = append(f.later, o)
	case callSync:
		for _, l := range f.later {
			f.safe = l.apply(f.safe)
		}
		f.later = nil
		if !f.listed {
			d.syncNames() // as SQLite does for a new file
		}
	case callDelete:
		*f = file{safe: f.safe, gone: true, ghost: f.listed}
		if o.n != 0 {
			d.syncNames()
		}
	}
	if d.room >= 0 {
		d.room -= int64(len(f.now) - before)
	}
}

// syncNames makes all names survive, and the deletion of others.
func (d *disk) syncNames() {
	for _, f := range d.files {
		f.listed, f.ghost = !f.gone, false
	}
}

// apply does a write or truncation to b.
func (o op) apply(b []byte) []byte {
	end := int(o.offset) + len(o.data)
	if o.call == callTruncate {
		return b[:min(len(b), int(o.offset))]
	}
	if end > len(b) {
		b = append(b, make([]byte, end-len(b))...)
	}
	copy(b[o.offset:], o.data)
	return b
}

// kill writes into dir what a process leaves that is killed now.
func (d *disk) kill(t testing.TB, dir string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for path, f := range d.files {
		if _, err := os.Stat(path); err == nil {
			save(t, dir, path, f.now)
		}
	}
}

// cut writes into dir what a power cut leaves now: of what was not synced, any
// of the writes, each whole or only some of its sectors.
func (d *disk) cut(t testing.TB, dir string, random *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for path, f := range d.files {
		if _, err := os.Stat(path); err != nil && !f.ghost {
			continue
		}
		if (f.ghost || !f.listed) && random.IntN(2) == 0 {
			continue
		}
		b := slices.Clone(f.safe)
		keep := random.IntN(4) // of four: none, all, or some
		for _, o := range f.later {
			if keep == 0 || keep > 1 && random.IntN(2) == 0 {
				continue
			}
			if keep == 3 && len(o.data) > 512 {
				o = o.sector(random)
			}
			b = o.apply(b)
		}
		save(t, dir, path, b)
	}
}

// sector is a write of which only some of the sectors at one end were done.
func (o op) sector(random *rand.Rand) op {
	n := 512 * random.IntN(len(o.data)/512+1)
	if random.IntN(2) == 0 {
		o.data = o.data[:n]
		return o
	}
	o.offset, o.data = o.offset+int64(n), o.data[n:]
	return o
}

func save(t testing.TB, dir, path string, b []byte) {
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), b, 0o600); err != nil {
		t.Error(err)
	}
}

// heal ends all faults.
func (d *disk) heal() {
	d.fails(nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = -1
}

// fill leaves room for n more bytes.
func (d *disk) fill(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = n
}
