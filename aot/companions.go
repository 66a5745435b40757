package aot

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"sphex/aot/debuginfo"
)

// Companions finds the files that a module's debug information names: in the directories that
// the user gives, beside the module, and where the module says.
//
// A module is not trusted, and it may name any path. What a path leads to is opened for
// reading, is used if it is a regular file in WebAssembly's binary format that fits the module,
// and is shown to nobody but the user who debugs. Nothing is fetched from a network.
type Companions struct {
	// Module is the path of the module.
	Module string
	// Dirs are searched first.
	Dirs []string

	lookups []Lookup
}

// Lookup is what was at a path when a companion was looked for there. A compiled object holds as
// long as that stays so.
type Lookup struct {
	Path    string
	Size    int64 // -1 if there was no file
	ModTime int64 // ns since 1970
}

// maxCompanion bounds a companion's size: that of a module.
const maxCompanion = 4 << 30

// Lookups are those since the Companions was made.
func (c *Companions) Lookups() []Lookup { return c.lookups }

// Unchanged reports whether all of the lookups would give the same now.
func Unchanged(lookups []Lookup) bool {
	for _, l := range lookups {
		if look(l.Path) != l {
			return false
		}
	}
	return true
}

func look(path string) Lookup {
	l := Lookup{Path: path, Size: -1}
	if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() {
		l.Size, l.ModTime = st.Size(), st.ModTime().UnixNano()
	}
	return l
}

// Find implements debuginfo.Finder.
func (c *Companions) Find(want *debuginfo.Companion) ([]byte, string, error) {
	missing := &debuginfo.NotFoundError{}
	paths, err := c.candidates(want)
	if err != nil {
		missing.Why = err.Error()
		return nil, "", missing
	}
	for _, path := range paths {
		c.lookups = append(c.lookups, look(path))
		b, err := readCompanion(path, want.Kind)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
			missing.Looked = append(missing.Looked, path)
			continue
		case err == nil && want.Accept != nil:
			err = want.Accept(b)
		}
		if err == nil {
			return b, path, nil
		}
		missing.Refused = append(missing.Refused, fmt.Sprintf("%s: %v", path, plain(err)))
	}
	return nil, "", missing
}

// plain is an error without the path that fs errors repeat.
func plain(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// candidates lists the paths at which a companion may be, in order.
func (c *Companions) candidates(want *debuginfo.Companion) ([]string, error) {
	here := filepath.Dir(c.Module)
	var list []string
	add := func(elem ...string) {
		if p := filepath.Join(elem...); p != "" && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	switch want.Kind {
	case debuginfo.ByBuildID:
		c.byBuildID(want.BuildID, add)
		return list, nil
	case debuginfo.SplitPackage:
		base := filepath.Base(c.Module)
		stem := strings.TrimSuffix(base, ".wasm")
		for _, dir := range append(slices.Clone(c.Dirs), here) {
			add(dir, base+".dwp")
			add(dir, stem+".dwp")
		}
		return list, nil
	}
	name, err := localName(want.Name)
	if err != nil {
		return nil, err
	}
	for _, dir := range c.Dirs {
		if !filepath.IsAbs(name) {
			add(dir, name)
		}
		add(dir, filepath.Base(name))
	}
	switch {
	case filepath.IsAbs(name):
		add(name)
	case want.Kind == debuginfo.SplitUnit && filepath.IsAbs(want.Dir):
		add(want.Dir, name)
		add(here, name)
	case want.Kind == debuginfo.SplitUnit:
		add(here, want.Dir, name)
		add(here, name)
	default:
		add(here, name)
	}
	add(here, filepath.Base(name))
	return list, nil
}

// byBuildID adds the places of debug information that is found by its build id: those that
// debuggers of native code search, and any file with that id.
func (c *Companions) byBuildID(id []byte, add func(...string)) {
	if len(id) < 2 {
		return
	}
	hex := fmt.Sprintf("%x", id)
	base := filepath.Base(c.Module)
	stem := strings.TrimSuffix(base, ".wasm")
	for _, dir := range c.Dirs {
		for _, root := range []string{dir, filepath.Join(dir, ".build-id")} {
			add(root, hex[:2], hex[2:]+".debug")
			add(root, hex[:2], hex[2:])
		}
		for _, name := range []string{hex + ".debug", hex + ".wasm", hex} {
			add(dir, name)
		}
	}
	for _, dir := range append(slices.Clone(c.Dirs), filepath.Dir(c.Module)) {
		for _, name := range []string{stem + ".debug.wasm", base + ".debug", stem + ".debug", base + ".debug.wasm"} {
			add(dir, name)
		}
	}
	for _, dir := range c.Dirs {
		names, _ := filepath.Glob(filepath.Join(escapeGlob(dir), "*.wasm"))
		for _, name := range names[:min(len(names), maxScanned)] {
			add(name)
		}
	}
}

// maxScanned is how many modules of a directory are asked for their build id.
const maxScanned = 1000

func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// localName is the path that a module means by a name, which may be a URL.
func localName(name string) (string, error) {
	if name == "" || strings.ContainsRune(name, 0) {
		return "", errors.New("the name is empty or broken")
	}
	if scheme, _, ok := strings.Cut(name, "://"); ok && !strings.ContainsAny(scheme, `/\`) {
		u, err := url.Parse(name)
		if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" {
			return "", errors.New("nothing is fetched from a network: store the file and say where with --debug-dir")
		}
		name = u.Path
	}
	return filepath.FromSlash(name), nil
}

var (
	errNoFile   = errors.New("it is no regular file")
	errNoModule = errors.New("it is no file in WebAssembly's binary format")
	errTooLarge = errors.New("it is too large")
)

// readCompanion reads a regular file, without waiting for anything else.
func readCompanion(path string, kind debuginfo.Kind) ([]byte, error) {
	if st, err := os.Stat(path); err != nil {
		return nil, err
	} else if !st.Mode().IsRegular() {
		return nil, errNoFile
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may have become a pipe
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case !st.Mode().IsRegular():
		return nil, errNoFile
	case st.Size() > maxCompanion:
		return nil, errTooLarge
	}
	b := make([]byte, 0, 8)
	if kind != debuginfo.SourceMap {
		b = b[:8]
		if n, err := io.ReadFull(f, b); err != nil || string(b[:n]) != "\x00asm\x01\x00\x00\x00" {
			return nil, errNoModule
		}
	}
	b = append(make([]byte, 0, st.Size()), b...)
	rest := b[len(b):cap(b)]
	n, err := io.ReadFull(f, rest)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil // it has become shorter
	}
	return b[:len(b)+n], err
}
