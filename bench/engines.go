package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
	"golang.org/x/sys/unix"

	"sphex/aot"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// engines compile and run a WASI command and report what it took.
var engines = map[string]func(file string) (sample, error){
	"sphex":           func(f string) (sample, error) { return runSphex(f, aot.Options{}) },
	"sphex-call":      func(f string) (sample, error) { return runSphex(f, aot.Options{Sites: codemap.SiteCall}) },
	"sphex-no-sites":  func(f string) (sample, error) { return runSphex(f, aot.Options{Sites: codemap.SiteNone}) },
	"sphex-fuel":      func(f string) (sample, error) { return runSphex(f, aot.Options{Fuel: true}) },
	"wazero":          runWazero,
	"wasmtime":        func(f string) (sample, error) { return runWasmtime(f, wasmtime.OptLevelSpeed) },
	"wasmtime-no-opt": func(f string) (sample, error) { return runWasmtime(f, wasmtime.OptLevelNone) },
}

// cpuTime is the user and system time of this process so far.
func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func codeBytes(bin []byte) int {
	m, err := wasm.Decode(bin)
	if err != nil {
		return 0
	}
	return int(m.CodeSize)
}

func runWazero(file string) (sample, error) {
	bin, err := os.ReadFile(file)
	if err != nil {
		return sample{}, err
	}
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	defer r.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	t0 := cpuTime()
	mod, err := r.CompileModule(ctx, bin)
	if err != nil {
		return sample{}, err
	}
	t1 := cpuTime()
	var out bytes.Buffer
	cfg := wazero.NewModuleConfig().WithStdout(&out).WithArgs(file).WithSysWalltime().WithSysNanotime()
	_, err = r.InstantiateModule(ctx, mod, cfg)
	t2 := cpuTime()
	var exit *sys.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 0 {
		err = nil
	}
	return sample{t1 - t0, t2 - t1, 0, codeBytes(bin), out.String()}, err
}

func runWasmtime(file string, level wasmtime.OptLevel) (sample, error) {
	bin, err := os.ReadFile(file)
	if err != nil {
		return sample{}, err
	}
	cfg := wasmtime.NewConfig()
	cfg.SetCraneliftOptLevel(level)
	engine := wasmtime.NewEngineWithConfig(cfg)
	t0 := cpuTime()
	mod, err := wasmtime.NewModule(engine, bin)
	if err != nil {
		return sample{}, err
	}
	t1 := cpuTime()
	tmp, err := os.CreateTemp("", "bench")
	if err != nil {
		return sample{}, err
	}
	defer os.Remove(tmp.Name())
	wasi := wasmtime.NewWasiConfig()
	if err := wasi.SetStdoutFile(tmp.Name()); err != nil {
		return sample{}, err
	}
	store := wasmtime.NewStore(engine)
	store.SetWasi(wasi)
	linker := wasmtime.NewLinker(engine)
	if err := linker.DefineWasi(); err != nil {
		return sample{}, err
	}
	t2 := cpuTime()
	inst, err := linker.Instantiate(store, mod)
	if err != nil {
		return sample{}, err
	}
	_, err = inst.GetFunc(store, "_start").Call(store)
	t3 := cpuTime()
	var exit *wasmtime.Error
	if errors.As(err, &exit) {
		if code, ok := exit.ExitStatus(); ok && code == 0 {
			err = nil
		}
	}
	if err != nil {
		return sample{}, fmt.Errorf("wasmtime: %w", err)
	}
	out, err := os.ReadFile(tmp.Name())
	return sample{t1 - t0, t3 - t2, 0, codeBytes(bin), string(out)}, err
}
