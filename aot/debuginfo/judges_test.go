package debuginfo_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ianlancetaylor/demangle"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/internal/testneeds"
)

// Here tools that are not ours read objects. Each answers for thousands of addresses what our
// own debugger answers through debugger/symbols: line, function, inlined calls, variables.

// toolPrograms are those that go through other people's readers.
var toolPrograms = []string{
	"c_types/c_types-O0-dw4.wasm", "c_types/c_types-O2-dw5.wasm", "cpp_shapes/cpp_shapes-O2.wasm",
	"c_wasi/c_wasi-O2-dw5.wasm", "rs_types/rs_types-debug.wasm", "rs_types/rs_types-release-dw5.wasm",
}

// compiled compiles a program of testdata, once for all judges, to a file.
func compiled(t *testing.T, program string) (f *object.File, path string) {
	t.Helper()
	module := debuginfo.ReadModule(t, program).Bytes
	once, _ := objects.LoadOrStore(program, sync.OnceValues(func() (*object.File, error) {
		return aot.Compile(module, aot.Options{})
	}))
	f, err := once.(func() (*object.File, error))()
	if err != nil {
		t.Fatal(err)
	}
	return f, writeObject(t, f)
}

var objects sync.Map // by program

func eachToolProgram(t *testing.T, f func(t *testing.T, program string)) {
	for _, p := range toolPrograms {
		t.Run(strings.TrimSuffix(filepath.Base(p), ".wasm"), func(t *testing.T) {
			t.Parallel()
			f(t, p)
		})
	}
}

// opinion is what somebody says of an address.
type opinion struct {
	Addr         uint64
	File         string
	Line, Column int
	Chain        []link // innermost first; the last is the function itself
	Vars         []string
	Located      []string // those of Vars that have a place or a value
	Nameless     bool     // there is no DWARF for the function: only the module names it

	// A type instead.
	Name   string
	Size   int64
	Fields []fieldOpinion
}

// link is a frame of a chain of inlined calls.
type link struct {
	Name, Linkage string
	File          string // the position in this frame, where the judge tells
	Line          int
	Call          int // line of the call that was inlined, where the judge tells that instead
}

// addresses picks up to n addresses of instructions that carry source code, over all of the text.
func addresses(f *object.File, n int) []uint64 {
	var all []uint64
	for i := range f.Map.Funcs {
		fn := &f.Map.Funcs[i]
		for k := range fn.Insts {
			if in := &fn.Insts[k]; in.Text >= fn.BodyText && (k == 0 || in.Text > fn.Insts[k-1].Text) && in.Text < fn.TextEnd {
				all = append(all, abi.TextBase+uint64(in.Text))
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	step := max(len(all)/n, 1)
	var some []uint64
	for i := 0; i < len(all); i += step {
		some = append(some, all[i])
	}
	return some
}

// ours is what our own debugger says of an address.
func ours(tab *symbols.Table, addr uint64) opinion {
	pc := abi.TextOffset(addr - abi.TextBase)
	o := opinion{Addr: addr}
	if row, ok := tab.Row(pc); ok {
		o.File, o.Line, o.Column = row.File, row.Line, row.Column
	}
	for i, fr := range tab.Frames(pc) {
		o.Nameless = fr.Func.Unit == nil
		o.Chain = append(o.Chain, link{Name: fr.Func.Name, Linkage: fr.Func.Linkage, File: fr.File, Line: fr.Line})
		if i > 0 {
			continue
		}
		for _, s := range tab.Scopes(fr, pc) {
			for _, v := range s.Vars {
				o.Vars = append(o.Vars, v.Name)
				_, place := v.Attr(dwarf.AttrLocation)
				_, value := v.Attr(dwarf.AttrConstValue)
				if place || value {
					o.Located = append(o.Located, v.Name)
				}
			}
		}
	}
	slices.Sort(o.Vars)
	o.Vars = slices.Compact(o.Vars)
	return o
}

// short is the last part of a function's name, without parameters, template arguments and the
// hash of Rust's older names.
func short(name string) string {
	if i := strings.Index(name, "(anonymous namespace)::"); i >= 0 {
		name = name[i+len("(anonymous namespace)::"):]
	}
	if i := strings.LastIndex(name, "::h"); i >= 0 && len(name)-i == 3+16 {
		name = name[:i]
	}
	depth, end := 0, len(name)
	if i := strings.Index(name, "operator"); i >= 0 {
		return name[i:min(len(name), i+len("operator")+1)]
	}
	last := 0
	var b strings.Builder
	for i := 0; i < end; i++ {
		switch c := name[i]; {
		case c == '<' || c == '(':
			depth++
			if c == '(' && depth == 1 {
				return b.String()[last:]
			}
		case c == '>' && i > 0 && name[i-1] == '-':
		case c == '>' || c == ')':
			depth--
		case depth == 0 && c == ':' && i+1 < end && name[i+1] == ':':
			if i++; i+1 < end && name[i+1] == '<' && b.Len() > last {
				break // f::<T>
			}
			last = b.Len()
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()[last:]
}

// legacy decodes what Rust's older names hold in place of punctuation (lldb leaves it).
var legacy = strings.NewReplacer("_$u7b$$u7b$", "{{", "$LT$", "<", "$GT$", ">", "$u20$", " ", "$u7b$", "{", "$u7d$", "}", "$C$", ",", "$RF$", "&",
	"$LP$", "(", "$RP$", ")", "$BP$", "*", "$u5b$", "[", "$u5d$", "]", "$u27$", "'", "..", "::")

// sameFunction reports whether a judge's name can be that of the frame.
func sameFunction(got link, want link) bool {
	for _, g := range []string{got.Name, got.Linkage} {
		if g == "" {
			continue
		}
		g, _, _ = strings.Cut(g, ".llvm.")
		if g == want.Linkage || g == want.Name || g == demangle.Filter(want.Linkage) || short(legacy.Replace(demangle.Filter(g, demangle.NoParams))) == short(want.Name) {
			return true
		}
	}
	return false
}

// verdict counts what a judge was asked and where it differs.
type verdict struct {
	t      *testing.T
	name   string
	asked  int
	failed int
}

func (v *verdict) errorf(format string, args ...any) {
	if v.failed++; v.failed <= 10 {
		v.t.Errorf(format, args...)
	}
}

func (v *verdict) done(least int) {
	v.t.Helper()
	v.t.Logf("%s: %d answers, %d differ", v.name, v.asked, v.failed)
	if v.asked < least {
		v.t.Errorf("only %d answers", v.asked)
	}
	if v.failed > 10 {
		v.t.Errorf("%d differ in all", v.failed)
	}
}

// line compares file and line.
func (v *verdict) line(got, want *opinion) {
	v.asked++
	if got.Line != want.Line || want.Line != 0 && path.Base(got.File) != path.Base(want.File) {
		v.errorf("%#x: %s:%d, ours %s:%d", want.Addr, got.File, got.Line, want.File, want.Line)
	}
}

// chain compares functions and inlined calls.
func (v *verdict) chain(got, want *opinion) {
	if want.Nameless {
		return // some take the name of the symbol, others none
	}
	v.asked++
	if len(got.Chain) != len(want.Chain) {
		v.errorf("%#x: %d frames, ours %d: %v, ours %v", want.Addr, len(got.Chain), len(want.Chain), got.Chain, want.Chain)
		return
	}
	for i, g := range got.Chain {
		w := want.Chain[i]
		if !sameFunction(g, w) || g.Line != 0 && g.Line != w.Line || g.Call != 0 && (i+1 == len(want.Chain) || g.Call != want.Chain[i+1].Line) {
			v.errorf("%#x, frame %d: %+v, ours %+v", want.Addr, i, g, w)
			return
		}
	}
}

// scope compares the variables that are visible: a judge sees all that have a place or a value,
// and none that we do not see. more excuses those.
func (v *verdict) scope(got, want *opinion, more bool) {
	v.asked++
	for _, name := range want.Located {
		if !slices.Contains(got.Vars, name) {
			v.errorf("%#x: no variable %s; only %v", want.Addr, name, got.Vars)
		}
	}
	for _, name := range got.Vars {
		if !more && !slices.Contains(want.Vars, name) {
			v.errorf("%#x: variable %s, ours %v", want.Addr, name, want.Vars)
		}
	}
}

// scripted lets a judge that runs Python of testdata answer for addresses.
func scripted(t *testing.T, addrs []uint64, judge string, args ...string) (places, types []opinion, said string) {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	var b bytes.Buffer
	for _, a := range addrs {
		fmt.Fprintf(&b, "%#x\n", a)
	}
	if err := os.WriteFile(in, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(testneeds.Tool(t, judge), args...)
	cmd.Env = append(os.Environ(), "JUDGE_IN="+in, "JUDGE_OUT="+out)
	msg, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", judge, err, msg)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var o opinion
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		if o.Name != "" || o.Addr == 0 {
			types = append(types, o)
		} else {
			slices.Sort(o.Vars)
			o.Vars = slices.Compact(o.Vars)
			places = append(places, o)
		}
	}
	if len(places) != len(addrs) {
		t.Fatalf("%s answered %d of %d questions", judge, len(places), len(addrs))
	}
	return places, types, string(msg)
}
