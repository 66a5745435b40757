// Command bigprograms runs large programs that others have built, each on Sphex, wazero's compiler, wasmtime and node: a job
// for each, whose output must be the same everywhere. It fetches what npm has, and prints what compiling and running
// took, in CPU time, with the peak of memory, each in a process of its own.
//
//	go run ./bigprograms [-dir DIR] [-only REGEXP] [-engines a,b] [-lua lua.wasm] [-sqlite sqlite3.wasm]
package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"

	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// job is a program and what it is to do. The guest sees the folder work as /w and as its own.
type job struct {
	Name, Module string
	Args         []string          // the program's name first
	Dirs         map[string]string // of the guest to the host's
	Stdin        string
	Files        map[string]string // in work, before
	Ruby         string            // code for Ruby's module, which is no command
	Output       string            // the file that the job makes
}

// sample is what a run took and gave.
type sample struct {
	Compile, Run time.Duration
	Peak         int64
	Stdout, Hash string
	Failed       string
}

//go:embed node.mjs
var nodeScript string

func main() {
	if len(os.Args) == 3 && os.Args[1] == "child" {
		child(os.Args[2])
		return
	}
	dir := flag.String("dir", filepath.Join(os.TempDir(), "sphex-bigprograms"), "where the packages are kept")
	only := flag.String("only", "", "regular expression of the jobs to do")
	names := flag.String("engines", "sphex,wazero,wasmtime,node", "engines; none may have another output than the first, which must not fail, and some other must agree")
	lua := flag.String("lua", "", "a Lua that was built for WASI")
	sqlite := flag.String("sqlite", "", "a SQLite shell that was built for WASI")
	flag.Parse()
	if err := report(*dir, *only, *lua, *sqlite, strings.Split(*names, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bigprograms:", err)
		os.Exit(1)
	}
}

func report(dir, only, lua, sqlite string, names []string) error {
	pick, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := fetch(dir); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "job\tMB\t")
	for _, n := range names {
		fmt.Fprintf(w, "%s compile s\trun s\tpeak MB\t", n)
	}
	fmt.Fprintln(w)
	differ := 0
	for _, j := range jobs(dir, lua, sqlite) {
		if !pick.MatchString(j.Name) {
			continue
		}
		st, err := os.Stat(j.Module)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%.0f\t", j.Name, float64(st.Size())/1e6)
		var samples []sample
		for _, n := range names {
			s, err := run(dir, n, j)
			if err != nil {
				return fmt.Errorf("%s on %s: %w", j.Name, n, err)
			}
			samples = append(samples, s)
			if s.Failed != "" {
				fmt.Fprint(w, "fails\t\t\t")
				continue
			}
			fmt.Fprintf(w, "%.2f\t%.2f\t%.0f\t", s.Compile.Seconds(), s.Run.Seconds(), float64(s.Peak)/1e6)
		}
		fmt.Fprintln(w)
		agree := 0
		for i, s := range samples {
			switch {
			case s.Failed != "":
				fmt.Fprintf(os.Stderr, "%s on %s fails: %.500s\n", j.Name, names[i], s.Failed)
			case s.Stdout != samples[0].Stdout || s.Hash != samples[0].Hash:
				differ++
				fmt.Fprintf(os.Stderr, "%s on %s printed %.2000q, made %s\n%s printed %.2000q, made %s\n", j.Name, names[i], s.Stdout, s.Hash, names[0], samples[0].Stdout, samples[0].Hash)
			default:
				agree++
			}
		}
		if samples[0].Failed != "" || agree < 2 && len(names) > 1 {
			differ++
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if differ > 0 {
		return fmt.Errorf("%d times the outputs differed, or there was none to compare", differ)
	}
	return nil
}

// fetch installs the packages, unless they are there.
func fetch(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "resources")); err == nil {
		return nil
	}
	for _, c := range [][]string{
		{"npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", dir, "@yowasp/clang@22", "@ruby/3.4-wasm-wasi@2"},
		{"mkdir", filepath.Join(dir, "resources.new")},
		{"tar", "xf", filepath.Join(dir, "node_modules/@yowasp/clang/gen/llvm-resources.tar"), "-C", filepath.Join(dir, "resources.new")},
		{"mv", filepath.Join(dir, "resources.new"), filepath.Join(dir, "resources")},
	} {
		cmd := exec.Command(c[0], c[1:]...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%v: %w", c, err)
		}
	}
	return nil
}

// run does a job in a process of its own, on a fresh folder.
func run(dir, engine string, j job) (s sample, err error) {
	work, err := os.MkdirTemp("", "bigprograms")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(work)
	for name, text := range j.Files {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o644); err != nil {
			return s, err
		}
	}
	dirs := map[string]string{"/w": work, ".": work}
	for guest, host := range j.Dirs {
		dirs[guest] = host
	}
	j.Dirs = dirs
	text, err := json.Marshal(j)
	if err != nil {
		return s, err
	}
	cmd := exec.Command(os.Args[0], "child", engine)
	if engine == "node" {
		// Its optimising compiler dies on some of these modules.
		cmd = exec.Command("node", "--no-warnings", "--liftoff-only", "--input-type=module", "-e", nodeScript)
	}
	stdout := filepath.Join(dir, "stdout")
	cmd.Env = append(os.Environ(), "BIGPROGRAMS_JOB="+string(text), "BIGPROGRAMS_STDOUT="+stdout)
	cmd.Stdin = strings.NewReader(j.Stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		s.Failed = fmt.Sprintf("%v %s%s", err, &errs, &out)
		return s, nil
	}
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		return s, fmt.Errorf("%w: %s", err, &out)
	}
	s.Peak = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	b, err := os.ReadFile(stdout)
	if err != nil {
		return s, err
	}
	s.Stdout = string(b)
	if j.Output != "" {
		b, err := os.ReadFile(filepath.Join(work, j.Output))
		if err != nil && !os.IsNotExist(err) {
			return s, err
		}
		s.Hash = fmt.Sprintf("%d bytes %.8x", len(b), sha256.Sum256(b))
	}
	return s, nil
}

// child is one run on one engine.
func child(engine string) {
	var j job
	if err := json.Unmarshal([]byte(os.Getenv("BIGPROGRAMS_JOB")), &j); err != nil {
		fail(err)
	}
	stdout, err := os.Create(os.Getenv("BIGPROGRAMS_STDOUT"))
	if err != nil {
		fail(err)
	}
	do := engines[engine]
	if do == nil {
		fail(fmt.Errorf("no engine %q", engine))
	}
	bin, err := os.ReadFile(j.Module)
	if err != nil {
		fail(err)
	}
	s, err := do(bin, j, stdout)
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(s); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
