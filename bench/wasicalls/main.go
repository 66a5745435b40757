// Command wasicalls makes the calls of runtime/wasi's testdata in wasmtime, and writes what it answers beside them, to
// calls.wasmtime.txt. A test there tells where that differs from our own answers.
//
//	go run ./wasicalls
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"sphex/runtime/wasi"
)

const testdata = "../runtime/wasi/testdata"

// step is a call: see calls_test.go there.
type step struct {
	Line, Name string
	Args       []string
	Poke       []struct {
		At  int
		Hex string
	}
	Show     [][2]int
	Assign   string
	AssignAt int
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "wasicalls:", err)
		os.Exit(1)
	}
}

func run() error {
	var steps []step
	text, err := os.ReadFile(filepath.Join(testdata, "calls.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &steps); err != nil {
		return err
	}
	bin, err := os.ReadFile(filepath.Join(testdata, "calls.wasm"))
	if err != nil {
		return err
	}
	world, err := os.MkdirTemp("", "wasicalls")
	if err != nil {
		return err
	}
	defer os.RemoveAll(world)
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
			return err
		}
	}
	engine := wasmtime.NewEngine()
	m, err := wasmtime.NewModule(engine, bin)
	if err != nil {
		return err
	}
	config := wasmtime.NewWasiConfig()
	config.SetArgv([]string{"program"})
	config.SetEnv([]string{"A"}, []string{"1"})
	if err := config.PreopenDir(dir, "/", wasmtime.DIR_READ|wasmtime.DIR_WRITE, wasmtime.FILE_READ|wasmtime.FILE_WRITE); err != nil {
		return err
	}
	store := wasmtime.NewStore(engine)
	store.SetWasi(config)
	linker := wasmtime.NewLinker(engine)
	if err := linker.DefineWasi(); err != nil {
		return err
	}
	in, err := linker.Instantiate(store, m)
	if err != nil {
		return err
	}
	memory := in.GetExport(store, "memory").Memory().UnsafeData(store)
	vars := map[string]int64{}
	var out strings.Builder
	for _, s := range steps {
		for _, p := range s.Poke {
			b, err := hex.DecodeString(p.Hex)
			if err != nil {
				return err
			}
			copy(memory[p.At:], b)
		}
		f := in.GetFunc(store, s.Name)
		types := f.Type(store).Params()
		args := make([]any, len(s.Args))
		for i, a := range s.Args {
			var n int64
			if name, ok := strings.CutPrefix(a, "$"); ok {
				n = vars[name]
			} else if n, err = strconv.ParseInt(a, 10, 64); err != nil {
				return err
			}
			if args[i] = any(int32(n)); types[i].Kind() == wasmtime.KindI64 {
				args[i] = n
			}
		}
		r, err := f.Call(store, args...)
		if err != nil {
			fmt.Fprintf(&out, "%s: trap: %s\n", s.Line, strings.SplitN(err.Error(), "\n", 2)[0])
			continue
		}
		errno := wasi.Errno(r.(int32))
		if errno != wasi.ESUCCESS {
			fmt.Fprintf(&out, "%s = %v\n", s.Line, errno)
			continue
		}
		fmt.Fprintf(&out, "%s = ok", s.Line)
		for _, show := range s.Show {
			fmt.Fprintf(&out, " %x", memory[show[0]:show[0]+show[1]])
		}
		fmt.Fprintln(&out)
		if p := s.AssignAt; s.Assign != "" {
			vars[s.Assign] = int64(memory[p]) | int64(memory[p+1])<<8 | int64(memory[p+2])<<16 | int64(memory[p+3])<<24
		}
	}
	return os.WriteFile(filepath.Join(testdata, "calls.wasmtime.txt"), []byte(out.String()), 0o644)
}
