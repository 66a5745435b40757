package aot

import (
	"bytes"
	"debug/elf"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"sphex/aot/object"
)

// Cache keeps sealed objects on disk, under the hash of the module, the options and this
// very compiler, so that a second start compiles nothing. A cache that can't be read or
// written costs time, never the result.
//
//	QUICK-FULL.elf  an object: quickKey and fullKey of its module
//	PATH.known      the name of the object of the module at a path, and which file that was
//
// Only the user may write there, and files are replaced, never changed, so that objects are
// mapped into memory and not read.
type Cache struct {
	Dir string
	Key Key

	stores sync.WaitGroup
	behind behind
}

// UserCache returns the cache in the user's cache directory.
func UserCache() (*Cache, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	key, err := UserKey()
	if err != nil {
		return nil, err
	}
	return &Cache{Dir: filepath.Join(dir, "sphex"), Key: key}, nil
}

// Wait waits until objects that were compiled are written, and gives those up of which the debug
// information is still being made: nobody should wait for these. A process should not end before.
func (c *Cache) Wait() {
	c.behind.giveUp()
	c.stores.Wait()
}

// borrowFrom is the size from which on the file of a module is borrowed; see borrowFile.
var borrowFrom = bigModule + 1

// Load returns the object of the program at path, which is a module or a sealed object. That
// of a module comes from the cache when it is there; hit tells. A module whose file is the one of
// last time is not even read. Behind Load the object is still being written to the cache; see Wait.
func (c *Cache) Load(path string, o Options) (f *object.File, hit bool, err error) {
	place := knownName(path, o)
	file, stamped := stampOf(path)
	if stamped {
		if f := c.known(place, file, path, o); f != nil {
			return f, true, nil
		}
	}
	b, release, borrowed := borrowFile(path)
	if !borrowed {
		release = func() {}
		b, err = readFile(path)
	}
	if err != nil {
		return nil, false, err
	}
	if bytes.HasPrefix(b, []byte("\x7fELF")) {
		f, err = c.Key.Open(b)
		return f, err == nil, err
	}
	remember := func(string) {}
	if again, ok := stampOf(path); stamped && ok && again == file { // else it was changed while it was read
		remember = func(name string) { c.remember(place, file, name) }
	}
	return c.compile(b, path, o, remember, release)
}

// Compile returns the object of a module, from the cache when it is there; hit tells.
func (c *Cache) Compile(module []byte, o Options) (f *object.File, hit bool, err error) {
	path := ""
	if o.Companions != nil {
		path = o.Companions.Module
	}
	return c.compile(module, path, o, func(string) {}, func() {})
}

// compile is Compile; remember is told the name of the file once it is in the cache. release is called
// when the module is not needed any more.
func (c *Cache) compile(module []byte, path string, o Options, remember func(name string), release func()) (*object.File, bool, error) {
	needed := false // still
	defer func() {
		if !needed {
			release()
		}
	}()
	quick := quickKey(module, o)
	full := sync.OnceValue(func() string { return fullKey(module) })
	if same, _ := filepath.Glob(filepath.Join(c.Dir, quick+"-*.elf")); len(same) > 0 {
		name := quick + "-" + full() + ".elf"
		if f := c.open(name, path, o); f != nil {
			remember(name)
			return f, true, nil
		}
	}
	if len(module) >= borrowFrom {
		// now, which costs a tenth of a second, so that the module need not stay
		o.released = func() {
			full()
			if needed {
				release()
			}
		}
	}
	f, err := Compile(module, o)
	if err != nil {
		return nil, false, err
	}
	needed = f.Later != nil && len(module) >= borrowFrom
	size := len(module)
	store := func(f *object.File, create createFile) {
		name := quick + "-" + full() + ".elf"
		if c.store(name, f, noteOf(path, o), create) == nil { // else the next start compiles again
			remember(name)
		}
	}
	if f.Later != nil {
		c.behind.start(f, size, store)
	} else {
		c.stores.Go(func() { store(f, createTemp) })
	}
	return f, false, nil
}

// note is what an object depends on beside its module and the options. It stands in the file
// behind the object, empty when the module names no other files.
type note struct {
	Module  string // path, since other files are looked for from there
	Dirs    []string
	Lookups []Lookup
}

func noteOf(path string, o Options) []byte {
	if o.Companions == nil || len(o.Companions.Lookups()) == 0 {
		return nil
	}
	b, err := json.Marshal(note{absolute(path), o.Companions.Dirs, o.Companions.Lookups()})
	if err != nil {
		panic("aot: cache: " + err.Error())
	}
	return b
}

// holds reports whether a note still says what is so.
func (n *note) holds(path string, o Options) bool {
	return o.Companions != nil && n.Module == absolute(path) && slices.Equal(n.Dirs, o.Companions.Dirs) && Unchanged(n.Lookups)
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// loadTime is for how long what uses an object of the cache makes its tables, at most.
const loadTime = 2 * time.Second

// open maps an object of the cache; nil if there is none that holds. It stays mapped until the
// process ends, since slices of it are everywhere: that costs addresses, not memory.
func (c *Cache) open(name, path string, o Options) *object.File {
	sealed, err := mapFile(filepath.Join(c.Dir, name))
	if err != nil {
		return nil
	}
	elf, noted, err := c.Key.split(sealed)
	if err == nil && len(noted) > 0 {
		var n note
		if json.Unmarshal(noted, &n) != nil || !n.holds(path, o) {
			err = errors.New("other files have changed")
		}
	}
	var f *object.File
	if err == nil {
		Loading(loadTime)
		f, err = object.ReadSealed(elf)
	}
	if err != nil {
		unmapFile(sealed)
		return nil
	}
	return f
}

// store writes an object so that no reader ever sees a part of it.
func (c *Cache) store(name string, f *object.File, note []byte, create createFile) error {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	c.sweep()
	return writeSealed(filepath.Join(c.Dir, name), 0o600, c.Key, f, note, sealMagic, create)
}

// sweep removes what processes left behind that were killed while they wrote.
func (c *Cache) sweep() {
	left, _ := filepath.Glob(filepath.Join(c.Dir, "new*"))
	for _, name := range left {
		if st, err := os.Stat(name); err == nil && time.Since(st.ModTime()) > time.Hour {
			_ = os.Remove(name) // somebody else was faster
		}
	}
}

// known is the contents of a file about the module at a path.
type known struct {
	Path   string
	File   stamp
	Object string // in the cache
	At     int64  // when that was found out, ns since 1970
}

// settled is how long a file must have been as it is, before a change that keeps its stamp can
// be excluded: clocks of file systems tick rarely.
const settled = 100 * time.Millisecond

// known returns the object of the module at path if its file is the one of last time.
func (c *Cache) known(place string, file stamp, path string, o Options) *object.File {
	b, err := os.ReadFile(filepath.Join(c.Dir, place))
	if err != nil {
		return nil
	}
	var k known
	if json.Unmarshal(b, &k) != nil || k.File != file || k.Object != filepath.Base(k.Object) ||
		k.At-max(file.Modified, file.Changed) < int64(settled) {
		return nil
	}
	return c.open(k.Object, path, o)
}

// remember writes down which object a module's file has.
func (c *Cache) remember(place string, file stamp, name string) {
	b, err := json.Marshal(known{File: file, Object: name, At: time.Now().UnixNano()})
	if err != nil {
		panic("aot: cache: " + err.Error())
	}
	_ = replaceFile(filepath.Join(c.Dir, place), 0o600, createTemp, func(f *os.File) error { // else the module is read next time
		_, err := f.Write(b)
		return err
	})
}

// writeSealed writes an object with its note and its seal.
func writeSealed(name string, mode os.FileMode, k Key, f *object.File, note []byte, magic string, create createFile) error {
	return replaceFile(name, mode, create, func(w *os.File) error {
		if err := object.Write(w, f); err != nil {
			return err
		}
		b, err := mapFile(w.Name())
		if err != nil {
			return err
		}
		defer unmapFile(b)
		n, err := object.SealedLen(b)
		if err != nil {
			return err
		}
		if magic == wholeMagic {
			n = len(b)
		}
		_, err = w.Write(k.trailer(b, note, n, magic))
		return err
	})
}

// WriteSealed writes an object to a file of its own, under the user's key: the seal covers all of it.
func WriteSealed(name string, k Key, f *object.File) error {
	if st, err := os.Stat(name); err == nil && !st.Mode().IsRegular() {
		return writeSealedInto(name, k, f)
	}
	return writeSealed(name, 0o644, k, f, nil, wholeMagic, createTemp)
}

// writeSealedInto writes an object to what must not be replaced by a file: a pipe, a device.
func writeSealedInto(name string, k Key, f *object.File) error {
	to, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer to.Close()
	dir, err := os.MkdirTemp("", "sphex")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	whole := filepath.Join(dir, "object")
	if err := writeSealed(whole, 0o600, k, f, nil, wholeMagic, createTemp); err != nil {
		return err
	}
	from, err := os.Open(whole)
	if err != nil {
		return err
	}
	defer from.Close()
	if _, err = io.Copy(to, from); err != nil {
		return err
	}
	return to.Close()
}

// createFile makes a file for what is going to stand under a name.
type createFile func(name string) (*os.File, error)

func createTemp(name string) (*os.File, error) { return os.CreateTemp(filepath.Dir(name), "new") }

// replaceFile writes a file so that no reader ever sees a part of it.
func replaceFile(name string, mode os.FileMode, create createFile, write func(*os.File) error) error {
	tmp, err := create(name)
	if err != nil {
		if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
			pe.Path = name // the one that somebody asked for
		}
		return err
	}
	defer os.Remove(tmp.Name())
	err = write(tmp)
	if err = errors.Join(err, tmp.Chmod(mode), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// compilerID tells one build of this program from another: the build ID that the Go linker
// puts into the executable.
var compilerID = sync.OnceValue(func() string {
	exe, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	if f, err := elf.Open(exe); err == nil {
		defer f.Close()
		if s := f.Section(".note.go.buildid"); s != nil {
			if b, err := s.Data(); err == nil {
				return hex.EncodeToString(b)
			}
		}
	}
	st, err := os.Stat(exe)
	if err != nil {
		return exe
	}
	return fmt.Sprintf("%s %d %d", exe, st.Size(), st.ModTime().UnixNano())
})
