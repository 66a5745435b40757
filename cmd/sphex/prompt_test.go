package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The prompt begins with the person's own file of commands; what is wrong in it is said with its line.
func TestInitFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	file := filepath.Join(dir, "sphex", "init")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("# mine\nset lines 1\nnonsense\nalias hello = echo hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	orders := programs + "orders/orders.wasm"
	got := run1(t, "hello\nconfig -file\nset max-items 3\nconfig -save\nexit\n", "debug", orders)
	want := file + ":3: unknown command \"nonsense\" (help lists all, apropos WORD finds some)\n(sphex) hello\nhello\n(sphex) config -file\n" + file +
		"\n(sphex) set max-items 3\n(sphex) config -save\nSaved to " + file + ", which the terminal reads when it starts.\n(sphex) exit\n"
	if got.stdout != want {
		t.Errorf("%s\nwant\n%s", got.stdout, want)
	}
	if got := run1(t, "show max-items\nshow lines\nexit\n", "debug", orders); !strings.Contains(got.stdout, "max-items is 3") || !strings.Contains(got.stdout, "lines is 1") {
		t.Errorf("%s", got.stdout)
	}
	if got := run1(t, "show max-items\nexit\n", "debug", "-n", orders); got.stdout != "(sphex) show max-items\nmax-items is 64. Elements of an array or a collection that are shown.\n(sphex) exit\n" {
		t.Errorf("%s", got.stdout)
	}
}

// A screenful of what a command prints is shown at a time.
func TestTerminalPaging(t *testing.T) {
	m := newTerminal(t, 80, 20)
	m.keys(sphex+" debug "+programs+"orders/orders.wasm", "Enter")
	m.wait(prompt)
	const asks = "--More-- (space: a screenful, enter: a line, q: no more, a: all)"
	m.keys("help all", "Enter")
	m.wait(asks)
	m.shows("(sphex) help all\nRunning the program:") // nothing has left the screen
	m.keys("Space")
	m.until("Breakpoints:")
	m.wait(asks)
	m.keys("Enter")
	m.wait(asks)
	m.keys("q")
	m.wait(prompt)
	m.keys("C-l", "funcs", "Enter")
	m.wait(asks)
	m.keys("a")
	m.wait(prompt)
	m.lacks("--More--")
	m.keys("C-l", "funcs", "Enter")
	m.wait(asks)
	m.keys("C-c")
	m.wait(prompt)
	m.keys("set paging off", "Enter", "help all", "Enter")
	m.wait("help COMMAND tells more." + prompt)
	m.lacks("--More--")
}

// Definitions have a prompt of their own, and Ctrl-R finds what was typed in an earlier session, whose file nobody else may read.
func TestTerminalDefinition(t *testing.T) {
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	m := newTerminal(t, 80, 30)
	m.keys(sphex+" debug "+programs+"orders/orders.wasm", "Enter")
	m.wait(prompt)
	m.keys("define twice", "Enter")
	m.wait("\n>")
	m.keys("print 21 * 2", "Enter")
	m.wait("\n>")
	m.keys("e", "nd", "Enter") // tmux has a key called end
	m.wait(prompt)
	m.keys("!echo from the shell", "Enter")
	m.wait("\nfrom the shell" + prompt)
	m.keys("exit", "Enter")
	m.wait("$")
	info, err := os.Stat(filepath.Join(state, "sphex", "history"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the history: %v %v", info, err)
	}
	m.keys("clear; "+sphex+" debug "+programs+"orders/orders.wasm", "Enter")
	m.wait("(sphex)")
	m.keys("C-r", "21")
	m.until("print 21 * 2")
	m.keys("Enter")
	m.until("print 21 * 2")
}
