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

// patience is how long a test waits for what must come: other programs may have the machine meanwhile.
const patience = 3 * time.Minute

// ends and has say how a screen should be.
func ends(text string) func(screen string) bool {
	return func(screen string) bool { return strings.HasSuffix(screen, text) }
}

func has(text string) func(screen string) bool {
	return func(screen string) bool { return strings.Contains(screen, text) }
}

// soon waits until the screen is as it should be, and tells whether it came to be.
func (m *terminal) soon(within time.Duration, as func(screen string) bool) bool {
	m.t.Helper()
	for start := time.Now(); !as(m.screen()); time.Sleep(20 * time.Millisecond) {
		if time.Since(start) > within {
			return false
		}
	}
	return true
}

// wait waits until the screen ends with a text.
func (m *terminal) wait(end string) {
	m.t.Helper()
	if !m.soon(patience, ends(end)) {
		m.t.Fatalf("the screen does not end with %q:\n%s", end, m.screen())
	}
}

// interrupt presses Ctrl-C so many times until the screen is as it should be: what comes before the program runs is not the program's.
func (m *terminal) interrupt(times int, as func(screen string) bool) {
	m.t.Helper()
	for start := time.Now(); time.Since(start) < patience; {
		for range times {
			m.keys("C-c")
		}
		if m.soon(2*time.Second, as) {
			return
		}
	}
	m.t.Fatalf("Ctrl-C does not stop the program:\n%s", m.screen())
}

// entered waits until the cursor is on a new line: what was typed there has been taken.
func (m *terminal) entered() {
	m.t.Helper()
	if !m.soon(patience, func(string) bool { return m.tmux("display-message", "-p", "#{cursor_x}") == "0\n" }) {
		m.t.Fatalf("the line was not taken:\n%s", m.screen())
	}
}

// shows checks that a text stands somewhere on the screen, of which only a part may be drawn yet.
func (m *terminal) shows(text string) {
	m.t.Helper()
	if !m.soon(patience, has(text)) {
		m.t.Errorf("no %q on the screen:\n%s", text, m.screen())
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
	m.interrupt(1, ends(prompt))
	m.shows("(paused)")
	m.shows("turning^C\n>") // ours begins on a line of its own
	m.shows("\n=>   ")
	m.keys("print rounds > 0", "Enter")
	m.wait("\ntrue" + prompt)
	m.keys("c", "Enter")
	m.entered()
	m.interrupt(3, ends(prompt)) // an impatient user does not lose the session
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
	m.interrupt(1, ends(prompt))
	m.shows("> greet main.c:23")
	m.keys("print 2 + 3", "Enter") // the interrupted read does not take it
	m.wait("\n5" + prompt)
	m.keys("continue", "Enter")
	m.entered()
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
