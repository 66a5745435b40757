package frame_test

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"debug/elf"

	delve "github.com/go-delve/delve/pkg/dwarf/frame"

	"sphex/dwarf"
	"sphex/dwarf/frame"
	"sphex/dwarf/internal/dwarftest"
)

const source = `
#include <stdio.h>
#include <alloca.h>
int work(int n, double d) { char *p = alloca(n); p[0] = 1; return printf("%d %f %p\n", n, d, p); }
int loop(int n, int a, int b, int c, int d, int e) { int s = 0; while (n--) s += work(n, a * b + c) + work(d, e) * s; return s; }
int main(int argc, char **argv) { return loop(argc, 1, 2, 3, 4, 5); }
`

// native compiles the source and returns the path and sections of the result.
func native(t *testing.T, flags ...string) (path string, p *dwarftest.Program, ehAddr uint64) {
	args := append([]string{"gcc", "-g", "-gno-as-loc-support", "-O2", "-fcf-protection=none"}, flags...)
	p = dwarftest.Native(t, "a.c", source, append(args, "-o", "OUT", "FILE")...)
	f, err := elf.Open(p.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if s := f.Section(".eh_frame"); s != nil {
		ehAddr = s.Addr
	}
	return p.Path, p, ehAddr
}

// readelfRow is a line of readelf's interpreted table.
var readelfRow = regexp.MustCompile(`^([0-9a-f]{16}) (\S+)\s+(.*)$`)

// TestAgainstReadelf compares every row of every function of a native program.
func TestAgainstReadelf(t *testing.T) {
	tool := dwarftest.Tool(t, "readelf")
	path, p, addr := native(t)
	table, err := frame.ParseEH(p.Sections.EHFrame, addr, 8)
	if err != nil {
		t.Fatal(err)
	}
	compareReadelf(t, tool, path, table, true)
}

var dwarfRegs = map[string]uint64{"rax": 0, "rdx": 1, "rcx": 2, "rbx": 3, "rsi": 4, "rdi": 5, "rbp": 6, "rsp": 7,
	"r8": 8, "r9": 9, "r10": 10, "r11": 11, "r12": 12, "r13": 13, "r14": 14, "r15": 15, "ra": 16}

func compareReadelf(t *testing.T, tool, path string, table *frame.Table, wantExpr bool) {
	out, err := exec.Command(tool, "-W", "--debug-dump=frames-interp", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	fdes := table.FDEs()
	if len(fdes) == 0 {
		t.Fatal("no descriptions")
	}
	var columns []string
	var fde *frame.FDE
	rows, exprs := 0, 0
	for _, l := range strings.Split(string(out), "\n") {
		f := strings.Fields(l)
		switch {
		case len(f) > 3 && f[3] == "FDE":
			pc := l[strings.Index(l, "pc=")+3:]
			begin, end, _ := strings.Cut(pc, "..")
			b, _ := strconv.ParseUint(begin, 16, 64)
			e, _ := strconv.ParseUint(end, 16, 64)
			var ok bool
			if fde, ok = table.Find(b); !ok || fde.Begin != b || fde.End != e {
				t.Fatalf("no description of %s", pc)
			}
		case len(f) > 3 && f[3] == "CIE":
			fde = nil
		case len(f) > 1 && f[0] == "LOC":
			columns = f[2:]
		default:
			m := readelfRow.FindStringSubmatch(l)
			if m == nil || fde == nil {
				continue
			}
			pc, _ := strconv.ParseUint(m[1], 16, 64)
			if pc >= fde.End {
				continue
			}
			row, err := fde.Row(pc)
			if err != nil {
				t.Fatal(err)
			}
			rows++
			if m[2] == "exp" {
				exprs++
				if row.CFA.Kind != frame.ValExpression || len(row.CFA.Expr) == 0 {
					t.Fatalf("%s: CFA is %+v", l, row.CFA)
				}
			} else {
				reg, off, _ := strings.Cut(m[2], "+")
				n, _ := strconv.ParseInt(off, 10, 64)
				if want := (frame.Rule{Kind: frame.CFARegister, Reg: dwarfRegs[reg], N: n}); row.CFA.Kind != want.Kind || row.CFA.Reg != want.Reg || row.CFA.N != want.N {
					t.Fatalf("%s: CFA is %+v", l, row.CFA)
				}
			}
			for i, cell := range strings.Fields(m[3]) {
				rule, ok := row.Rule(dwarfRegs[columns[i]])
				var got string
				switch {
				case !ok || rule.Kind == frame.Undefined:
					got = "u"
				case rule.Kind == frame.Offset && rule.N < 0:
					got = "c" + strconv.FormatInt(rule.N, 10)
				case rule.Kind == frame.Offset:
					got = "c+" + strconv.FormatInt(rule.N, 10)
				case rule.Kind == frame.SameValue:
					got = "s"
				case rule.Kind == frame.Expression:
					got = "exp"
				}
				if got != cell {
					t.Fatalf("%s: %s is %s", l, columns[i], got)
				}
			}
		}
	}
	if rows < 10 || wantExpr && exprs == 0 {
		t.Fatalf("only %d rows, %d expressions", rows, exprs)
	}
	t.Logf("%d descriptions, %d rows", len(fdes), rows)
}

// TestAgainstDelve compares addresses and CFA rules with Delve's reader, for .debug_frame.
func TestAgainstDelve(t *testing.T) {
	_, p, _ := native(t, "-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-nostartfiles", "-Wl,-e,main")
	if len(p.Sections.Frame) == 0 {
		t.Fatal("no .debug_frame")
	}
	table, err := frame.Parse(p.Sections.Frame, 8)
	if err != nil {
		t.Fatal(err)
	}
	want, err := delve.Parse(p.Sections.Frame, binary.LittleEndian, 0, 8, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != len(table.FDEs()) || len(want) < 3 {
		t.Fatalf("%d descriptions, want %d", len(table.FDEs()), len(want))
	}
	for _, w := range want {
		f, ok := table.Find(w.Begin())
		if !ok || f.End != w.End() {
			t.Fatalf("no description of 0x%x", w.Begin())
		}
		for pc := w.Begin(); pc < w.End(); pc++ {
			ctx, err := w.EstablishFrame(pc)
			if err != nil {
				t.Fatal(err)
			}
			row, err := f.Row(pc)
			if err != nil {
				t.Fatal(err)
			}
			if ctx.CFA.Rule == delve.RuleCFA && (row.CFA.Kind != frame.CFARegister || row.CFA.Reg != ctx.CFA.Reg || row.CFA.N != ctx.CFA.Offset) {
				t.Fatalf("0x%x: CFA is %+v, want %+v", pc, row.CFA, ctx.CFA)
			}
			for reg, r := range ctx.Regs {
				if got, ok := row.Rule(reg); r.Rule == delve.RuleOffset && (!ok || got.Kind != frame.Offset || got.N != r.Offset) {
					t.Fatalf("0x%x: register %d is %+v, want %+v", pc, reg, got, r)
				}
			}
		}
	}
}

// TestWriter writes descriptions that use all instructions and reads them back, itself and
// with readelf.
func TestWriter(t *testing.T) {
	const text = 0x10000
	expr := []byte{0x77, 0x10} // breg7 16
	for _, eh := range []bool{false, true} {
		const addr = 0x40000
		w := frame.NewWriter(eh, addr)
		w.CIE(1, -8, 16, func(c *frame.Code) {
			c.DefCFA(7, 8)
			c.Offset(16, -8)
		})
		w.FDE(text, text+0x30000, func(c *frame.Code) {
			c.Advance(text + 4)
			c.DefCFAOffset(48)
			c.Offset(3, -16)
			c.Offset(14, -24)
			c.Advance(text + 0x50)
			c.RememberState()
			c.Restore(3)
			c.DefCFAOffset(8)
			c.Advance(text + 0x200)
			c.RestoreState()
			c.Advance(text + 0x20000)
			c.DefCFARegister(6)
			c.SameValue(3)
			c.Undefined(12)
			c.Expression(13, expr)
			c.ValExpression(15, expr)
			c.Register(5, 4)
			c.Offset(2, 16)
			c.Offset(70, -32)
		})
		w.FDE(text+0x30000, text+0x30010, func(c *frame.Code) {
			c.Undefined(16)
			c.Advance(text + 0x30008)
			c.DefCFAExpression(expr)
		})
		var table *frame.Table
		var err error
		if eh {
			table, err = frame.ParseEH(w.Bytes(), addr, 8)
		} else {
			table, err = frame.Parse(w.Bytes(), 8)
		}
		if err != nil {
			t.Fatal(err)
		}
		off := func(n int64) frame.Rule { return frame.Rule{Kind: frame.Offset, N: n} }
		cfa := func(reg uint64, n int64) frame.Rule { return frame.Rule{Kind: frame.CFARegister, Reg: reg, N: n} }
		ra := frame.RegRule{Reg: 16, Rule: off(-8)}
		rbx, r14 := frame.RegRule{Reg: 3, Rule: off(-16)}, frame.RegRule{Reg: 14, Rule: off(-24)}
		for _, c := range []struct {
			pc  uint64
			row frame.Row
		}{
			{text, frame.Row{CFA: cfa(7, 8), Regs: []frame.RegRule{ra}}},
			{text + 3, frame.Row{CFA: cfa(7, 8), Regs: []frame.RegRule{ra}}},
			{text + 4, frame.Row{CFA: cfa(7, 48), Regs: []frame.RegRule{rbx, r14, ra}}},
			{text + 0x50, frame.Row{CFA: cfa(7, 8), Regs: []frame.RegRule{r14, ra}}},
			{text + 0x200, frame.Row{CFA: cfa(7, 48), Regs: []frame.RegRule{rbx, r14, ra}}},
			{text + 0x2ffff, frame.Row{CFA: cfa(6, 48), Regs: []frame.RegRule{
				{Reg: 2, Rule: off(16)}, {Reg: 3, Rule: frame.Rule{Kind: frame.SameValue}},
				{Reg: 5, Rule: frame.Rule{Kind: frame.Register, Reg: 4}}, {Reg: 12},
				{Reg: 13, Rule: frame.Rule{Kind: frame.Expression, Expr: expr}}, r14,
				{Reg: 15, Rule: frame.Rule{Kind: frame.ValExpression, Expr: expr}}, ra, {Reg: 70, Rule: off(-32)}}}},
			{text + 0x30000, frame.Row{CFA: cfa(7, 8), Regs: []frame.RegRule{{Reg: 16}}}},
			{text + 0x3000f, frame.Row{CFA: frame.Rule{Kind: frame.ValExpression, Expr: expr}, Regs: []frame.RegRule{{Reg: 16}}}},
		} {
			f, ok := table.Find(c.pc)
			if !ok {
				t.Fatalf("no description of 0x%x", c.pc)
			}
			row, err := f.Row(c.pc)
			if err != nil {
				t.Fatal(err)
			}
			same := func(a, b frame.Rule) bool {
				return a.Kind == b.Kind && a.Reg == b.Reg && a.N == b.N && string(a.Expr) == string(b.Expr)
			}
			if !same(row.CFA, c.row.CFA) || !slices.EqualFunc(row.Regs, c.row.Regs, func(a, b frame.RegRule) bool { return a.Reg == b.Reg && same(a.Rule, b.Rule) }) {
				t.Fatalf("0x%x:\n got %+v\nwant %+v", c.pc, row, c.row)
			}
		}
		if _, ok := table.Find(text - 1); ok {
			t.Error("found a description before the first")
		}
		if _, ok := table.Find(text + 0x30010); ok {
			t.Error("found a description behind the last")
		}
		name := ".debug_frame"
		if eh {
			name = ".eh_frame"
		}
		file := filepath.Join(t.TempDir(), "frame.o")
		dwarftest.WriteELF(t, file, map[string][]byte{name: w.Bytes()})
		if out, err := exec.Command(dwarftest.Tool(t, "llvm-dwarfdump-22"), "--"+strings.TrimLeft(strings.ReplaceAll(name, "_", "-"), "."), file).CombinedOutput(); err != nil || strings.Contains(string(out), "rror") || !strings.Contains(string(out), "DW_CFA_def_cfa_expression: DW_OP_breg7 RSP+16") {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func FuzzTable(f *testing.F) {
	w := frame.NewWriter(false, 0)
	w.CIE(1, -8, 16, func(c *frame.Code) { c.DefCFA(7, 8) })
	w.FDE(0x1000, 0x1100, func(c *frame.Code) {
		c.Advance(0x1004)
		c.RememberState()
		c.Offset(3, -16)
		c.Advance(0x1008)
		c.RestoreState()
	})
	f.Add(w.Bytes(), false)
	w = frame.NewWriter(true, 0x100)
	w.CIE(1, -8, 16, func(c *frame.Code) { c.DefCFA(7, 8) })
	w.FDE(0x1000, 0x1100, func(c *frame.Code) { c.DefCFAOffset(16) })
	f.Add(w.Bytes(), true)
	if exe, err := os.Executable(); err == nil {
		if p, err := dwarftest.ELF(exe); err == nil {
			f.Add(p.Sections.Frame[:min(len(p.Sections.Frame), 1000)], false)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, eh bool) {
		var table *frame.Table
		if eh {
			table, _ = frame.ParseEH(data, 0x100, 8)
		} else {
			table, _ = frame.Parse(data, 4)
		}
		fdes := table.FDEs()
		for i := range fdes[:min(len(fdes), 50)] {
			rows := 0
			err := fdes[i].Rows(func(begin, end uint64, r *frame.Row) bool {
				if begin > end {
					t.Fatalf("row [0x%x, 0x%x)", begin, end)
				}
				rows++
				return true
			})
			if _, is := err.(*dwarf.Error); err != nil && !is {
				t.Fatalf("error without a place: %v", err)
			}
			if rows > len(data) {
				t.Fatalf("%d rows from %d bytes", rows, len(data))
			}
		}
	})
}
