// Package dwarftest gives tests the DWARF of real programs.
package dwarftest

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sphex/dwarf"
)

// Program is a module or object with DWARF.
type Program struct {
	Name     string // relative to testdata/programs
	Path     string
	Raw      map[string][]byte // by section name
	Sections dwarf.Sections
}

// Programs reads the sections of all modules below testdata/programs; root is the way from
// the test's directory to the repository's. Modules without DWARF are left out. The environment
// variable SPHEX_DWARF_PROGRAMS may name more, as a pattern.
func Programs(t testing.TB, root string) []*Program {
	dir := filepath.Join(root, "testdata", "programs")
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	if extra := os.Getenv("SPHEX_DWARF_PROGRAMS"); extra != "" {
		more, err := filepath.Glob(extra)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, more...)
	}
	var ps []*Program
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			name = path
		}
		p := &Program{Name: name, Path: path, Raw: customSections(data)}
		p.Sections = *dwarf.SectionsOf(p.Raw)
		if p.Sections.Info != nil {
			ps = append(ps, p)
		}
	}
	if len(ps) == 0 {
		t.Fatalf("no modules with DWARF in %s", dir)
	}
	return ps
}

// customSections reads the custom sections of a module.
func customSections(data []byte) map[string][]byte {
	m := map[string][]byte{}
	c := dwarf.NewCursor("module", data, 0)
	c.Skip(8)
	for c.Len() > 0 {
		id := c.U8()
		body := c.Bytes(c.ULEB())
		if id == 0 {
			b := dwarf.NewCursor("custom section", body, 0)
			name := string(b.Bytes(b.ULEB()))
			m[name] = b.Rest()
		}
	}
	return m
}

// Native compiles a program for this machine with the command line, in which OUT stands for
// the output and FILE for the source, and reads its sections. The test is skipped if the
// compiler is not there.
func Native(t testing.TB, file, source string, command ...string) *Program {
	Tool(t, command[0])
	dir := t.TempDir()
	src, out := filepath.Join(dir, file), filepath.Join(dir, "out")
	if err := os.WriteFile(src, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	args := make([]string, 0, len(command))
	for _, a := range command[1:] {
		switch a {
		case "OUT":
			a = out
		case "FILE":
			a = src
		}
		args = append(args, a)
	}
	cmd := exec.Command(command[0], args...)
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, text)
	}
	p, err := ELF(out)
	if err != nil {
		t.Fatal(err)
	}
	p.Name = fmt.Sprint(command[0], " ", file)
	return p
}

// ELF reads the sections of an object file.
func ELF(path string) (*Program, error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &Program{Path: path, Raw: map[string][]byte{}}
	for _, s := range f.Sections {
		if p.Sections.Section(s.Name) == nil || s.Type == elf.SHT_NOBITS {
			continue
		}
		data, err := s.Data()
		if err != nil {
			return nil, err
		}
		p.Raw[s.Name] = data
		p.Sections.Set(s.Name, data)
	}
	return p, nil
}

// Tool returns the path of a program that a test compares with. Without it the test is
// skipped, or fails where everything is meant to be installed.
func Tool(t testing.TB, name string) string {
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// WriteELF writes an object file for x86-64 that holds nothing but the sections.
func WriteELF(t testing.TB, path string, sections map[string][]byte) {
	le := binary.LittleEndian
	names := []byte{0}
	var headers, body []byte
	const headerSize = 64
	headers = append(headers, make([]byte, headerSize)...)
	add := func(name string, typ uint32, data []byte) {
		h := make([]byte, headerSize)
		le.PutUint32(h, uint32(len(names)))
		le.PutUint32(h[4:], typ)
		le.PutUint64(h[24:], uint64(headerSize+len(body)))
		le.PutUint64(h[48:], 1)
		names = append(append(names, name...), 0)
		if typ == uint32(elf.SHT_STRTAB) {
			data = names
		}
		le.PutUint64(h[32:], uint64(len(data)))
		headers, body = append(headers, h...), append(body, data...)
	}
	for _, name := range dwarf.SectionNames {
		if data, ok := sections[name]; ok {
			add(name, uint32(elf.SHT_PROGBITS), data)
		}
	}
	add(".shstrtab", uint32(elf.SHT_STRTAB), nil)
	file := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, headerSize-7)...)
	le.PutUint16(file[16:], uint16(elf.ET_REL))
	le.PutUint16(file[18:], uint16(elf.EM_X86_64))
	le.PutUint32(file[20:], 1)
	le.PutUint64(file[40:], uint64(headerSize+len(body)))
	le.PutUint16(file[52:], headerSize)
	le.PutUint16(file[58:], headerSize)
	le.PutUint16(file[60:], uint16(len(headers)/headerSize))
	le.PutUint16(file[62:], uint16(len(headers)/headerSize-1))
	file = append(append(file, body...), headers...)
	if err := os.WriteFile(path, file, 0o666); err != nil {
		t.Fatal(err)
	}
}
