package wasi

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sphex/internal/testneeds"
)

var update = flag.Bool("update", false, "rewrite testdata")

// step is a line of testdata/calls.txt, made ready for any system: what to put into memory, the arguments ($ before the
// name of one that is only known then), and what to show of memory behind the call.
type step struct {
	Line     string
	Name     string
	Args     []string
	Poke     []poke
	Show     [][2]int // address, length
	Assign   string   // "" or what the four bytes at AssignAt are called
	AssignAt int
}

type poke struct {
	At  int
	Hex string
}

// The words for rights in the lines.
var rightWords = map[string]rights{"all": rightsFile, "read": rightFDRead | rightFDReaddir, "write": rightFDWrite, "dir": rightsDir}

// parseCalls reads the lines.
func parseCalls(t *testing.T, text string) (steps []step) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		s := step{Line: line}
		at := 1024
		alloc := func(content []byte) int {
			p := at
			at += (len(content) + 15) &^ 7
			s.Poke = append(s.Poke, poke{p, hex.EncodeToString(content)})
			return p
		}
		room := func(n int) int {
			p := alloc(bytes.Repeat([]byte{0xa5}, n))
			s.Show = append(s.Show, [2]int{p, n})
			return p
		}
		number := func(n int) { s.Args = append(s.Args, strconv.Itoa(n)) }
		vector := func(p, n int) {
			v := le.AppendUint32(le.AppendUint32(nil, uint32(p)), uint32(n))
			number(alloc(v))
			number(1)
		}
		quoted := func(w string) []byte {
			text, err := strconv.Unquote(w)
			if err != nil {
				t.Fatalf("%s: %s: %v", line, w, err)
			}
			return []byte(text)
		}
		size := func(w string) int {
			n, err := strconv.Atoi(w)
			if err != nil {
				t.Fatalf("%s: %s: %v", line, w, err)
			}
			return n
		}
		words := splitWords(line)
		for i, w := range words {
			switch {
			case i == 0:
				s.Name = w
			case w == ">":
				last := s.Show[len(s.Show)-1]
				s.Assign, s.AssignAt = words[i+1], last[0]
			case i > 0 && words[i-1] == ">":
			case w[0] == '"':
				b := quoted(w)
				number(alloc(b))
				number(len(b))
			case w[0] == '{' && w[1] == '"':
				b := quoted(strings.Trim(w, "{}"))
				vector(alloc(b), len(b))
			case w[0] == '{':
				n := size(strings.Trim(w, "{}"))
				vector(room(n), n)
			case w[0] == '*':
				number(room(size(w[1:])))
			case strings.HasPrefix(w, "buf"):
				n := size(w[3:])
				number(room(n))
				number(n)
			case rightWords[w] != 0:
				s.Args = append(s.Args, strconv.FormatUint(uint64(rightWords[w]), 10))
			default:
				s.Args = append(s.Args, w)
			}
		}
		steps = append(steps, s)
	}
	return steps
}

// splitWords splits at spaces that are in no text.
func splitWords(line string) (words []string) {
	in, start := false, 0
	for i := 0; i <= len(line); i++ {
		switch {
		case i == len(line) || line[i] == ' ' && !in:
			if i > start {
				words = append(words, line[start:i])
			}
			start = i + 1
		case line[i] == '"':
			in = !in
		}
	}
	return words
}

// callsDir makes the directory that the lines are about.
func callsDir(t *testing.T) string {
	t.Helper()
	world := t.TempDir()
	dir := filepath.Join(world, "dir")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(dir, "d"), 0o700),
		os.WriteFile(filepath.Join(world, "secret"), []byte("s"), 0o600),
		os.WriteFile(filepath.Join(dir, "f"), nil, 0o600),
		os.WriteFile(filepath.Join(dir, "d", "g"), []byte("g"), 0o600),
		os.Symlink("f", filepath.Join(dir, "l")),
		os.Symlink("../secret", filepath.Join(dir, "out")),
		os.Symlink("loop", filepath.Join(dir, "loop")),
		os.Symlink("nothing", filepath.Join(dir, "none")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// result is the line of a call that has been made.
func (s *step) result(errno uint64, memory func(at, n int) []byte) string {
	if errno != 0 {
		return fmt.Sprintf("%s = %v", s.Line, Errno(errno))
	}
	text := s.Line + " = ok"
	for _, show := range s.Show {
		text += " " + hex.EncodeToString(memory(show[0], show[1]))
	}
	return text
}

// TestCalls makes the calls of testdata/calls.txt here and in node. What each answers stands in testdata, and also what
// wasmtime does, which `go run ./wasicalls` in the folder bench asks.
func TestCalls(t *testing.T) {
	text, err := os.ReadFile("testdata/calls.txt")
	if err != nil {
		t.Fatal(err)
	}
	steps := parseCalls(t, string(text))
	if len(steps) < 180 {
		t.Errorf("%d calls are too few", len(steps))
	}
	called := map[string]bool{}
	for _, s := range steps {
		called[s.Name] = true
	}
	for i := range Functions {
		switch name := Functions[i].Name; name {
		case "proc_exit", "proc_raise", "args_get", "environ_get", "fd_fdstat_set_rights":
		default:
			if !called[name] {
				t.Errorf("no line calls %s", name)
			}
		}
	}
	encoded, err := json.Marshal(steps)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "testdata/calls.json", append(encoded, '\n'))
	same(t, "testdata/calls.wasm", proberModule())

	var ours strings.Builder
	g := newGuest(t, Config{Args: []string{"program"}, Env: []string{"A=1"}, Dirs: []Dir{{Host: callsDir(t), Guest: "/"}}})
	vars := map[string]uint64{}
	for i := range steps {
		s := &steps[i]
		for _, p := range s.Poke {
			b, _ := hex.DecodeString(p.Hex)
			copy(g.mem[p.At:], b)
		}
		var args []uint64
		for _, a := range s.Args {
			if name, ok := strings.CutPrefix(a, "$"); ok {
				args = append(args, vars[name])
				continue
			}
			n, err := strconv.ParseInt(a, 10, 64)
			if err != nil {
				t.Fatalf("%s: %v", s.Line, err)
			}
			args = append(args, uint64(n))
		}
		errno, ok := g.try(context.Background(), s.Name, args...).(Errno)
		if !ok {
			t.Fatalf("%s ended the run", s.Line)
		}
		fmt.Fprintln(&ours, s.result(uint64(errno), func(at, n int) []byte { return g.mem[at : at+n] }))
		if s.Assign != "" && errno == 0 {
			vars[s.Assign] = uint64(le.Uint32(g.mem[s.AssignAt:]))
		}
	}
	same(t, "testdata/calls.ours.txt", []byte(ours.String()))

	cmd := exec.Command(testneeds.Tool(t, "node"), "--no-warnings", "testdata/calls.mjs", callsDir(t))
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, &failed)
	}
	var answers []struct {
		Errno uint64
		Show  []string
	}
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(steps) {
		t.Fatalf("node: %v, %d answers", err, len(answers))
	}
	var theirs strings.Builder
	for i, a := range answers {
		next := 0
		fmt.Fprintln(&theirs, steps[i].result(a.Errno, func(int, int) []byte {
			b, _ := hex.DecodeString(a.Show[next])
			next++
			return b
		}))
	}
	same(t, "testdata/calls.node.txt", []byte(theirs.String()))
}

// unlikeWasmtime are the lines of which our answer is another than that of wasmtime 39, with the reason.
var unlikeWasmtime = map[string]string{
	`fd_seek $f 0 9 *8`:                 wasmtimeTraps,
	`fd_advise $f 0 0 9`:                wasmtimeTraps,
	`clock_res_get 7 *8`:                wasmtimeTraps,
	`clock_time_get 7 0 *8`:             wasmtimeTraps,
	`path_open 1 1 "f" 0 read all 0 *4`: "a stream is no directory: as for a file, of which wasmtime says so, too",
	`path_create_directory $f "x"`:      "the same",
	`fd_readdir $f buf100 0 *4`:         "the same",
	`fd_prestat_dir_name $f buf1`:       "as fd_prestat_get, which is asked first",
	`fd_allocate $ro 0 100`:             "wasmtime supports the function for no descriptor",
	`fd_advise $f -1 0 0`:               "POSIX has no such offset",
	`fd_datasync 3`:                     "Linux can do it, and programs do: a file that was renamed is safe then",
	`fd_sync 3`:                         "the same",
	`fd_prestat_get 3 *8`:               "only bytes of padding differ",
	`path_remove_directory 3 "made/"`:   "POSIX and node allow the slash",
	`path_remove_directory 3 "made"`:    "it has gone with the line before",
	`path_rename 3 "moved" 3 "new2/"`:   "POSIX and node: a file gets no name that ends in a slash",
	`path_rename 3 "moved" 3 "f"`:       "it has gone with the line before",
}

const wasmtimeTraps = "wasmtime ends the program"

// TestLikeWasmtime compares our answers with wasmtime's.
func TestLikeWasmtime(t *testing.T) {
	lines := func(file string) []string {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(b)), "\n")
	}
	calls, ours, theirs := parseCalls(t, strings.Join(lines("testdata/calls.txt"), "\n")), lines("testdata/calls.ours.txt"), lines("testdata/calls.wasmtime.txt")
	if len(ours) != len(calls) || len(theirs) != len(calls) {
		t.Fatalf("%d calls, %d answers of ours, %d of wasmtime", len(calls), len(ours), len(theirs))
	}
	differ := map[string]bool{}
	for i, s := range calls {
		if ours[i] == theirs[i] {
			continue
		}
		differ[s.Line] = true
		if unlikeWasmtime[s.Line] == "" {
			t.Errorf("ours:     %s\nwasmtime: %s", ours[i], theirs[i])
		}
	}
	for line := range unlikeWasmtime {
		if !differ[line] {
			t.Errorf("%s: the answers are the same now", line)
		}
	}
}

// same compares with a file of testdata, or rewrites it.
func same(t *testing.T, name string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	has, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(has, want) {
		return
	}
	a, b := strings.Split(string(has), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s, line %d:\n%.300s\nnow\n%.300s", name, i+1, a[i], b[i])
		}
	}
	t.Fatalf("%s has %d lines, now %d", name, len(a), len(b))
}

// proberModule is a module that imports each function, exports one that calls it under its name, and a memory.
func proberModule() []byte {
	uleb := func(n int) (b []byte) {
		for ; n >= 0x80; n >>= 7 {
			b = append(b, byte(n)|0x80)
		}
		return append(b, byte(n))
	}
	vector := func(items [][]byte) []byte { return append(uleb(len(items)), bytes.Join(items, nil)...) }
	text := func(s string) []byte { return append(uleb(len(s)), s...) }
	section := func(id byte, content []byte) []byte {
		return append(append([]byte{id}, uleb(len(content))...), content...)
	}
	var types, imports, funcs, exports, bodies [][]byte
	for i := range Functions {
		f := &Functions[i]
		typ := f.Type()
		b := append([]byte{0x60}, uleb(len(typ.Params))...)
		body := []byte{0}
		for k, p := range typ.Params {
			b = append(b, byte(p))
			body = append(append(body, 0x20), uleb(k)...)
		}
		b = append(b, uleb(len(typ.Results))...)
		for _, r := range typ.Results {
			b = append(b, byte(r))
		}
		body = append(append(append(body, 0x10), uleb(i)...), 0x0b)
		types = append(types, b)
		imports = append(imports, append(append(append(text(ModuleName), text(f.Name)...), 0), uleb(i)...))
		funcs = append(funcs, uleb(i))
		exports = append(exports, append(append(text(f.Name), 0), uleb(len(Functions)+i)...))
		bodies = append(bodies, append(uleb(len(body)), body...))
	}
	exports = append(exports, append(text("memory"), 2, 0))
	return bytes.Join([][]byte{
		[]byte("\x00asm\x01\x00\x00\x00"), section(1, vector(types)), section(2, vector(imports)), section(3, vector(funcs)),
		section(5, []byte{1, 0, 1}), section(7, vector(exports)), section(10, vector(bodies)),
	}, nil)
}
