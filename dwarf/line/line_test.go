package line_test

import (
	stddwarf "debug/dwarf"
	"errors"
	"io"
	"path"
	"strings"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/internal/dwarftest"
	"sphex/dwarf/line"
)

const root = "../.."

const source = `
#include <stdio.h>
static int twice(int x) { return 2 * x; }
int main(int argc, char **argv) {
	for (int i = 0; i < argc; i++) printf("%d\n", twice(i));
	return 0;
}
`

// each calls f for every line number program of a program.
func each(t *testing.T, p *dwarftest.Program, f func(u *info.Unit, prog *line.Program)) {
	d, err := info.New(&p.Sections)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]bool{}
	for _, u := range d.Units {
		e, err := u.Root()
		if err != nil {
			t.Fatal(err)
		}
		v, ok := e.Attr(dwarf.AttrStmtList)
		if !ok {
			continue
		}
		off, ok := v.SecOffset()
		if !ok {
			t.Fatalf("unit 0x%x: no offset", u.Offset)
		}
		if seen[off] {
			continue
		}
		seen[off] = true
		prog, err := line.Parse(&p.Sections, off, u.AddrSize, e.Str(dwarf.AttrCompDir))
		if err != nil {
			t.Fatal(err)
		}
		f(u, prog)
	}
	if len(seen) == 0 {
		t.Fatal("no line number programs")
	}
}

func all(t *testing.T, f func(t *testing.T, p *dwarftest.Program)) {
	for _, p := range dwarftest.Programs(t, root) {
		t.Run(p.Name, func(t *testing.T) { f(t, p) })
	}
	t.Run("gcc", func(t *testing.T) {
		for _, version := range []string{"-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"} {
			t.Run(version, func(t *testing.T) {
				f(t, dwarftest.Native(t, "a.c", source, "gcc", version, "-gno-as-loc-support", "-O1", "-o", "OUT", "FILE"))
			})
		}
	})
	t.Run("go", func(t *testing.T) {
		f(t, dwarftest.Native(t, "a.go", "package main\nfunc main() { println(1) }\n", "go", "build", "-ldflags=-compressdwarf=false", "-o", "OUT", "FILE"))
	})
}

// TestAgainstStandardLibrary compares every row and file with debug/dwarf.
func TestAgainstStandardLibrary(t *testing.T) {
	all(t, func(t *testing.T, p *dwarftest.Program) {
		s := &p.Sections
		std, err := stddwarf.New(s.Abbrev, nil, nil, s.Info, s.Line, nil, s.Ranges, s.Str)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range p.Raw {
			switch name {
			case ".debug_addr", ".debug_line_str", ".debug_str_offsets", ".debug_rnglists":
				if err := std.AddSection(name, data); err != nil {
					t.Fatal(err)
				}
			}
		}
		rows := 0
		each(t, p, func(u *info.Unit, prog *line.Program) {
			r := std.Reader()
			r.Seek(stddwarf.Offset(u.First))
			e, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			lr, err := std.LineReader(e)
			if err != nil || lr == nil {
				t.Fatalf("unit 0x%x: oracle: %v", u.Offset, err)
			}
			var want stddwarf.LineEntry
			err = prog.Rows(func(r *line.Row) bool {
				if err := lr.Next(&want); err != nil {
					t.Fatalf("unit 0x%x, row %d: oracle: %v", u.Offset, rows, err)
				}
				rows++
				flag := func(f line.Flags) bool { return r.Flags&f != 0 }
				got := stddwarf.LineEntry{Address: r.Address, OpIndex: int(r.OpIndex), Line: int(int32(r.Line)), Column: int(r.Column),
					ISA: int(r.ISA), Discriminator: int(r.Discriminator), IsStmt: flag(line.Stmt), BasicBlock: flag(line.BasicBlock),
					PrologueEnd: flag(line.PrologueEnd), EpilogueBegin: flag(line.EpilogueBegin), EndSequence: flag(line.EndSequence), File: want.File}
				if flag(line.EndSequence) { // the oracle resets some registers too early
					got.IsStmt = want.IsStmt
				}
				if flag(line.Dead) { // the oracle advances from the mark
					got.Address = want.Address
				}
				if got != want {
					t.Fatalf("unit 0x%x, row %d:\n got %+v\nwant %+v", u.Offset, rows, got, want)
				}
				// The oracle does not always put the compilation directory before relative names.
				if got := prog.Path(uint64(r.File)); want.File != nil && got != want.File.Name && got != path.Join(prog.Dirs[0], want.File.Name) {
					t.Fatalf("unit 0x%x, row %d: file %q, want %q", u.Offset, rows, prog.Path(uint64(r.File)), want.File.Name)
				}
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := lr.Next(&want); !errors.Is(err, io.EOF) {
				t.Fatalf("unit 0x%x: oracle has more rows: %v", u.Offset, err)
			}
			for i, f := range lr.Files() {
				if ours, ok := prog.File(uint64(i)); ok && strings.HasPrefix(ours.Name, "/") {
					continue // the oracle puts the directory before absolute names too
				}
				if f != nil && f.Name != prog.Path(uint64(i)) && path.Join(prog.Dirs[0], f.Name) != prog.Path(uint64(i)) {
					t.Fatalf("unit 0x%x: file %d is %q, want %q", u.Offset, i, prog.Path(uint64(i)), f.Name)
				}
			}
		})
		t.Logf("%d rows", rows)
	})
}

// TestWriter writes every program anew and reads it back.
func TestWriter(t *testing.T) {
	all(t, func(t *testing.T, p *dwarftest.Program) {
		before, after := 0, 0
		each(t, p, func(u *info.Unit, prog *line.Program) {
			strs := dwarf.NewStringTable(nil)
			files := prog.Files
			w := line.NewWriter(prog.Dirs, files, strs)
			var want []line.Row
			if err := prog.Rows(func(r *line.Row) bool {
				if r.Flags&line.Dead != 0 && u.AddrSize < 8 {
					r.Address |= 0xffff_ffff << 32 // the mark of 8-byte addresses
				}
				want = append(want, *r)
				w.Row(r)
				return true
			}); err != nil {
				t.Fatal(err)
			}
			s := dwarf.Sections{Line: w.Bytes(), LineStr: strs.Bytes()}
			got, err := line.Parse(&s, 0, 8, "")
			if err != nil {
				t.Fatal(err)
			}
			before += int(prog.End - prog.Offset)
			after += len(s.Line)
			for i := range files {
				a, b := files[i], got.Files[i]
				if i == 0 && prog.Version < 5 {
					continue
				}
				if !a.HasMD5 || !b.HasMD5 {
					a.MD5, b.MD5, a.HasMD5, b.HasMD5 = [16]byte{}, [16]byte{}, false, false
				}
				if a != b {
					t.Fatalf("file %d: %+v, want %+v", i, b, a)
				}
			}
			i := 0
			if err := got.Rows(func(r *line.Row) bool {
				if i == len(want) {
					t.Fatal("too many rows")
				}
				w := want[i]
				if w.Flags&line.EndSequence != 0 {
					if r.Address != w.Address || r.Flags&line.EndSequence == 0 {
						t.Fatalf("row %d: %+v, want %+v", i, *r, w)
					}
				} else if *r != w {
					t.Fatalf("row %d: %+v, want %+v", i, *r, w)
				}
				i++
				return true
			}); err != nil {
				t.Fatal(err)
			}
			if i != len(want) {
				t.Fatalf("%d rows, want %d", i, len(want))
			}
		})
		t.Logf("%d bytes, were %d", after, before)
	})
}

func FuzzProgram(f *testing.F) {
	for _, p := range dwarftest.Programs(f, root)[:6] {
		f.Add(p.Sections.Line[:min(len(p.Sections.Line), 2000)], p.Sections.LineStr[:min(len(p.Sections.LineStr), 500)])
	}
	f.Fuzz(func(t *testing.T, data, strs []byte) {
		s := dwarf.Sections{Line: data, LineStr: strs}
		p, err := line.Parse(&s, 0, 4, "/dir")
		if err != nil {
			return
		}
		rows := 0
		err = p.Rows(func(r *line.Row) bool {
			rows++
			_ = p.Path(uint64(r.File))
			return true
		})
		if rows > len(data) {
			t.Fatalf("%d rows from %d bytes", rows, len(data))
		}
		_ = err
	})
}
