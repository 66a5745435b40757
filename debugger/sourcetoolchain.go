package debugger

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Sources that a Rust compiler names but that are elsewhere: those of the standard library are called
// /rustc/HASH/library/… whatever the toolchain that compiled them, and those of crates are under the home of the one who
// compiled them.

// toolchains finds Rust's toolchains on this machine. They are asked when a source is looked for that could be theirs.
type toolchains struct {
	once sync.Once
	list []toolchain
	find func() []toolchain // nil: installedToolchains; for tests
	dir  string             // folder whose toolchain comes first
}

// toolchain is one that has the library's sources.
type toolchain struct {
	commit  string // of rustc
	sources string // folder that has library/
}

// source returns the path of a file that Rust's compiler has named, "" if it is not here.
func (t *toolchains) source(file string) string {
	file = strings.ReplaceAll(file, "\\", "/")
	if rest, ok := strings.CutPrefix(file, "/rustc/"); ok {
		commit, rest, ok := strings.Cut(rest, "/")
		if !ok || strings.Contains(rest, "..") {
			return ""
		}
		t.once.Do(func() {
			find := t.find
			if find == nil {
				find = func() []toolchain { return installedToolchains(t.dir) }
			}
			t.list = find()
		})
		found := ""
		for _, c := range t.list {
			p := filepath.Join(c.sources, filepath.FromSlash(rest))
			if !isFile(p) {
				continue
			}
			if c.commit == commit {
				return p
			}
			if found == "" { // of another version: SourceDoubt says so where that is known
				found = p
			}
		}
		return found
	}
	if _, rest, ok := strings.Cut(file, "/registry/src/"); ok && !strings.Contains(rest, "..") {
		_, rest, ok = strings.Cut(rest, "/") // the registry's name, which may be another here
		if !ok {
			return ""
		}
		folders, _ := filepath.Glob(filepath.Join(cargoHome(), "registry", "src", "*")) // the pattern is good
		for _, f := range folders {
			if p := filepath.Join(f, filepath.FromSlash(rest)); isFile(p) {
				return p
			}
		}
	}
	return ""
}

func cargoHome() string {
	if dir := os.Getenv("CARGO_HOME"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".cargo")
}

// askToolchain bounds how long a compiler may take to say what it is.
const askToolchain = 5 * time.Second

// installedToolchains asks the compiler of PATH, as it is in a folder, and then those that rustup has installed.
func installedToolchains(dir string) (list []toolchain) {
	commands := []string{"rustc"}
	home := os.Getenv("RUSTUP_HOME")
	if home == "" {
		if user, err := os.UserHomeDir(); err == nil {
			home = filepath.Join(user, ".rustup")
		}
	}
	others, _ := filepath.Glob(filepath.Join(home, "toolchains", "*", "bin", "rustc")) // the pattern is good
	for _, command := range append(commands, others...) {
		if c, ok := ask(command, dir); ok {
			list = append(list, c)
		}
	}
	return list
}

// ask asks one compiler.
func ask(command, dir string) (c toolchain, ok bool) {
	if _, err := exec.LookPath(command); err != nil {
		return c, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), askToolchain)
	defer cancel()
	run := func(args ...string) string {
		cmd := exec.CommandContext(ctx, command, args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	root := run("--print", "sysroot")
	if root == "" {
		return c, false
	}
	c.sources = filepath.Join(root, "lib", "rustlib", "src", "rust")
	if st, err := os.Stat(filepath.Join(c.sources, "library")); err != nil || !st.IsDir() {
		return c, false
	}
	for _, line := range strings.Split(run("-vV"), "\n") {
		if commit, ok := strings.CutPrefix(line, "commit-hash: "); ok {
			c.commit = strings.TrimSpace(commit)
		}
	}
	return c, true
}
