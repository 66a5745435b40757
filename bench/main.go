// Command bench measures Sphex beside wazero's compiler and wasmtime, on the kernels in
// kernels/, in one run: every engine runs every kernel in a process of its own, in turns, and
// what counts is CPU time, so that other load on the machine hurts all of them alike.
//
//	go run . [-rounds N] [-kernels REGEXP] [-engines a,b] [-debug a.wasm,b.wasm] [-debuggers REGEXP] [-instances]
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"
)

// sample is what one child process reports: CPU time of compiling and of running, the size
// of the module's code section, and the program's output, which must agree between engines.
type sample struct {
	Compile, Run time.Duration
	CompileDebug time.Duration // Sphex: with the debug information, which the others leave out
	CodeBytes    int
	Output       string
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "child" {
		child(os.Args[2], os.Args[3])
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "debug-child" {
		if err := debugChild(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "instances-child" {
		if err := instancesChild(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	instances := flag.Bool("instances", false, "measure instances and requests, and nothing else")
	rounds := flag.Int("rounds", 3, "runs of each kernel on each engine; the fastest counts; with 0, none is run")
	only := flag.String("kernels", "", "regular expression of the kernels to run")
	names := flag.String("engines", "sphex,wazero,wasmtime", "engines in the order of the columns")
	operations := flag.String("debuggers", ".", "regular expression of the debugger's operations to measure beside gdb and lldb on native code; empty: none")
	debug := flag.String("debug", "../testdata/programs/rs_types/rs_types-debug.wasm,../testdata/programs/cpp_stl/cpp_stl-O0-dw4.wasm",
		"modules to compile with their debug information")
	flag.Parse()
	if *instances {
		if err := reportInstances(); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if *debug != "" {
		if err := reportDebug(strings.Split(*debug, ",")); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
	}
	if *operations != "" {
		if err := reportDebuggers(*operations); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
	}
	if *rounds == 0 {
		return
	}
	if err := report(*rounds, *only, strings.Split(*names, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func report(rounds int, only string, names []string) error {
	files, err := filepath.Glob("kernels/*.wasm")
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no kernels/*.wasm here: run in the bench folder")
	}
	pick, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	for _, n := range names {
		if engines[n] == nil {
			return fmt.Errorf("no engine %q", n)
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "kernel\t")
	for _, n := range names {
		fmt.Fprintf(w, "%s s\t", n)
	}
	for _, n := range names[1:] {
		fmt.Fprintf(w, "%s/%s\t", names[0], n)
	}
	fmt.Fprintln(w)
	logs := make([]float64, len(names))
	compiled := make([]time.Duration, len(names))
	debug := make([]time.Duration, len(names))
	var code int
	count := 0
	for _, f := range files {
		kernel := strings.TrimSuffix(filepath.Base(f), ".wasm")
		if !pick.MatchString(kernel) {
			continue
		}
		best, err := measure(f, rounds, names)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t", kernel)
		for _, s := range best {
			fmt.Fprintf(w, "%.2f\t", s.Run.Seconds())
		}
		for i, s := range best {
			r := best[0].Run.Seconds() / s.Run.Seconds()
			logs[i] += math.Log(r)
			compiled[i] += s.Compile
			debug[i] += s.CompileDebug
			if i > 0 {
				fmt.Fprintf(w, "%.2f\t", r)
			}
		}
		fmt.Fprintln(w)
		code += best[0].CodeBytes
		count++
	}
	fmt.Fprintf(w, "geometric mean\t")
	for range names {
		fmt.Fprint(w, "\t")
	}
	for _, l := range logs[1:] {
		fmt.Fprintf(w, "%.2f\t", math.Exp(l/float64(count)))
	}
	fmt.Fprintln(w)
	fmt.Fprintf(w, "MB of code per CPU s\t")
	for _, c := range compiled {
		fmt.Fprintf(w, "%.1f\t", float64(code)/1e6/c.Seconds())
	}
	fmt.Fprintln(w)
	fmt.Fprintf(w, "with its debug information\t")
	for _, c := range debug {
		if c > 0 {
			fmt.Fprintf(w, "%.1f", float64(code)/1e6/c.Seconds())
		}
		fmt.Fprint(w, "\t")
	}
	fmt.Fprintln(w)
	return w.Flush()
}

// measure runs one kernel on every engine in turns and keeps each engine's fastest run.
func measure(file string, rounds int, names []string) ([]sample, error) {
	best := make([]sample, len(names))
	for range rounds {
		for i, n := range names {
			out, err := exec.Command(os.Args[0], "child", n, file).CombinedOutput()
			if err != nil {
				return nil, fmt.Errorf("%s on %s: %v\n%s", file, n, err, out)
			}
			var s sample
			if err := json.Unmarshal(out, &s); err != nil {
				return nil, fmt.Errorf("%s on %s: %v\n%s", file, n, err, out)
			}
			if s.Output != best[0].Output && best[0].Output != "" {
				return nil, fmt.Errorf("%s: %s prints %q, %s prints %q", file, n, s.Output, names[0], best[0].Output)
			}
			s.Run = smaller(s.Run, best[i].Run)
			s.Compile = smaller(s.Compile, best[i].Compile)
			s.CompileDebug = smaller(s.CompileDebug, best[i].CompileDebug)
			best[i] = s
		}
	}
	return best, nil
}

func smaller(a, b time.Duration) time.Duration {
	if b == 0 || a < b {
		return a
	}
	return b
}

// child compiles and runs one module on one engine and prints its sample as JSON.
func child(engine, file string) {
	s, err := engines[engine](file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(s); err != nil {
		os.Exit(1)
	}
}
