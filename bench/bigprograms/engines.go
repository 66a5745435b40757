package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
	"golang.org/x/sys/unix"

	"sphex/aot"
	"sphex/aot/wasm"
	"sphex/runtime"
	"sphex/runtime/wasi"
)

// engines do a job; what it prints goes to stdout.
var engines = map[string]func(bin []byte, j job, stdout *os.File) (sample, error){
	"sphex": onSphex, "wazero": onWazero, "wasmtime": onWasmtime,
}

// instance is a program on some engine.
type instance struct {
	call   func(name string, args ...uint32) (uint32, error)
	memory func() []byte
}

func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// do does the job in an instance.
func (j *job) do(in instance) error {
	if j.Ruby == "" {
		_, err := in.call("_start")
		return err
	}
	if _, err := in.call("_initialize"); err != nil {
		return err
	}
	text := func(s string) (addr, n uint32, err error) {
		addr, err = in.call("cabi_realloc", 0, 0, 1, uint32(len(s)))
		if err == nil {
			copy(in.memory()[addr:], s)
		}
		return addr, uint32(len(s)), err
	}
	args := []string{"ruby.wasm", "-EUTF-8", "-e_=0"}
	list, err := in.call("cabi_realloc", 0, 0, 4, uint32(8*len(args)))
	if err != nil {
		return err
	}
	for i, a := range args {
		p, n, err := text(a)
		if err != nil {
			return err
		}
		binary.LittleEndian.PutUint32(in.memory()[list+8*uint32(i):], p)
		binary.LittleEndian.PutUint32(in.memory()[list+8*uint32(i)+4:], n)
	}
	if _, err := in.call("ruby-init: func(args: list<string>) -> ()", list, uint32(len(args))); err != nil {
		return fmt.Errorf("ruby-init: %w", err)
	}
	p, n, err := text(j.Ruby)
	if err != nil {
		return err
	}
	result, err := in.call("rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>", p, n)
	if err != nil {
		return fmt.Errorf("rb-eval-string-protect: %w", err)
	}
	if state := binary.LittleEndian.Uint32(in.memory()[result+4:]); state != 0 {
		return fmt.Errorf("the Ruby code ended with state %d", state)
	}
	p, n, err = text("$stdout.flush")
	if err == nil {
		_, err = in.call("rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>", p, n)
	}
	return err
}

func onSphex(bin []byte, j job, stdout *os.File) (s sample, err error) {
	t0 := cpuTime()
	f, err := aot.Compile(bin, aot.Options{})
	if err != nil {
		return s, err
	}
	m, err := runtime.Load(f)
	if err != nil {
		return s, err
	}
	t1 := cpuTime()
	cfg := wasi.Config{Args: j.Args, Stdin: os.Stdin, Stdout: stdout, Stderr: os.Stderr}
	for guest, host := range j.Dirs {
		cfg.Dirs = append(cfg.Dirs, wasi.Dir{Guest: guest, Host: host})
	}
	system, err := wasi.New(cfg)
	if err != nil {
		return s, err
	}
	defer system.Close()
	imports := runtime.NewImports()
	system.Define(imports)
	for i := range m.Wasm().Imports {
		im := &m.Wasm().Imports[i]
		if im.Kind == wasm.ExternFunc && imports.Lookup(im.Module, im.Name) == nil {
			imports.DefineFunc(im.Module, im.Name, m.Wasm().Types[im.Type], func(_ context.Context, _ *runtime.Instance, stack []uint64) error {
				clear(stack)
				return nil
			})
		}
	}
	ctx := context.Background()
	in, err := runtime.Instantiate(ctx, m, imports, runtime.Config{StackSize: 8 << 20})
	if err != nil {
		return s, err
	}
	err = j.do(instance{
		call: func(name string, args ...uint32) (uint32, error) {
			words := make([]uint64, len(args))
			for i, a := range args {
				words[i] = uint64(a)
			}
			r, err := in.Call(ctx, name, words...)
			if len(r) > 0 {
				return uint32(r[0]), err
			}
			return 0, err
		},
		memory: func() []byte { return in.Memory(0).All() },
	})
	var exit *runtime.ExitError
	if errors.As(err, &exit) && exit.Code == 0 {
		err = nil
	}
	return sample{Compile: t1 - t0, Run: cpuTime() - t1}, err
}

func onWazero(bin []byte, j job, stdout *os.File) (s sample, err error) {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	defer r.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	t0 := cpuTime()
	code, err := r.CompileModule(ctx, bin)
	if err != nil {
		return s, err
	}
	t1 := cpuTime()
	stubs := map[string]wazero.HostModuleBuilder{}
	for _, f := range code.ImportedFunctions() {
		module, name, _ := f.Import()
		if module == wasi_snapshot_preview1.ModuleName {
			continue
		}
		if stubs[module] == nil {
			stubs[module] = r.NewHostModuleBuilder(module)
		}
		stubs[module].NewFunctionBuilder().WithGoFunction(api.GoFunc(func(_ context.Context, stack []uint64) { clear(stack) }), f.ParamTypes(), f.ResultTypes()).Export(name)
	}
	for _, b := range stubs {
		if _, err := b.Instantiate(ctx); err != nil {
			return s, err
		}
	}
	dirs := wazero.NewFSConfig()
	for guest, host := range j.Dirs {
		dirs = dirs.WithDirMount(host, guest)
	}
	cfg := wazero.NewModuleConfig().WithStartFunctions().WithStdin(os.Stdin).WithStdout(stdout).WithStderr(os.Stderr).WithArgs(j.Args...).WithFSConfig(dirs).
		WithSysWalltime().WithSysNanotime()
	m, err := r.InstantiateModule(ctx, code, cfg)
	if err != nil {
		return s, err
	}
	err = j.do(instance{
		call: func(name string, args ...uint32) (uint32, error) {
			words := make([]uint64, len(args))
			for i, a := range args {
				words[i] = uint64(a)
			}
			r, err := m.ExportedFunction(name).Call(ctx, words...)
			if len(r) > 0 {
				return uint32(r[0]), err
			}
			return 0, err
		},
		memory: func() []byte {
			b, _ := m.Memory().Read(0, m.Memory().Size())
			return b
		},
	})
	var exit *sys.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 0 {
		err = nil
	}
	return sample{Compile: t1 - t0, Run: cpuTime() - t1}, err
}

func onWasmtime(bin []byte, j job, stdout *os.File) (s sample, err error) {
	config := wasmtime.NewConfig()
	config.SetMaxWasmStack(4 << 20)
	engine := wasmtime.NewEngineWithConfig(config)
	t0 := cpuTime()
	m, err := wasmtime.NewModule(engine, bin)
	if err != nil {
		return s, err
	}
	t1 := cpuTime()
	w := wasmtime.NewWasiConfig()
	w.SetArgv(j.Args)
	w.InheritStdin()
	w.InheritStderr()
	if err := w.SetStdoutFile(stdout.Name()); err != nil {
		return s, err
	}
	for guest, host := range j.Dirs {
		if err := w.PreopenDir(host, guest, wasmtime.DIR_READ|wasmtime.DIR_WRITE, wasmtime.FILE_READ|wasmtime.FILE_WRITE); err != nil {
			return s, err
		}
	}
	store := wasmtime.NewStore(engine)
	store.SetWasi(w)
	linker := wasmtime.NewLinker(engine)
	if err := linker.DefineWasi(); err != nil {
		return s, err
	}
	for _, im := range m.Imports() {
		t := im.Type().FuncType()
		if t == nil || linker.Get(store, im.Module(), *im.Name()) != nil {
			continue
		}
		if err := linker.FuncNew(im.Module(), *im.Name(), t, func(*wasmtime.Caller, []wasmtime.Val) ([]wasmtime.Val, *wasmtime.Trap) {
			var zeros []wasmtime.Val
			for _, r := range t.Results() {
				switch r.Kind() {
				case wasmtime.KindI32:
					zeros = append(zeros, wasmtime.ValI32(0))
				case wasmtime.KindI64:
					zeros = append(zeros, wasmtime.ValI64(0))
				case wasmtime.KindF32:
					zeros = append(zeros, wasmtime.ValF32(0))
				default:
					zeros = append(zeros, wasmtime.ValF64(0))
				}
			}
			return zeros, nil
		}); err != nil {
			return s, err
		}
	}
	in, err := linker.Instantiate(store, m)
	if err != nil {
		return s, err
	}
	err = j.do(instance{
		call: func(name string, args ...uint32) (uint32, error) {
			words := make([]any, len(args))
			for i, a := range args {
				words[i] = int32(a)
			}
			r, err := in.GetFunc(store, name).Call(store, words...)
			if v, ok := r.(int32); ok {
				return uint32(v), err
			}
			return 0, err
		},
		memory: func() []byte { return in.GetExport(store, "memory").Memory().UnsafeData(store) },
	})
	var exit *wasmtime.Error
	if errors.As(err, &exit) {
		if code, ok := exit.ExitStatus(); ok && code == 0 {
			err = nil
		}
	}
	return sample{Compile: t1 - t0, Run: cpuTime() - t1}, err
}
