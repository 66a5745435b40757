package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"golang.org/x/sys/unix"

	"sphex/aot"
	"sphex/aot/object"
	"sphex/aot/wasm"
)

// debugSample is what compiling a module with its debug information takes.
type debugSample struct {
	CPU      time.Duration
	Artifact int   // bytes
	Peak     int64 // of memory, in bytes
	Failed   string
}

// debugEngines compile a module with its debug information.
var debugEngines = []struct {
	name    string
	compile func(bin []byte) (artifact int, err error)
}{
	{"sphex", func(bin []byte) (int, error) {
		f, err := aot.Compile(bin, aot.Options{})
		if err != nil {
			return 0, err
		}
		var n counter
		err = object.Write(&n, f)
		return int(n), err
	}},
	{"wasmtime", func(bin []byte) (int, error) { return wasmtimeDebug(bin, wasmtime.OptLevelSpeed) }},
	{"wasmtime-no-opt", func(bin []byte) (int, error) { return wasmtimeDebug(bin, wasmtime.OptLevelNone) }},
}

type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

var _ io.Writer = (*counter)(nil)

func wasmtimeDebug(bin []byte, level wasmtime.OptLevel) (int, error) {
	cfg := wasmtime.NewConfig()
	cfg.SetCraneliftOptLevel(level)
	cfg.SetDebugInfo(true)
	mod, err := wasmtime.NewModule(wasmtime.NewEngineWithConfig(cfg), bin)
	if err != nil {
		return 0, err
	}
	b, err := mod.Serialize()
	return len(b), err
}

// reportDebug prints what compiling with debug information costs: CPU time, the artifact's size
// beside the module's, and the peak of memory. Each engine compiles each module in a process of
// its own.
func reportDebug(files []string) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "with debug information\tDWARF MB\tcode MB\t")
	for _, e := range debugEngines {
		fmt.Fprintf(w, "%s s\tMB\tpeak MB\t", e.name)
	}
	fmt.Fprintln(w)
	for _, f := range files {
		bin, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		m, err := wasm.Decode(bin)
		if err != nil {
			return err
		}
		dwarf := 0
		for i := range m.Customs {
			if c := &m.Customs[i]; strings.HasPrefix(c.Name, ".debug_") {
				dwarf += len(c.Data)
			}
		}
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t", strings.TrimSuffix(filepath.Base(f), ".wasm"), float64(dwarf)/1e6, float64(m.CodeSize)/1e6)
		for i := range debugEngines {
			s, err := measureDebug(i, f)
			switch {
			case err != nil:
				return err
			case s.Failed != "":
				fmt.Fprintf(w, "fails\t\t\t")
				fmt.Fprintf(os.Stderr, "%s on %s: %s\n", f, debugEngines[i].name, s.Failed)
			default:
				fmt.Fprintf(w, "%.2f\t%.1f\t%.0f\t", s.CPU.Seconds(), float64(s.Artifact)/1e6, float64(s.Peak)/1e6)
			}
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

func measureDebug(engine int, file string) (s debugSample, err error) {
	c := exec.Command(os.Args[0], "debug-child", fmt.Sprint(engine), file)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil { // aborted, as an engine does that runs out of room for its relocations
		s.Failed = err.Error()
		return s, nil
	}
	return s, json.Unmarshal(out, &s)
}

// debugChild compiles one module on one engine and prints its sample as JSON.
func debugChild(engine, file string) error {
	var i int
	if _, err := fmt.Sscan(engine, &i); err != nil || i < 0 || i >= len(debugEngines) {
		return fmt.Errorf("no engine %q", engine)
	}
	bin, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	start := cpuTime()
	n, err := debugEngines[i].compile(bin)
	s := debugSample{CPU: cpuTime() - start, Artifact: n}
	if err != nil {
		s.Failed = err.Error()
	}
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return err
	}
	s.Peak = u.Maxrss << 10
	return json.NewEncoder(os.Stdout).Encode(&s)
}
