package debuginfo_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
	"sphex/dwarf/list"
)

// tool finds a program that a test compares with, and skips the test without it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

// toolPrograms are those that go through other people's readers.
var toolPrograms = []string{
	"c_types/c_types-O0-dw4.wasm", "c_types/c_types-O2-dw5.wasm", "cpp_shapes/cpp_shapes-O2.wasm",
	"c_wasi/c_wasi-O2-dw5.wasm", "rs_types/rs_types-debug.wasm", "rs_types/rs_types-release-dw5.wasm",
}

// compiled compiles a program of testdata to a file.
func compiled(t *testing.T, program string) (f *object.File, path string) {
	t.Helper()
	m := debuginfo.ReadModule(t, program)
	f, err := aot.Compile(m.Bytes, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "x.elf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return f, path
}

func eachToolProgram(t *testing.T, f func(t *testing.T, program string)) {
	for _, p := range toolPrograms {
		t.Run(strings.TrimSuffix(filepath.Base(p), ".wasm"), func(t *testing.T) {
			t.Parallel()
			f(t, p)
		})
	}
}

var (
	hexNumber = regexp.MustCompile(`0x[0-9a-f]+`)
	number    = regexp.MustCompile(`[0-9]+`)
)

// complaints counts a verifier's messages, without the addresses in them.
func complaints(t *testing.T, verifier, path string) map[string]int {
	t.Helper()
	out, _ := exec.Command(verifier, "--verify", path).CombinedOutput()
	if !bytes.Contains(out, []byte("Verifying")) {
		t.Fatalf("%s did not verify %s:\n%s", verifier, path, out)
	}
	n := map[string]int{}
	for l := range strings.Lines(string(out)) {
		if strings.HasPrefix(l, "error") || strings.HasPrefix(l, "warning") {
			n[number.ReplaceAllString(hexNumber.ReplaceAllString(l, "X"), "N")]++
		}
	}
	return n
}

// TestVerify checks that llvm-dwarfdump reports nothing of the object that it does not report of
// the module.
func TestVerify(t *testing.T) {
	dwarfdump := tool(t, "llvm-dwarfdump-22")
	eachToolProgram(t, func(t *testing.T, program string) {
		_, path := compiled(t, program)
		in := complaints(t, dwarfdump, filepath.Join("..", "..", "testdata", "programs", program))
		for message, n := range complaints(t, dwarfdump, path) {
			if n > in[message] {
				t.Errorf("%d times, in the input %d times: %s", n, in[message], message)
			}
		}
	})
}

// TestReadelf checks that readelf has nothing to warn of in the whole object.
func TestReadelf(t *testing.T) {
	readelf := tool(t, "readelf")
	eachToolProgram(t, func(t *testing.T, program string) {
		_, path := compiled(t, program)
		out, err := exec.Command(readelf, "-aW", "--debug-dump=info,decodedline,Ranges,loc,frames-interp,aranges,abbrev", path).CombinedOutput()
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(string(out)) {
			if strings.Contains(l, "arning") && !strings.Contains(l, "DW_") {
				t.Error(l)
			}
		}
	})
}

// readObject opens an object's debug information with our own reader.
func readObject(t *testing.T, f *object.File) *info.Data {
	t.Helper()
	var s dwarf.Sections
	for name, data := range f.Debug {
		s.Set(name, data)
	}
	d, err := info.New(&s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// gdb runs gdb's commands on the object and returns one answer per command.
func gdb(t *testing.T, path string, commands []string) []string {
	t.Helper()
	const mark = "@@next@@"
	script := filepath.Join(t.TempDir(), "script")
	var b strings.Builder
	b.WriteString("set pagination off\nset width 0\nset confirm off\n")
	for _, c := range commands {
		// gdb leaves a script at its first error, except inside of python.
		fmt.Fprintf(&b, "echo %s\\n\npython\ntry:\n  gdb.execute(%q)\nexcept gdb.error as e:\n  print(e)\nend\n", mark, c)
	}
	if err := os.WriteFile(script, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool(t, "gdb"), "-q", "-batch", "-nx", "-x", script, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	answers := strings.Split(string(out), mark+"\n")[1:]
	if len(answers) != len(commands) {
		t.Fatalf("%d answers to %d commands:\n%s", len(answers), len(commands), out)
	}
	return answers
}

var infoLine = regexp.MustCompile(`Line (\d+) of "([^"]*)"`)

// TestGdbLines asks gdb for the line of many stop sites: it must be that of our own reading.
func TestGdbLines(t *testing.T) {
	tool(t, "gdb")
	eachToolProgram(t, func(t *testing.T, program string) {
		f, path := compiled(t, program)
		type place struct {
			file string
			line uint32
		}
		rows := map[uint64]place{}
		for _, u := range readObject(t, f).Units {
			root, err := u.Root()
			if err != nil {
				t.Fatal(err)
			}
			v, ok := root.Attr(dwarf.AttrStmtList)
			if !ok {
				continue
			}
			off, _ := v.SecOffset()
			prog, err := line.Parse(&u.Data().Sections, off, 8, root.Str(dwarf.AttrCompDir))
			if err != nil {
				t.Fatal(err)
			}
			if err := prog.Rows(func(r *line.Row) bool {
				if r.Flags&line.EndSequence == 0 {
					rows[r.Address] = place{filepath.Base(prog.Path(uint64(r.File))), r.Line}
				}
				return true
			}); err != nil {
				t.Fatal(err)
			}
		}
		var want []place
		var commands []string
		n := 0
		for i := range f.Map.Funcs {
			for _, s := range f.Map.Funcs[i].Sites {
				addr := abi.TextBase + uint64(s.Text)
				if r, ok := rows[addr]; ok && r.line != 0 {
					if n++; n%7 == 0 {
						want = append(want, r)
						commands = append(commands, fmt.Sprintf("info line *%#x", addr))
					}
				}
			}
		}
		if len(want) < 100 {
			t.Fatalf("only %d sites", len(want))
		}
		for i, a := range gdb(t, path, commands) {
			m := infoLine.FindStringSubmatch(a)
			if m == nil || m[1] != strconv.Itoa(int(want[i].line)) || filepath.Base(m[2]) != want[i].file {
				t.Errorf("%s: %q, want %v", commands[i], a, want[i])
			}
		}
		t.Logf("%d sites", len(want))
	})
}

// TestGdbScopes asks gdb for the variables at many functions: they must be those that our own
// reading finds directly in the subprogram, and gdb must be able to describe each place.
func TestGdbScopes(t *testing.T) {
	tool(t, "gdb")
	eachToolProgram(t, func(t *testing.T, program string) {
		f, path := compiled(t, program)
		var commands []string
		var want [][]string
		for _, u := range readObject(t, f).Units {
			w := u.Walk()
			var e info.Entry
			for w.Next(&e) {
				low, ok := e.Addr(dwarf.AttrLowPC)
				if e.Tag() != dwarf.TagSubprogram || !ok || len(commands) >= 300 {
					continue
				}
				var names []string
				inlined := false
				for c := range e.Children() {
					if rs, err := c.Ranges(); err == nil && c.Tag() == dwarf.TagInlinedSubroutine {
						inlined = inlined || slices.ContainsFunc(rs, func(r list.Range) bool { return r.Low <= low })
					}
					if c.Tag() != dwarf.TagVariable && c.Tag() != dwarf.TagFormalParameter {
						continue
					}
					name := c.Name()
					if o, ok := c.Follow(dwarf.AttrAbstractOrigin); ok && name == "" {
						name = o.Name()
					}
					if name != "" && c.Has(dwarf.AttrLocation) {
						names = append(names, name)
					}
				}
				// Where another function is inlined, gdb shows that one's scope.
				if len(names) > 0 && !inlined {
					commands = append(commands, fmt.Sprintf("info scope *%#x", low))
					want = append(want, names)
				}
			}
		}
		if len(want) < 20 {
			t.Fatalf("only %d functions", len(want))
		}
		symbol := regexp.MustCompile(`Symbol (\S+) is `)
		total := 0
		for i, a := range gdb(t, path, commands) {
			var got []string
			for _, m := range symbol.FindAllStringSubmatch(a, -1) {
				got = append(got, m[1])
			}
			for _, name := range want[i] {
				total++
				if !slices.Contains(got, name) {
					t.Errorf("%s: gdb does not see %s:\n%s", commands[i], name, a)
				}
			}
		}
		t.Logf("%d variables of %d functions", total, len(want))
	})
}
