package wasi

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"

	"sphex/aot/abi"
)

// The programs run in wazero here, once with its own WASI and once with ours, so that a
// difference is one of this package and not of compiled code.

// outcome is what a run leaves behind.
type outcome struct {
	stdout, stderr string
	exit           uint32
	trap           bool
	kind           abi.Trap // in our own runtime
	files          map[string]string
}

type runConfig struct {
	args, env []string
	stdin     []byte
	dir       string // opened as / and as .
}

func runOurs(t *testing.T, ctx context.Context, r wazero.Runtime, code wazero.CompiledModule, cfg runConfig) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	conf := Config{
		Args: cfg.args, Env: cfg.env, Stdin: bytes.NewReader(cfg.stdin), Stdout: &stdout, Stderr: &stderr,
		Dirs: []Dir{{Host: cfg.dir, Guest: "/"}},
	}
	system, err := New(conf)
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	host := defineOurs(t, ctx, r, system)
	defer host.Close(ctx)
	o := outcome{}
	m, err := r.InstantiateModule(ctx, code, wazero.NewModuleConfig().WithName(""))
	if m != nil {
		m.Close(ctx)
	}
	var exit *ExitError
	switch {
	case errors.As(err, &exit):
		o.exit = exit.Code
	case err != nil:
		o.trap = true
	}
	o.stdout, o.stderr, o.files = stdout.String(), stderr.String(), listFiles(t, cfg.dir)
	return o
}

// defineOurs gives our functions to programs that run in wazero.
func defineOurs(t *testing.T, ctx context.Context, r wazero.Runtime, system *System) api.Module {
	t.Helper()
	b := r.NewHostModuleBuilder(ModuleName)
	for i := range Functions {
		f := &Functions[i]
		typ := f.Type()
		var params, results []api.ValueType
		for _, v := range typ.Params {
			params = append(params, api.ValueType(v))
		}
		for _, v := range typ.Results {
			results = append(results, api.ValueType(v))
		}
		b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
			var mem []byte
			if g := m.Memory(); g != nil {
				mem, _ = g.Read(0, g.Size())
			}
			if err := f.Call(ctx, system, mem, stack); err != nil {
				panic(err)
			}
		}), params, results).Export(f.Name)
	}
	host, err := b.Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return host
}

func runTheirs(t *testing.T, ctx context.Context, r wazero.Runtime, code wazero.CompiledModule, cfg runConfig) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	host, err := wasi_snapshot_preview1.Instantiate(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(ctx)
	mc := wazero.NewModuleConfig().WithName("").WithArgs(cfg.args...).WithStdin(bytes.NewReader(cfg.stdin)).
		WithStdout(&stdout).WithStderr(&stderr).WithSysWalltime().WithSysNanotime().WithSysNanosleep().
		WithFSConfig(wazero.NewFSConfig().WithDirMount(cfg.dir, "/"))
	for _, e := range cfg.env {
		name, value, _ := bytes.Cut([]byte(e), []byte("="))
		mc = mc.WithEnv(string(name), string(value))
	}
	o := outcome{}
	m, err := r.InstantiateModule(ctx, code, mc)
	if m != nil {
		m.Close(ctx)
	}
	var exit *sys.ExitError
	switch {
	case errors.As(err, &exit):
		o.exit = exit.ExitCode()
	case err != nil:
		o.trap = true
	}
	o.stdout, o.stderr, o.files = stdout.String(), stderr.String(), listFiles(t, cfg.dir)
	return o
}

// listFiles gives the contents of all files below dir.
func listFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if d.Type().IsRegular() {
			b, err := os.ReadFile(path)
			files[rel] = string(b)
			return err
		}
		files[rel] = d.Type().String()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// programs lists the modules that import preview 1, with what they are run with.
func programs(t *testing.T) []string {
	dir := os.Getenv("SPHEX_PROGRAMS")
	if dir == "" {
		dir = filepath.Join("..", "..", "testdata", "programs")
	}
	list, err := filepath.Glob(filepath.Join(dir, "*", "*.wasm"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	slices.Sort(list)
	// A program that does not end by itself has nothing that it is expected to print.
	return slices.DeleteFunc(list, func(file string) bool {
		_, err := os.Stat(filepath.Join(filepath.Dir(file), "expected.txt"))
		return dir != os.Getenv("SPHEX_PROGRAMS") && err != nil
	})
}

func TestProgramsLikeWazero(t *testing.T) {
	ctx := context.Background()
	for _, file := range programs(t) {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithDebugInfoEnabled(false))
			defer r.Close(ctx)
			code, err := r.CompileModule(ctx, b)
			if err != nil {
				t.Skipf("wazero: %v", err)
			}
			stdin, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "stdin.txt"))
			cfg := runConfig{args: []string{name, "one", "two"}, env: []string{"DBG_A=1", "B=x"}, stdin: stdin}
			if len(stdin) == 0 {
				cfg.stdin = []byte("line one\nline two\n")
			}
			cfg.dir = t.TempDir()
			ours := runOurs(t, ctx, r, code, cfg)
			cfg.dir = t.TempDir()
			theirs := runTheirs(t, ctx, r, code, cfg)
			compare(t, ours, theirs)
		})
	}
}

func compare(t *testing.T, ours, theirs outcome) {
	t.Helper()
	if ours.stdout != theirs.stdout {
		t.Errorf("stdout: ours\n%s\nwazero's\n%s", ours.stdout, theirs.stdout)
	}
	if ours.stderr != theirs.stderr {
		t.Errorf("stderr: ours\n%s\nwazero's\n%s", ours.stderr, theirs.stderr)
	}
	if ours.exit != theirs.exit || ours.trap != theirs.trap {
		t.Errorf("exit %d trap %v, wazero %d %v", ours.exit, ours.trap, theirs.exit, theirs.trap)
	}
	for f, want := range theirs.files {
		if got, ok := ours.files[f]; !ok || got != want {
			t.Errorf("file %s: %q, wazero %q", f, got, want)
		}
	}
	if len(ours.files) != len(theirs.files) {
		t.Errorf("%d files, wazero %d", len(ours.files), len(theirs.files))
	}
}
