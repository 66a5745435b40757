package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	goruntime "runtime"
	"runtime/debug"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"sphex/aot"
	"sphex/runtime"
)

// requests is what an engine needs for requests that each get an instance of their own.
type requests struct {
	First   time.Duration // from asking for an instance to the return of a function that does nothing: median
	Request time.Duration // CPU time of one: an instance, a call that does a little work, the instance's end
	Live    float64       // KB of an instance that has run once
	Waiting float64       // KB of one that waits in a pool; 0: there is no pool
	Result  uint64        // that must agree
}

const (
	firstRounds   = 5000
	requestRounds = 30000
	liveInstances = 1000
	requestArg    = 12345
)

// requestEngines measure with instances/request.wasm. Others may be added by files with a build tag.
var requestEngines = map[string]func(module []byte) (requests, error){
	"sphex": sphexRequests, "wazero": wazeroRequests, "wasmtime": wasmtimeRequests,
}

// reportInstances prints a line for each engine, in a process of its own.
func reportInstances() error {
	names := make([]string, 0, len(requestEngines))
	for n := range requestEngines {
		names = append(names, n)
	}
	slices.Sort(names)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "instances\tµs to the first call's end\tCPU µs for a request\trequests per core and s\tKB live\tKB waiting\t")
	var want uint64
	for _, n := range names {
		out, err := exec.Command(os.Args[0], "instances-child", n, "instances/request.wasm").CombinedOutput()
		var r requests
		if err == nil {
			err = json.Unmarshal(out, &r)
		}
		if err != nil {
			return fmt.Errorf("instances on %s: %v\n%s", n, err, out)
		}
		if want == 0 {
			want = r.Result
		}
		if r.Result != want {
			return fmt.Errorf("%s answers %d, the others %d", n, r.Result, want)
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.0f\t%.0f\t", n, float64(r.First.Nanoseconds())/1e3, float64(r.Request.Nanoseconds())/1e3, 1e9/float64(r.Request.Nanoseconds()), r.Live)
		if r.Waiting > 0 {
			fmt.Fprintf(w, "%.0f", r.Waiting)
		}
		fmt.Fprintln(w, "\t")
	}
	return w.Flush()
}

func instancesChild(engine, file string) error {
	module, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	r, err := requestEngines[engine](module)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// measureRequests times an engine: get makes an instance, call calls one of its functions, end gives the instance up.
func measureRequests[T any](get func() (T, error), call func(in T, name string, args ...uint64) (uint64, error), end func(T)) (r requests, err error) {
	one := func(name string, args ...uint64) error {
		in, err := get()
		if err != nil {
			return err
		}
		r.Result, err = call(in, name, args...)
		end(in)
		return err
	}
	for range 200 {
		if err := one("handle", requestArg); err != nil {
			return r, err
		}
	}
	times := make([]time.Duration, firstRounds)
	for i := range times {
		t0 := time.Now()
		in, err := get()
		if err != nil {
			return r, err
		}
		_, err = call(in, "nop")
		times[i] = time.Since(t0)
		if end(in); err != nil {
			return r, err
		}
	}
	slices.Sort(times)
	r.First = times[len(times)/2]
	t0 := cpuTime()
	for range requestRounds {
		if err := one("handle", requestArg); err != nil {
			return r, err
		}
	}
	r.Request = (cpuTime() - t0) / requestRounds
	before := resident()
	all := make([]T, liveInstances)
	for i := range all {
		if all[i], err = get(); err != nil {
			return r, err
		}
		if _, err = call(all[i], "handle", requestArg); err != nil {
			return r, err
		}
	}
	r.Live = (resident() - before) / liveInstances
	for _, in := range all {
		end(in)
	}
	return r, nil
}

// resident is the process's memory in KB.
func resident() float64 {
	goruntime.GC()
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	var size, pages float64
	fmt.Sscan(string(b), &size, &pages)
	return pages * float64(os.Getpagesize()) / 1024
}

func sphexRequests(module []byte) (requests, error) {
	ctx := context.Background()
	f, err := aot.Compile(module, aot.Options{})
	if err != nil {
		return requests{}, err
	}
	m, err := runtime.Load(f)
	if err != nil {
		return requests{}, err
	}
	empty := resident()
	p, err := runtime.NewPool(ctx, m, nil, runtime.PoolConfig{Idle: liveInstances})
	if err != nil {
		return requests{}, err
	}
	stack := make([]uint64, 1)
	r, err := measureRequests(
		func() (*runtime.Instance, error) { return p.Get(ctx, nil) },
		func(in *runtime.Instance, name string, args ...uint64) (uint64, error) {
			copy(stack, args)
			err := in.ExportedFunc(name).CallWords(ctx, stack)
			return stack[0], err
		}, p.Put)
	_, idle := p.Stats()
	r.Waiting = (resident() - empty) / float64(idle)
	return r, err
}

func wazeroRequests(module []byte) (requests, error) {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	defer rt.Close(ctx)
	m, err := rt.CompileModule(ctx, module)
	if err != nil {
		return requests{}, err
	}
	cfg := wazero.NewModuleConfig().WithName("")
	return measureRequests(
		func() (api.Module, error) { return rt.InstantiateModule(ctx, m, cfg) },
		func(in api.Module, name string, args ...uint64) (uint64, error) {
			res, err := in.ExportedFunction(name).Call(ctx, args...)
			if err != nil || len(res) == 0 {
				return 0, err
			}
			return res[0], nil
		},
		func(in api.Module) { in.Close(ctx) })
}

func wasmtimeRequests(module []byte) (requests, error) {
	engine := wasmtime.NewEngine()
	m, err := wasmtime.NewModule(engine, module)
	if err != nil {
		return requests{}, err
	}
	type instance struct {
		store *wasmtime.Store
		in    *wasmtime.Instance
	}
	return measureRequests(
		func() (instance, error) {
			s := wasmtime.NewStore(engine)
			in, err := wasmtime.NewInstance(s, m, nil)
			return instance{s, in}, err
		},
		func(in instance, name string, args ...uint64) (uint64, error) {
			f := in.in.GetFunc(in.store, name)
			var v any
			var err error
			if len(args) > 0 {
				v, err = f.Call(in.store, int32(args[0]))
			} else {
				v, err = f.Call(in.store)
			}
			n, _ := v.(int32)
			return uint64(uint32(n)), err
		},
		func(in instance) { in.store.Close() })
}
