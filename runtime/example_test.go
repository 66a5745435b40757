//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"sphex/aot"
	"sphex/runtime"
)

// load compiles and maps a module; a program keeps the object that aot.Compile makes in a cache.
func load(path string, o aot.Options) *runtime.Module {
	b, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	f, err := aot.Compile(b, o)
	if err != nil {
		log.Fatal(err)
	}
	m, err := runtime.Load(f)
	if err != nil {
		log.Fatal(err)
	}
	return m
}

// define adds Go functions to what modules can import from "env".
func define(functions map[string]any) *runtime.Imports {
	imports := runtime.NewImports()
	for name, f := range functions {
		if err := imports.DefineGo("env", name, f); err != nil {
			log.Fatal(err)
		}
	}
	return imports
}

// Guests call Go functions, which know for whom they work, and the host calls the guests' functions as Go functions.
func Example() {
	ctx := context.Background()
	m := load("testdata/start.wasm", aot.Options{})
	defer m.Close()
	type customer struct{ factor int32 }
	imports := define(map[string]any{
		"ask": func(ctx context.Context, in *runtime.Instance, n int32) (int32, error) {
			c, ok := runtime.HostAs[*customer](in)
			if !ok {
				return 0, errors.New("nobody is served")
			}
			return n * c.factor, nil
		},
	})
	in, err := runtime.Instantiate(ctx, m, imports, runtime.Config{Host: &customer{factor: 100}})
	if err != nil {
		log.Fatal(err)
	}
	defer in.Close()
	var answer func(context.Context) (int32, error)
	if err := in.Bind("answer", &answer); err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer(ctx))
	// Output: 500 <nil>
}

// Modules are linked by name: what one exports, another imports. What shares something lives as long as the store.
func ExampleImports_DefineInstance() {
	ctx := context.Background()
	store := runtime.NewStore()
	defer store.Close()
	library, program := load("testdata/hostile.wasm", aot.Options{}), load("testdata/starttrap.wasm", aot.Options{})
	defer library.Close()
	defer program.Close()
	lib, err := store.Instantiate(ctx, library, define(map[string]any{"ask": func(n int32) int32 { return n }}), runtime.Config{})
	if err != nil {
		log.Fatal(err)
	}
	imports := runtime.NewImports()
	imports.DefineInstance("env", lib) // the program works in the library's memory
	_, err = store.Instantiate(ctx, program, imports, runtime.Config{})
	v, _ := lib.Memory(0).Uint32(0)
	fmt.Println(err, v)
	// Output: out of bounds memory access 42
}

// A call can be suspended in the midst of it, where the guest asks its host for something, and resumed later.
func ExampleCoroutine() {
	ctx := context.Background()
	m := load("testdata/start.wasm", aot.Options{})
	defer m.Close()
	imports := define(map[string]any{
		"ask": func(ctx context.Context, n int32) (int32, error) {
			v, err := runtime.Yield(ctx, fmt.Sprintf("what is %d times 7?", n))
			if err != nil {
				return 0, err
			}
			return v.(int32), nil
		},
	})
	in, err := runtime.Instantiate(ctx, m, imports, runtime.Config{DeferStart: true})
	if err != nil {
		log.Fatal(err)
	}
	defer in.Close()
	start, _ := in.StartFunc()
	c, err := in.Func(start).Begin(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Stop()
	question, _, _ := c.Resume(nil)
	fmt.Println(question)
	_, done, err := c.Resume(int32(35))
	fmt.Println(done, err)
	answer, _ := in.Call(ctx, "answer")
	fmt.Println(answer)
	// Output:
	// what is 5 times 7?
	// true <nil>
	// [35]
}

// A guest ends by its deadline, by Kill, or when it has used up what it may.
func ExampleConfig() {
	m := load("testdata/hostile.wasm", aot.Options{Fuel: true})
	defer m.Close()
	in, err := runtime.Instantiate(context.Background(), m, define(map[string]any{"ask": func(n int32) int32 { return n }}), runtime.Config{
		StackSize: 256 << 10,
		Limits:    runtime.Limits{Memory: 1 << 20, Elements: 100},
		Fuel:      1_000_000,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer in.Close()
	_, err = in.Call(context.Background(), "spin")
	fmt.Println(err)
	in.SetFuel(1 << 60)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	_, err = in.Call(ctx, "spin")
	fmt.Println(err)
	pages, _ := in.Call(context.Background(), "memstorm")
	fmt.Println(pages, in.Refused())
	// Output:
	// all fuel is used up
	// context deadline exceeded
	// [16] 1114112 bytes of memory are wanted, the limit is 1048576
}

// Each request of a stranger's gets an instance as new.
func ExamplePool() {
	ctx := context.Background()
	m := load("testdata/start.wasm", aot.Options{})
	defer m.Close()
	imports := define(map[string]any{"ask": func(in *runtime.Instance, n int32) int32 { return n * in.Host().(int32) }})
	p, err := runtime.NewPool(ctx, m, imports, runtime.PoolConfig{Max: 100, Ready: 2})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	for customer := range int32(3) {
		in, err := p.Get(ctx, customer)
		if err != nil {
			log.Fatal(err)
		}
		answer, err := in.Call(ctx, "answer")
		fmt.Println(answer, err)
		p.Put(in)
	}
	// Output:
	// [0] <nil>
	// [5] <nil>
	// [10] <nil>
}
