package debugger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sphex/debugger/natvis"
	"sphex/debugger/symbols"
	"sphex/debugger/value"
)

// A person's own renderings are in Natvis files: those that Config names, those that a command has loaded, the
// one beside the program that has its name, and those in folders called .sphex. Those that the sources of a Rust
// program name, which rustc embeds only for Microsoft's debuggers, are looked for when a value of Rust is shown
// for the first time.

// NatvisFile is a Natvis file of a session.
type NatvisFile struct {
	Path string
	From string       // why it was loaded, "" for one that the person has named
	File *natvis.File // nil if it could not be read
	Err  error
}

// NatvisStatus is the Natvis files of a session, and what they are used for.
type NatvisStatus struct {
	Files []NatvisFile
	Uses  []value.NatvisUse
}

// natvisFolder is where a workspace keeps what is the debugger's.
const natvisFolder = ".sphex"

// readNatvis reads a file.
func readNatvis(path, from string) NatvisFile {
	f := NatvisFile{Path: path, From: from}
	st, err := os.Stat(path)
	var b []byte
	switch {
	case err != nil:
	case !st.Mode().IsRegular(): // a source file of the program may have named it
		err = &natvis.Error{Path: path, Err: errors.New("not a regular file")}
	case st.Size() > natvis.MaxFile:
		err = &natvis.Error{Path: path, Err: fmt.Errorf("the file is longer than %d bytes", natvis.MaxFile)}
	default:
		b, err = os.ReadFile(path)
	}
	var p *os.PathError
	if errors.As(err, &p) {
		err = &natvis.Error{Path: path, Err: p.Err}
	}
	if err == nil {
		f.File, err = natvis.Parse(path, b)
	}
	f.Err = err
	return f
}

// findNatvis reads the files that are there from the start.
func (s *Session) findNatvis() {
	s.natvis = nil
	add := func(path, from string) {
		same := func(f NatvisFile) bool { return f.Path == path }
		if !slices.ContainsFunc(s.natvis, same) {
			s.natvis = append(s.natvis, readNatvis(path, from))
		}
	}
	for _, path := range s.cfg.Natvis {
		add(path, "")
	}
	for _, dir := range s.natvisFolders() {
		files, err := filepath.Glob(filepath.Join(dir, natvisFolder, "*.natvis"))
		if err != nil { // the folder's name has brackets
			continue
		}
		for _, path := range files {
			add(path, "it is in "+natvisFolder)
		}
	}
	if name := strings.TrimSuffix(s.cfg.Program, filepath.Ext(s.cfg.Program)) + ".natvis"; isFile(name) {
		add(name, "it is beside the program")
	}
}

// natvisFolders are the folders that may have one for the debugger: that of the work, and that of the program.
func (s *Session) natvisFolders() []string {
	work := s.cfg.WorkDir
	if work == "" {
		work = "."
	}
	dirs := []string{work}
	if a, err := filepath.Abs(work); err != nil || a != s.source.beside {
		dirs = append(dirs, s.source.beside)
	}
	return dirs
}

// useNatvis makes the files the renderings of the program's values.
func (s *Session) useNatvis() {
	im := s.imageNow()
	var files []*natvis.File
	s.mu.Lock()
	for _, f := range s.natvis {
		if f.File != nil {
			files = append(files, f.File)
		}
	}
	s.mu.Unlock()
	im.types.SetNatvis(value.NewNatvis(s.cfg.Program, files, s.natvisOfSources))
}

// LoadNatvis loads a file, or loads it again. Its entries come before all others. An error says that the file
// can't be read, and where; the renderings are then as before.
func (s *Session) LoadNatvis(path string) (*natvis.File, error) {
	f := readNatvis(path, "")
	if f.Err != nil {
		return nil, f.Err
	}
	s.mu.Lock()
	s.natvis = slices.Insert(slices.DeleteFunc(slices.Clone(s.natvis), func(g NatvisFile) bool { return g.Path == path }), 0, f)
	s.mu.Unlock()
	s.useNatvis()
	return f.File, nil
}

// UnloadNatvis leaves out a file, by its path or the end of it; "" leaves out all. It returns how many.
func (s *Session) UnloadNatvis(path string) int {
	s.mu.Lock()
	before := len(s.natvis)
	s.natvis = slices.DeleteFunc(slices.Clone(s.natvis), func(f NatvisFile) bool {
		return path == "" || f.Path == path || strings.HasSuffix(f.Path, "/"+path)
	})
	n := before - len(s.natvis)
	s.mu.Unlock()
	if n > 0 {
		s.useNatvis()
	}
	return n
}

// ReloadNatvis reads all files again.
func (s *Session) ReloadNatvis() {
	s.mu.Lock()
	files := slices.Clone(s.natvis)
	s.mu.Unlock()
	for i, f := range files {
		files[i] = readNatvis(f.Path, f.From)
	}
	s.mu.Lock()
	s.natvis = files
	s.mu.Unlock()
	s.useNatvis()
}

// Natvis tells what is loaded, and which types it renders.
func (s *Session) Natvis() NatvisStatus {
	s.mu.Lock()
	out := NatvisStatus{Files: slices.Clone(s.natvis)}
	s.mu.Unlock()
	out.Uses = s.imageNow().types.Natvis().Uses()
	return out
}

// natvisNotes says which of the files that the person has named can't be read, or have something in them that
// nobody understands.
func (s *Session) natvisNotes() (notes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.natvis {
		switch {
		case f.Err != nil:
			notes = append(notes, "no Natvis from "+f.Err.Error())
		case len(f.File.Problems) > 0:
			p := f.File.Problems[0]
			note := fmt.Sprintf("%s:%d: %s", f.Path, p.Line, p.Text)
			if n := len(f.File.Problems); n > 1 {
				note += fmt.Sprintf(", and %d more; natvis lists them", n-1)
			}
			notes = append(notes, note)
		}
	}
	return notes
}

// visualizer finds Rust's attribute that names a file.
var visualizer = regexp.MustCompile(`debugger_visualizer\s*\(\s*natvis_file\s*=\s*"([^"\n]+)"`)

// Bounds of the search in sources.
const (
	maxNatvisSources = 2000
	maxNatvisSource  = 4 << 20
)

// natvisOfSources reads the files that attributes in the sources of a Rust program name.
func (s *Session) natvisOfSources() []*natvis.File {
	table := s.imageNow().table
	seen := map[string]bool{}
	var paths []string
	look := func(file string) {
		if !strings.HasSuffix(file, ".rs") || strings.HasPrefix(file, "/rustc/") || len(seen) > maxNatvisSources || seen[file] {
			return
		}
		seen[file] = true
		path, ok := s.SourcePath(file)
		if st, err := os.Stat(path); !ok || err != nil || st.Size() > maxNatvisSource {
			return
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return
		}
		for _, m := range visualizer.FindAllSubmatch(b, 20) {
			paths = append(paths, filepath.Join(filepath.Dir(path), filepath.FromSlash(string(m[1]))))
		}
	}
	for _, u := range table.Units() {
		if u.Language != symbols.LangRust {
			continue
		}
		name, _, _ := strings.Cut(u.Name, "/@/") // what rustc appends to the crate's first file
		if dir := u.CompDir; !filepath.IsAbs(name) && dir != "" {
			name = strings.TrimRight(dir, "/") + "/" + name
		}
		look(name)
	}
	for _, file := range table.Files() {
		look(file)
	}
	var files []*natvis.File
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, path := range paths {
		i := slices.IndexFunc(s.natvis, func(f NatvisFile) bool { return f.Path == path })
		if i < 0 {
			s.natvis = append(s.natvis, readNatvis(path, "a source file names it"))
			if f := s.natvis[len(s.natvis)-1].File; f != nil {
				files = append(files, f)
			}
		}
	}
	return files
}
