package debugger

import (
	"os"
	"strings"
	"testing"

	"sphex/runtime/coredump"
)

// TestCoreOfWasmtime opens the state in which wasmtime 39 trapped: frames with offsets as it gives them,
// memory and the stack pointer, in the form in which it writes dumps: no locals, no operands. What the
// source says of the variables must be found all the same.
func TestCoreOfWasmtime(t *testing.T) {
	dump, err := os.ReadFile("../testdata/programs/c_trap/div0.wasmtime39.core")
	if err != nil {
		t.Fatal(err)
	}
	const program = "c_trap/c_trap-O0-dw5.wasm"
	s := openCore(t, program, dump)
	frames, _, err := s.Frames(0, 10)
	if err != nil || len(frames) < 2 || frames[0].Function != "div_by" || frames[0].Line != 13 || frames[1].Function != "main" || frames[1].Line != 35 {
		t.Fatalf("%v, %v", frames, err)
	}
	for _, c := range []struct {
		level      int
		name, want string
	}{
		{0, "a", "6"}, {0, "b", "0"}, // div_by(local, zero)
		{1, "local", "6"}, {1, "argc", "2"}, // argc * 3
		{1, "*pc", `{limits = 0x0, name = 0x10031 "default", handler = 0x2 <handler_i>}`},
	} {
		if v, err := s.Eval(c.level, c.name); err != nil || v.String() != c.want {
			t.Errorf("%s is %v, %v; want %s", c.name, v, err, c.want)
		}
	}

	// Without the global, nobody knows where the variables are.
	d, err := coredump.Read(dump)
	if err != nil {
		t.Fatal(err)
	}
	d.Globals, d.Instances[0].Globals = nil, nil
	s = openCore(t, program, d.Bytes())
	if v, err := s.Eval(1, "local"); err == nil && v.Err() == nil {
		t.Errorf("local is %v, and the stack pointer is not known", v)
	}
}

// TestCoreOfSeveralModules opens a dump with other modules, instances and threads: frames of another
// module's functions are not taken for the program's.
func TestCoreOfSeveralModules(t *testing.T) {
	dump, err := os.ReadFile("../testdata/programs/c_trap/div0.wasmtime39.core")
	if err != nil {
		t.Fatal(err)
	}
	d, err := coredump.Read(dump)
	if err != nil {
		t.Fatal(err)
	}
	// In front: another module with a memory and a global of its own, whose function 8 called and was called.
	d.Modules = []string{"other.wasm", "/somewhere/c_trap-O0-dw5.wasm"}
	d.Memories = append([]coredump.Memory{{Pages: 1}}, d.Memories...)
	d.Globals = append([]coredump.Global{{Value: coredump.Value{Type: d.Globals[0].Value.Type, Bits: 16}, Mutable: true}}, d.Globals...)
	d.Instances = []coredump.Instance{{Module: 0, Memories: []uint32{0}, Globals: []uint32{0}}, {Module: 1, Memories: []uint32{1}, Globals: []uint32{1}}}
	own := d.Threads[0].Frames
	for i := range own {
		own[i].Instance = 1
	}
	other := coredump.Frame{Instance: 0, Func: 8, Code: 0x28}
	d.Threads[0].Frames = append([]coredump.Frame{other}, own...)
	d.Threads = append(d.Threads, coredump.Thread{Name: "worker", Frames: []coredump.Frame{{Instance: 1, Func: 16}}})

	s := openCore(t, "c_trap/c_trap-O0-dw5.wasm", d.Bytes())
	frames, _, err := s.Frames(0, 10)
	if err != nil || len(frames) < 2 || frames[0].Function != "div_by" || frames[1].Function != "main" {
		t.Fatalf("%v, %v", frames, err)
	}
	if v, err := s.Eval(1, "local"); err != nil || v.String() != "6" {
		t.Errorf("local is %v, %v", v, err)
	}
	notes := strings.Join(s.Notes(), "\n")
	for _, want := range []string{`the core dump has 2 threads; the first one, "main", is selected`, "1 frame of other modules in the core dump is left out"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes do not say %q:\n%s", want, notes)
		}
	}
}
