package aot

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"sphex/aot/abi"
	"sphex/aot/object"
)

// Cache keeps sealed objects on disk, under the hash of the module, the options and this
// very compiler, so that a second start compiles nothing. A cache that can't be read or
// written costs time, never the result.
type Cache struct {
	Dir string
	Key Key
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

// Compile returns the object of a module, from the cache when it is there; hit tells.
func (c *Cache) Compile(module []byte, o Options) (f *object.File, hit bool, err error) {
	name := filepath.Join(c.Dir, cacheKey(module, o)+".elf")
	if sealed, err := os.ReadFile(name); err == nil {
		if b, err := c.Key.Open(sealed); err == nil {
			if f, err := object.Read(b); err == nil {
				return f, true, nil
			}
		}
	}
	f, err = Compile(module, o)
	if err != nil {
		return nil, false, err
	}
	b, err := f.Bytes()
	if err != nil {
		return nil, false, err
	}
	_ = c.store(name, b) // the next start compiles again
	f, err = object.Read(b)
	return f, false, err
}

// store writes an object so that no reader ever sees a part of it.
func (c *Cache) store(name string, b []byte) error {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(c.Dir, "new")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(c.Key.Seal(b))
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// cacheKey names what an object depends on.
func cacheKey(module []byte, o Options) string {
	h := sha256.New()
	fmt.Fprintf(h, "sphex abi %d sites %d compiler %s\n", abi.Version, o.Sites, compilerID())
	h.Write(module)
	return hex.EncodeToString(h.Sum(nil))
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
