package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// terminal is a tmux session in which the program runs.
type terminal struct {
	t      *testing.T
	socket string
}

func newTerminal(t *testing.T, width, height int, env ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("tmux is missing")
		}
		t.Skip("tmux is missing: install it")
	}
	term := &terminal{t, filepath.Join(t.TempDir(), "tmux")}
	args := []string{"-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "env", "-u", "NO_COLOR", "PS1=$ ", "TERM=xterm-256color"}
	args = append(append(args, env...), "sh")
	term.tmux(args...)
	t.Cleanup(func() { exec.Command("tmux", "-S", term.socket, "kill-server").Run() })
	term.wait("$")
	return term
}

func (m *terminal) tmux(args ...string) string {
	m.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", m.socket}, args...)...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// screen is what stands on the screen, without trailing blanks.
func (m *terminal) screen() string {
	m.t.Helper()
	lines := strings.Split(m.tmux("capture-pane", "-p", "-J"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// wait waits until the screen ends with a text.
func (m *terminal) wait(end string) {
	m.t.Helper()
	for start := time.Now(); !strings.HasSuffix(m.screen(), end); time.Sleep(20 * time.Millisecond) {
		if time.Since(start) > 30*time.Second {
			m.t.Fatalf("the screen does not end with %q:\n%s", end, m.screen())
		}
	}
}

// shows checks that a text stands somewhere on the screen.
func (m *terminal) shows(text string) {
	m.t.Helper()
	if s := m.screen(); !strings.Contains(s, text) {
		m.t.Errorf("no %q on the screen:\n%s", text, s)
	}
}

// keys types keys: names of tmux's, or text.
func (m *terminal) keys(keys ...string) {
	m.t.Helper()
	m.tmux(append([]string{"send-keys"}, keys...)...)
}

const prompt = "\n(sphex)"

func TestTerminalPause(t *testing.T) {
	m := newTerminal(t, 100, 40)
	m.keys(sphex+" debug "+endless, "Enter")
	m.wait(prompt)
	m.keys("run", "Enter")
	m.wait("\nturning")
	m.keys("C-c")
	m.wait(prompt)
	m.shows("(paused)")
	m.shows("turning^C\n>") // ours begins on a line of its own
	m.shows("\n=>   ")
	m.keys("print rounds > 0", "Enter")
	m.wait("\ntrue" + prompt)
	m.keys("c", "Enter")
	time.Sleep(100 * time.Millisecond)
	m.keys("C-c", "C-c", "C-c") // an impatient user does not lose the session
	m.wait(prompt)
	m.keys("C-l", "C-u")
	m.keys("print 6 * 7", "Enter")
	m.wait("\n42" + prompt)
	m.keys("C-d")
	m.wait("$")
}

func TestTerminalHistory(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	m := newTerminal(t, 100, 40)
	start := func() {
		t.Helper()
		m.keys("clear; "+sphex+" debug "+programs+"orders/orders.wasm", "Enter")
		m.wait("(sphex)")
	}
	start()
	m.keys("break main.rs:54", "Enter")
	m.wait("main::Till::take" + prompt)
	m.keys("breakpoints", "Enter")
	m.wait("main::Till::take" + prompt)
	m.keys("Up")
	m.wait("(sphex) breakpoints")
	m.keys("Up")
	m.wait("(sphex) break main.rs:54")
	m.keys("C-u", "exit", "Enter")
	m.wait("$")
	start()
	m.keys("Up")
	m.wait("(sphex) exit")
	m.keys("Up", "Up")
	m.wait("(sphex) break main.rs:54")
}

func TestTerminalCompletion(t *testing.T) {
	m := newTerminal(t, 100, 40)
	m.keys(sphex+" debug "+programs+"orders/orders.wasm", "Enter")
	m.wait(prompt)
	for _, r := range []struct{ typed, end string }{
		{"disas", "(sphex) disassemble"},
		{"b Till::t", "(sphex) b Till::take"},
		{"b pric", "(sphex) b price"},
		{"help disas", "(sphex) help disassemble"},
		{"info loc", "(sphex) info locals"},
	} {
		m.keys(r.typed, "Tab")
		m.wait(r.end)
		m.keys("C-u")
		m.wait(prompt)
	}
	m.keys("b main.rs:54", "Enter")
	m.wait(prompt)
	m.keys("run", "Enter")
	m.wait("\n     59:" + prompt)
	for _, r := range []struct{ typed, end string }{
		{"p cust", "(sphex) p cust"}, // nothing of that name here
		{"p or", "(sphex) p order"},
		{"p order.cu", "(sphex) p order.customer"},
		{"p self.ta", "(sphex) p self.takings"},
	} {
		m.keys(r.typed, "Tab")
		m.wait(r.end)
		m.keys("C-u")
		m.wait(prompt)
	}
	// An empty line repeats.
	m.keys("next", "Enter")
	m.until("=>   55:")
	m.wait(prompt)
	m.keys("Enter")
	m.until("=>   56:")
}

// The program reads from the terminal while it runs, and only then.
func TestTerminalInput(t *testing.T) {
	m := newTerminal(t, 100, 40)
	m.keys(sphex+" debug "+endless+" -- greet", "Enter")
	m.wait(prompt)
	m.keys("run", "Enter")
	m.wait("\nname?")
	m.keys("Ada", "Enter")
	m.wait("hello Ada 3\nname?")
	m.keys("C-c")
	m.wait(prompt)
	m.shows("> greet main.c:23")
	m.keys("print 2 + 3", "Enter") // the interrupted read does not take it
	m.wait("\n5" + prompt)
	m.keys("continue", "Enter")
	m.wait("continue")
	m.keys("Grace", "Enter")
	m.wait("hello Grace 5\nname?")
	m.keys("C-d")
	m.wait("bye\nThe program exited with status 3." + prompt)
}

func TestTerminalColour(t *testing.T) {
	for _, r := range []struct {
		env    string
		colour bool
	}{{"A=1", true}, {"NO_COLOR=1", false}} {
		m := newTerminal(t, 60, 40, r.env) // lines of the source wrap
		m.keys(sphex+" debug -c 'tbreak main.rs:54' -c run "+programs+"orders/orders.wasm", "Enter")
		m.wait("\n     59:" + prompt)
		m.shows("\n=>   54:         self.takings += paid;\n")
		if got := strings.Contains(m.tmux("capture-pane", "-p", "-e"), "\x1b["); got != r.colour {
			t.Errorf("%s: colour %v", r.env, got)
		}
	}
}
