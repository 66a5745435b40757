package debugger_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"sphex/aot"
	"sphex/dap"
	"sphex/debugger"
	"sphex/runtime"
	"sphex/runtime/wasi"
)

// A Go program that runs WebAssembly of its own accord lets debuggers attach to it: sphex connect, or an editor with an
// attach configuration. Without one, its instances run as ever.
func ExampleServe() {
	path := filepath.Join("..", "testdata", "programs", "orders", "orders.wasm")
	module, err := os.ReadFile(path)
	check(err)
	object, err := aot.Compile(module, aot.Options{})
	check(err)
	code, err := runtime.Load(object)
	check(err)
	defer code.Close()
	system, err := wasi.New(wasi.Config{Args: []string{"orders"}, Stdout: os.Stdout})
	check(err)
	defer system.Close()
	imports := runtime.NewImports()
	system.Define(imports)
	instance, err := runtime.Instantiate(context.Background(), code, imports, runtime.Config{})
	check(err)
	defer instance.Close()

	// All that is for debuggers: a host that shows the instance, and a service.
	var host debugger.Host
	defer host.Show("till", instance, object)()
	listener, err := debugger.Listen("127.0.0.1:0")
	check(err)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() {
		served <- debugger.Serve(ctx, listener, &host, debugger.ServeConfig{View: dap.ServeHost})
	}()

	_, err = instance.Call(ctx, "_start")
	fmt.Println(err)
	cancel()
	check(<-served)
	// Output:
	// Ada paid 670 cents
	// Grace paid 1224 cents
	// Edsger could not pay: no price for goto
	// Barbara paid 380 cents
	// 3 orders, 2274 cents
	// <nil>
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
