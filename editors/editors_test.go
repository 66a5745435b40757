// Package editors holds the tests of what this folder has for editors.
package editors

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// tool returns the path of a program or file; a test without it is skipped, but fails in CI.
func tool(t *testing.T, name, how string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if filepath.IsAbs(name) {
		path = name
		_, err = os.Stat(name)
	}
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing", name)
	}
	t.Skipf("%s is missing: %s", name, how)
	return ""
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func build(t *testing.T) string {
	t.Helper()
	sphex := filepath.Join(t.TempDir(), "sphex")
	cmd := exec.Command("go", "build", "-o", sphex, "../cmd/sphex")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return sphex
}

// line returns the line of a file that has a text.
func line(t *testing.T, file, text string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(b), text)
	if !ok {
		t.Fatalf("%s has no %q", file, text)
	}
	return strconv.Itoa(strings.Count(before, "\n") + 1)
}

// session runs an editor and compares the lines that it printed.
func session(t *testing.T, cmd *exec.Cmd, want []string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	text := strings.ReplaceAll(string(out), "\r", "")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, w := range want {
		if !strings.Contains("\n"+text+"\n", "\n"+w+"\n") {
			t.Errorf("lacks %q:\n%s", w, text)
			return
		}
	}
}

// TestEmacs debugs the README's example with dap-mode.
func TestEmacs(t *testing.T) {
	emacs := tool(t, "emacs", "apt-get install emacs-nox elpa-dap-mode")
	tool(t, "/usr/share/doc/elpa-dap-mode", "apt-get install elpa-dap-mode")
	source := absolute(t, "../testdata/programs/orders/main.rs")
	cmd := exec.Command(emacs, "--batch", "-l", "session.el")
	cmd.Dir = "emacs"
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "SPHEX="+build(t), "SOURCE="+source, "LINE="+line(t, source, "self.takings += paid"),
		"MODULE="+absolute(t, "../testdata/programs/orders/orders.wasm"))
	session(t, cmd, []string{
		"main::Till::take main.rs:54",
		"due = 670",
		`order = Order { customer: "Ada", items: ["tea", "cake"], discount: None, payment: Cash }`,
		"order.items.len() = 2",
		"main::Till::take main.rs:55",
		"3 orders, 2274 cents",
		"done",
	})
}

// TestNeovim checks the configuration for nvim-dap: it builds examples/shop and debugs it.
func TestNeovim(t *testing.T) {
	nvim := tool(t, "nvim", "apt-get install neovim")
	tool(t, "/usr/bin/cargo", "apt-get install cargo lld-14")
	tool(t, "/usr/lib/rustlib/wasm32-wasi", "apt-get install libstd-rust-dev-wasm32")
	project := t.TempDir()
	if err := os.CopyFS(project, os.DirFS("../examples/shop")); err != nil {
		t.Fatal(err)
	}
	main := filepath.Join(project, "src/main.rs")
	cmd := exec.Command(nvim, "--headless", "--clean", "src/main.rs", "-c", "luafile "+absolute(t, "nvim/session.lua"))
	cmd.Dir = project
	at := line(t, main, "cents")
	cmd.Env = append(os.Environ(), "PATH=/usr/bin:"+os.Getenv("PATH"), "SPHEX="+build(t), "LINE="+at)
	session(t, cmd, []string{"verified true", "shop::main main.rs:" + at, "shop.takings = 1670", "done"})
}
