package debugger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/runtime"
	"sphex/runtime/wasi"
)

// trapIn calls the program as a host without a debugger does.
func trapIn(t *testing.T, name, mode string, watch bool) (*Report, error) {
	t.Helper()
	b, err := os.ReadFile("../testdata/programs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	o, err := aot.Compile(b, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := runtime.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	sys, err := wasi.New(wasi.Config{Args: []string{"p", mode}})
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close()
	imports := runtime.NewImports()
	for i := range wasi.Functions {
		f := &wasi.Functions[i]
		imports.DefineFunc(wasi.ModuleName, f.Name, f.Type(), func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
			mem, _ := caller.Memory(0).Slice(0, caller.Memory(0).Size())
			return f.Call(ctx, sys, mem, stack)
		})
	}
	in, err := runtime.Instantiate(context.Background(), m, imports, runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if watch {
		ExplainTraps(in, o)
	}
	_, err = in.Call(context.Background(), "_start")
	r, ok := Explain(err, o)
	if !ok {
		t.Fatalf("%v is no trap", err)
	}
	return r, err
}

// TestExplain has a host explain the error of a call, with values and without, in text and in JSON.
func TestExplain(t *testing.T) {
	for _, watch := range []bool{true, false} {
		r, err := trapIn(t, "c_trap/c_trap-O0-dw5.wasm", "div0", watch)
		if r.Kind != "division" || len(r.Frames) < 3 {
			t.Fatalf("%v: %+v", err, r)
		}
		f := r.Frames[0]
		if f.Function != "div_by" || !strings.HasSuffix(f.File, "c_trap/main.c") || f.Line != 13 || f.Offset == 0 || r.Frames[1].Function != "main" || r.Frames[1].Line != 35 {
			t.Errorf("frames %+v", r.Frames[:2])
		}
		args := fmt.Sprint(f.Arguments)
		if want := map[bool]string{true: "[{a int 6} {b int 0}]", false: "[]"}[watch]; args != want {
			t.Errorf("arguments %s, want %s", args, want)
		}
		b, err := json.Marshal(r)
		if err != nil || !bytes.Contains(b, []byte(`"function":"div_by"`)) || !bytes.Contains(b, []byte(`"line":13`)) {
			t.Errorf("%v %s", err, b)
		}
		var text bytes.Buffer
		if err := r.Write(&text, true); err != nil || watch != strings.Contains(text.String(), "a: int = 6") || !strings.Contains(text.String(), "#0 div_by at ") {
			t.Errorf("%v\n%s", err, &text)
		}
		if watch && r.Message != "integer divide by zero: i32.div_s of 6 by 0" {
			t.Errorf("message %s", r.Message)
		}
	}
}

// TestReport is the same in a session.
func TestReport(t *testing.T) {
	s, _ := open(t, "c_trap/c_trap-O0-dw5.wasm", func(c *Config) { c.Args = []string{"div0"} })
	mustStop(t, s.Continue)
	r, err := s.Report(10)
	if err != nil || r.Frames[0].Function != "div_by" || fmt.Sprint(r.Frames[0].Arguments) != "[{a int 6} {b int 0}]" {
		t.Errorf("%+v %v", r, err)
	}
}
