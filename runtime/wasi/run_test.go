package wasi

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/runtime"
)

// load compiles a program.
func load(t *testing.T, module []byte) *runtime.Module {
	t.Helper()
	f, err := aot.Compile(module, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := runtime.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// runCompiled runs a program as the product does: compiled, in the runtime.
func runCompiled(t *testing.T, m *runtime.Module, cfg runConfig) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	system, err := New(Config{
		Args: cfg.args, Env: cfg.env, Stdin: bytes.NewReader(cfg.stdin), Stdout: &stdout, Stderr: &stderr,
		Dirs: []Dir{{Host: cfg.dir, Guest: "/"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	imports := runtime.NewImports()
	system.Define(imports)
	ctx := context.Background()
	in, err := runtime.Instantiate(ctx, m, imports, runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	o := outcome{}
	_, err = in.Call(ctx, "_start")
	var exit *ExitError
	var trap *runtime.TrapError
	switch {
	case errors.As(err, &exit):
		o.exit = exit.Code
	case errors.As(err, &trap):
		o.trap, o.kind = true, trap.Kind
	case err != nil:
		t.Fatal(err)
	}
	o.stdout, o.stderr, o.files = stdout.String(), stderr.String(), listFiles(t, cfg.dir)
	return o
}

// modes are the arguments that make a program of testdata die in its several ways, without the
// one that takes 2 GiB.
var modes = map[string]string{
	"c_trap":   "div0 divmin rem0 float nan null oob oobwrite unreachable abort assert stack callstack nullcall badcall sigcall memcpy exit smash",
	"rs_panic": "unwrap oob overflow div0 divmin expect key slice str refcell unreachable todo assert recurse badptr trap abort exit",
}

// traps are what the modes of c_trap's main.c must end with, where C leaves no choice to the
// compiler because nothing is optimised.
var traps = map[string]abi.Trap{
	"div0": abi.TrapDivideByZero, "rem0": abi.TrapDivideByZero, "divmin": abi.TrapOverflow,
	"float": abi.TrapConversionRange, "nan": abi.TrapConversion,
	"oob": abi.TrapMemory, "oobwrite": abi.TrapMemory, "memcpy": abi.TrapMemory, "stack": abi.TrapMemory,
	"unreachable": abi.TrapUnreachable, "abort": abi.TrapUnreachable, "assert": abi.TrapUnreachable,
	"callstack": abi.TrapMemory, // of the stack that C keeps in its memory
	"badcall":   abi.TrapIndirectBounds, "sigcall": abi.TrapSignature,
	"exit": abi.TrapNone, "null": abi.TrapNone,
}

// TestCompiledPrograms runs the programs of testdata with what their expected.txt was made
// with: no arguments, DBG_A=1 and two lines of input, or those of stdin.txt. Each run must also
// end as it does in wazero.
func TestCompiledPrograms(t *testing.T) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("guest code runs on linux/amd64 only")
	}
	for _, file := range programs(t) {
		dir := filepath.Dir(file)
		name := filepath.Base(dir)
		module, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(dir, "expected.txt"))
		if err != nil || !bytes.Contains(module, []byte("\x06_start")) {
			continue // no program of its own
		}
		stdin, err := os.ReadFile(filepath.Join(dir, "stdin.txt"))
		if err != nil {
			stdin = []byte("line one\nline two\n")
		}
		base := filepath.Base(file)
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			m := load(t, module)
			defer m.Close()
			ctx := context.Background()
			r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithDebugInfoEnabled(false))
			defer r.Close(ctx)
			code, err := r.CompileModule(ctx, module)
			if err != nil {
				t.Fatal(err)
			}
			run := func(t *testing.T, args ...string) outcome {
				cfg := runConfig{args: append([]string{base}, args...), env: []string{"DBG_A=1"}, stdin: stdin, dir: t.TempDir()}
				o := runCompiled(t, m, cfg)
				cfg.dir = t.TempDir()
				compare(t, o, runTheirs(t, ctx, r, code, cfg))
				return o
			}
			if o := run(t); o.stdout != string(want) || o.trap {
				t.Errorf("trap %v, stdout:\n%s\nwant\n%s", o.trap, o.stdout, want)
			}
			for _, mode := range strings.Fields(modes[name]) {
				t.Run(mode, func(t *testing.T) {
					o := run(t, mode)
					if want, ok := traps[mode]; ok && strings.HasPrefix(base, "c_trap-O0") && o.kind != want {
						t.Errorf("trap %q, want %q", runtime.TrapWords(o.kind), runtime.TrapWords(want))
					}
				})
			}
		})
	}
}
