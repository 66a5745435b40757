package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"
)

// operation is something that a debugger does, measured on Sphex with WebAssembly, and on gdb and
// lldb with the same source compiled to native code. A function that is nil, or that fails with
// errNoTool, leaves its column empty.
type operation struct {
	name string
	unit string // what is counted per second; "" if the figure is seconds
	// Each returns how often per second, or the seconds that it took.
	sphex, gdb, lldb func(dir string) (float64, error)
}

// operations are the rows of the table, in its order. Files add their own.
var operations []operation

var errNoTool = errors.New("the tool is not here")

// reportDebuggers measures the operations whose name matches and prints them with the ratios of
// Sphex to the others.
func reportDebuggers(only string) error {
	pick, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sphex-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "debugger\t\tsphex\tgdb\tlldb\tsphex/gdb\tsphex/lldb\t")
	for i := range operations {
		o := &operations[i]
		if !pick.MatchString(o.name) {
			continue
		}
		unit := o.unit + "/s"
		if o.unit == "" {
			unit = "s"
		}
		fmt.Fprintf(w, "%s\t%s\t", o.name, unit)
		var figures [3]float64
		for k, f := range []func(string) (float64, error){o.sphex, o.gdb, o.lldb} {
			if f == nil {
				fmt.Fprint(w, "\t")
				continue
			}
			figures[k], err = f(dir)
			switch {
			case errors.Is(err, errNoTool):
				fmt.Fprint(w, "-\t")
			case err != nil:
				return fmt.Errorf("%s: %w", o.name, err)
			case o.unit == "":
				fmt.Fprintf(w, "%.4f\t", figures[k])
			default:
				fmt.Fprintf(w, "%.0f\t", figures[k])
			}
		}
		for _, f := range figures[1:] {
			if f > 0 && figures[0] > 0 {
				fmt.Fprintf(w, "%.4g", figures[0]/f)
			}
			fmt.Fprint(w, "\t")
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// native compiles a C program of the folder with its debug information for this machine, each old
// string replaced by the new one behind it, and returns its path.
func native(dir, file string, replace ...string) (string, error) {
	clang, err := exec.LookPath("clang-22")
	if err != nil {
		return "", errNoTool
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	source := filepath.Join(dir, filepath.Base(file))
	if err := os.WriteFile(source, []byte(strings.NewReplacer(replace...).Replace(string(text))), 0o600); err != nil {
		return "", err
	}
	out := strings.TrimSuffix(source, filepath.Ext(source))
	if b, err := exec.Command(clang, "-O0", "-g", source, "-o", out).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", file, err, b)
	}
	return out, nil
}

// timed runs a native debugger in batch mode with commands and a program.
func timed(tool, program string, commands ...string) (time.Duration, string, error) {
	if _, err := exec.LookPath(tool); err != nil {
		return 0, "", errNoTool
	}
	start := time.Now()
	out, err := batch(tool, program, commands...).CombinedOutput()
	return time.Since(start), string(out), err
}

// batch is the command that timed runs.
func batch(tool, program string, commands ...string) *exec.Cmd {
	args := []string{"-nx", "-batch", "-iex", "set debuginfod enabled off"}
	flag := "-ex"
	if strings.HasPrefix(tool, "lldb") {
		args, flag = []string{"--no-lldbinit", "-b"}, "-o"
	}
	for _, c := range commands {
		args = append(args, flag, c)
	}
	return exec.Command(tool, append(args, program)...)
}
