package debuginfo

import (
	stddwarf "debug/dwarf"
	"errors"
	"io"
	"maps"
	"slices"
	"sort"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/object"
	"sphex/aot/wasm"
)

// programs are the modules that the tests translate: both DWARF versions, three languages,
// optimised and not.
var programs = []string{
	"c_types/c_types-O0-dw4.wasm", "c_types/c_types-O0-dw5.wasm",
	"c_types/c_types-O2-dw4.wasm", "c_types/c_types-O2-dw5.wasm",
	"c_multi/c_multi-O2-dw5.wasm", "cpp_shapes/cpp_shapes-O0.wasm", "cpp_shapes/cpp_shapes-O2.wasm",
	"cpp_stl/cpp_stl-O0-dw4.wasm",
	"rs_types/rs_types-debug.wasm", "rs_types/rs_types-release-dw5.wasm",
	"rs_calc/rs_calc-debug-dw5.wasm", "rs_calc/rs_calc-release.wasm",
}

func eachProgram(t *testing.T, f func(t *testing.T, path string)) {
	for _, p := range programs {
		t.Run(strings.TrimSuffix(p[strings.IndexByte(p, '/')+1:], ".wasm"), func(t *testing.T) {
			t.Parallel()
			f(t, p)
		})
	}
}

// standard reads DWARF with the standard library, a reader that shares nothing with ours.
func standard(t testing.TB, sections map[string][]byte) *stddwarf.Data {
	t.Helper()
	s := func(name string) []byte { return sections[name] }
	d, err := stddwarf.New(s(".debug_abbrev"), nil, nil, s(".debug_info"), s(".debug_line"), nil, s(".debug_ranges"), s(".debug_str"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".debug_addr", ".debug_line_str", ".debug_rnglists", ".debug_str_offsets", ".debug_types"} {
		if data := s(name); data != nil {
			if err := d.AddSection(name, data); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

func customSections(m *wasm.Module) map[string][]byte {
	s := map[string][]byte{}
	for _, c := range m.Customs {
		s[c.Name] = c.Data
	}
	return s
}

// sourceLine is what a row of the line table says.
type sourceLine struct {
	file         string
	line, column int
	stmt         bool
}

// standardLines returns the rows of all sequences that keep accepts, by address. Of several rows
// at one address in a sequence the last counts, of several sequences the first.
func standardLines(t testing.TB, d *stddwarf.Data, keep func(low, high uint64) bool) map[uint64]sourceLine {
	t.Helper()
	all := map[uint64]sourceLine{}
	r := d.Reader()
	for {
		e, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if e == nil {
			return all
		}
		r.SkipChildren()
		lr, err := d.LineReader(e)
		if err != nil {
			t.Fatal(err)
		}
		if lr == nil {
			continue
		}
		var row stddwarf.LineEntry
		sequence := map[uint64]sourceLine{}
		low := uint64(0)
		for {
			if err := lr.Next(&row); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if len(sequence) == 0 {
				low = row.Address
			}
			if !row.EndSequence {
				sequence[row.Address] = sourceLine{row.File.Name, row.Line, row.Column, row.IsStmt}
				continue
			}
			if old, ok := all[low]; keep(low, row.Address) && (!ok || old == sourceLine{}) {
				if _, ok := sequence[row.Address]; !ok {
					sequence[row.Address] = sourceLine{}
				}
				for addr, l := range sequence {
					if old, ok := all[addr]; !ok || old == (sourceLine{}) {
						all[addr] = l
					}
				}
			}
			clear(sequence)
		}
	}
}

// inputLines returns the rows of the sequences that are those of whole functions.
func inputLines(t testing.TB, m *wasm.Module) map[uint64]sourceLine {
	ends := map[uint64]bool{}
	for i := range m.Code {
		ends[uint64(m.Code[i].End)] = true
	}
	return standardLines(t, standard(t, customSections(m)), func(low, high uint64) bool { return low != 0 && ends[high] })
}

func outputLines(t testing.TB, f *object.File) map[uint64]sourceLine {
	return standardLines(t, standard(t, f.Debug), func(low, high uint64) bool { return true })
}

// sameFile compares paths of a version 4 and a version 5 table: the standard library joins
// relative directories with the compilation directory only in version 4.
func sameFile(a, b string) bool {
	return a == b || strings.HasSuffix(a, "/"+b) || strings.HasSuffix(b, "/"+a)
}

// behindLabels says for a statement's address where it is to be found: behind the blocks, loops and ends that it
// starts with, unless another row starts there. The markers get it, too, with what must not be a statement.
func behindLabels(m *wasm.Module, rows map[uint64]sourceLine) (moved map[uint64]uint64, markers map[uint64]bool) {
	moved, markers = map[uint64]uint64{}, map[uint64]bool{}
	var r wasm.Reader
	var in wasm.Inst
	for i := range m.Code {
		b := &m.Code[i]
		from := uint64(0) // the statement that only markers followed so far
		var passed []uint64
		if row := rows[uint64(b.Start)]; row.stmt && row.line != 0 {
			from = uint64(b.Code) // there are no instructions in front of it
		}
		for r.Reset(m, b); r.Next(&in); {
			at := uint64(in.Offset)
			if row, ok := rows[at]; ok {
				from, passed = 0, nil
				if row.stmt && row.line != 0 {
					from = at
				}
			}
			if from == 0 {
				continue
			}
			if in.Op == wasm.OpBlock || in.Op == wasm.OpLoop || in.Op == wasm.OpEnd && in.Offset+1 < b.End {
				passed = append(passed, at)
				continue
			}
			if from != at {
				moved[from] = at
				for _, p := range passed {
					markers[p] = true
				}
			}
			from = 0
		}
	}
	return moved, markers
}

// TestLines looks every instruction of every function up in the input's line table and in the
// output's: both must name the same file, line and column.
func TestLines(t *testing.T) {
	eachProgram(t, func(t *testing.T, path string) {
		m := readModule(t, path)
		f, _ := fakeObject(t, m)
		in, out := inputLines(t, m), outputLines(t, f)
		_, markers := behindLabels(m, in)
		inAddrs, outAddrs := slices.Sorted(maps.Keys(in)), slices.Sorted(maps.Keys(out))
		at := func(addrs []uint64, rows map[uint64]sourceLine, addr uint64) sourceLine {
			i := sort.Search(len(addrs), func(i int) bool { return addrs[i] > addr })
			if i == 0 {
				return sourceLine{}
			}
			return rows[addrs[i-1]]
		}
		checked := 0
		for i := range f.Map.Funcs {
			fn := &f.Map.Funcs[i]
			outOfLine := false
			for k, inst := range fn.Insts {
				want := at(inAddrs, in, uint64(inst.Wasm))
				got := at(outAddrs, out, address(inst.Text))
				if want == (sourceLine{}) {
					continue // no unit describes the function, or only one that means another copy
				}
				outOfLine = outOfLine || k > 0 && inst.Wasm < fn.Insts[k-1].Wasm
				if outOfLine {
					want.stmt, got.stmt = false, false // no statement starts there
				}
				if want.line == 0 {
					want.stmt, got.stmt = false, false // nowhere to stop
				}
				if markers[uint64(inst.Wasm)] {
					want.stmt = false // the statement is behind them
				}
				if sameFile(got.file, want.file) {
					got.file = want.file
				}
				if declared := in[uint64(fn.Body)]; got != want && want.line == 0 && got.line == declared.line && fn.Body < fn.Insts[0].Wasm {
					if row, ok := in[uint64(fn.Insts[0].Wasm)]; ok && row == want {
						continue // the function's own line rather than none
					}
				}
				if got != want {
					t.Fatalf("function %d, code offset %#x, text %#x: %+v, want %+v", fn.Index, inst.Wasm, inst.Text, got, want)
				}
				if want.line != 0 {
					checked++
				}
			}
		}
		if checked < 5000 {
			t.Errorf("only %d instructions have lines", checked)
		}
		t.Logf("%d instructions", checked)
	})
}

// TestStatements checks that the statement rows of the output stand exactly at the stop sites.
func TestStatements(t *testing.T) {
	eachProgram(t, func(t *testing.T, path string) {
		m := readModule(t, path)
		f, _ := fakeObject(t, m)
		in := inputLines(t, m)
		moved, _ := behindLabels(m, in)
		statements := map[uint64]bool{} // from the standard library's view of the input
		for addr, row := range in {
			if i := bodyAt(m, wasm.CodeOffset(addr)); i >= 0 && row.stmt && row.line != 0 {
				b := &m.Code[i]
				addr = max(addr, uint64(b.Code))
				if to, ok := moved[addr]; ok {
					addr = to
				}
				statements[addr] = true
			}
		}
		sites := map[uint64]abi.TextOffset{}
		for i := range f.Map.Funcs {
			for _, s := range f.Map.Funcs[i].Sites {
				sites[uint64(s.Wasm)] = s.Text
			}
		}
		want := map[uint64]bool{}
		for addr := range statements {
			text, ok := sites[addr]
			if !ok {
				t.Fatalf("statement at %#x has no stop site", addr)
			}
			want[address(text)] = true
		}
		got := map[uint64]bool{}
		for addr, row := range outputLines(t, f) {
			if row.stmt && row.line != 0 {
				got[addr] = true
			}
		}
		for addr := range want {
			if !got[addr] {
				t.Errorf("no statement row at %#x", addr)
			}
		}
		for addr := range got {
			if !want[addr] {
				t.Errorf("statement row at %#x, where no stop site of a statement is", addr)
			}
		}
		t.Logf("%d statements", len(want))
	})
}
