package main

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// until waits until a text stands on the screen.
func (m *terminal) until(text string) {
	m.t.Helper()
	for start := time.Now(); !strings.Contains(m.screen(), text); time.Sleep(20 * time.Millisecond) {
		if time.Since(start) > 30*time.Second {
			m.t.Fatalf("no %q on the screen:\n%s", text, m.screen())
		}
	}
}

// lacks checks that a text does not stand on the screen.
func (m *terminal) lacks(text string) {
	m.t.Helper()
	if s := m.screen(); strings.Contains(s, text) {
		m.t.Errorf("%q is on the screen:\n%s", text, s)
	}
}

// row returns the row of the screen that has a text.
func (m *terminal) row(text string) string {
	m.t.Helper()
	for _, l := range strings.Split(m.screen(), "\n") {
		if strings.Contains(l, text) {
			return l
		}
	}
	m.t.Errorf("no %q on the screen:\n%s", text, m.screen())
	return ""
}

// TestView walks through orders in the full-screen view: Ada's order of tea and cake is the first that Till::take gets.
func TestView(t *testing.T) {
	m := newTerminal(t, 120, 36)
	m.keys(sphex+" debug --tui "+programs+"orders/orders.wasm", "Enter")
	m.until("The program has not been started")
	m.shows("   65  fn main() {") // where it will begin
	m.keys("break main.rs:54", "Enter")
	m.until("Breakpoint 1 at main.rs:54")
	m.keys("F5")
	m.until("●   54▶         self.takings += paid;")
	m.until("▶ #0 main::Till::take  main.rs:54")
	m.shows("#1 main::main  main.rs:75")
	m.shows("▸ self = Till { orders: [], takings: 0 }")
	m.shows("  paid = 670  u32")
	m.shows(" breakpoint 1 ") // the status

	m.keys("F10")
	m.until("▶         self.orders.push(order);")
	m.until("▸ self = Till { orders: [], takings: 670 }")
	m.keys("Tab") // on an empty line all commands are proposed
	m.until("awatch")
	m.keys("print self.ta", "Tab", "Enter")
	m.until("(sphex) print self.takings")
	m.until("\n670")

	// In the variables.
	m.keys("F6", "F6", "F6")
	m.until("▸Variables")
	m.keys("Enter")
	m.until("    takings = 670")
	m.keys("Down", "Down", "=") // takings
	m.until("(sphex) set var ")
	m.keys("9", "Enter")
	m.until("    takings = 9")
	m.keys("F6", "F6", "F6", "Left", "Left") // to what takings is a member of, and closes that
	m.until("▸ self = ")

	// In the stack.
	m.keys("C-x", "o", "C-x", "o", "C-x", "o", "C-x", "o")
	m.until("▸Stack")
	m.keys("Down", "Enter")
	m.until("▶ #1 main::main")
	m.until("75▶         match till.take(order)")
	m.until("▸ till = Till")
	m.keys("Up", "Enter")
	m.until("▶ #0 main::Till::take")

	// In the source: a breakpoint two lines further, and off again.
	m.keys("F6", "F6", "F6", "F6")
	m.until("▸main.rs")
	m.keys("Down", "b")
	m.until("●   56          Ok(paid)")
	m.keys("F9")
	m.until("Breakpoint 2 removed.")
	if l := m.row("   56          Ok(paid)"); strings.Contains(l, "●") {
		t.Errorf("%q", l)
	}
	m.keys("n") // a single key in the source
	m.until("56▶")
	m.keys("Escape")
	m.until("▸Commands")

	// The program's output has a pane of its own, and can be hidden.
	m.keys("F5")
	m.until("│Ada paid 670 cents")
	m.keys("C-x", "2")
	m.until("▸Commands")
	for start := time.Now(); strings.Contains(m.screen(), "Output") && time.Since(start) < 10*time.Second; {
		time.Sleep(20 * time.Millisecond)
	}
	m.lacks(" Output")
	m.keys("C-x", "2")
	m.until(" Output")

	m.keys("F1")
	m.until("return to the prompt")
	m.keys("x")

	// Another size: narrow, low, tiny, and back.
	for _, size := range [][2]string{{"60", "30"}, {"60", "12"}, {"18", "5"}, {"120", "36"}} {
		m.tmux("resize-window", "-x", size[0], "-y", size[1])
		m.until("(sphex)")
		if size[0] == "60" {
			m.until("54▶")
			m.lacks("│")
		}
	}
	m.until("▶ #0 main::Till::take")

	// To the prompt and back, and out.
	m.keys("C-x", "a")
	m.wait(prompt)
	m.keys("print self.takings", "Enter")
	m.wait("\n9" + prompt)
	m.keys("tui", "Enter")
	m.until("▸Commands")
	m.keys("Up", "Up")
	m.until("(sphex) print self.takings")
	m.keys("C-c", "list 10", "Enter")
	m.until("   10  ")
	m.keys("tui off", "Enter")
	m.wait(prompt)
	m.keys("layout src", "Enter")
	m.until("▸Commands")
	m.keys("exit", "Enter")
	m.wait("$")
}

// The program reads what is typed while it runs, and can be paused.
func TestViewInput(t *testing.T) {
	m := newTerminal(t, 100, 30, "NO_COLOR=1")
	m.keys(sphex+" debug --tui "+endless+" greet", "Enter")
	m.until("has not been started")
	m.keys("F5")
	m.until("input>")
	m.until("name? ")
	m.keys("Ada", "Enter")
	m.until("hello Ada 3")
	if regexp.MustCompile(`\x1b\[([0-9;]*;)?[39][0-7][;m]`).MatchString(m.tmux("capture-pane", "-p", "-e")) {
		t.Error("there are colours")
	}
	m.keys("C-x", "a")
	m.until("The program runs: Ctrl-C pauses it.")
	m.keys("C-c")
	m.until("paused")
	m.until("(sphex)")
	m.keys("print 6 * 7", "Enter")
	m.until("\n42")
	m.keys("F5")
	m.until("input>")
	m.keys("Grace", "Enter")
	m.until("hello Grace 5")
	m.keys("C-d")
	m.until("exited with status 3")
	m.until("bye")
	m.keys("C-d")
	m.wait(prompt)
}

// A terminal of 50 columns shows the panes one at a time.
func TestViewNarrow(t *testing.T) {
	m := newTerminal(t, 50, 24)
	m.keys(sphex+" debug --tui -c 'tbreak main.rs:54' -c run "+programs+"orders/orders.wasm", "Enter")
	m.until("54▶")
	m.until(" Variables")
	m.keys("F6", "F6")
	m.until("▸Stack")
	m.until("▶ #0 main::Till::take")
	m.keys("F6")
	m.until("▸Variables")
	m.until("paid = 670")
	m.keys("C-d") // only the command line leaves by that
	m.keys("Escape")
	m.until("▸Commands")
	m.keys("C-d")
	m.wait(prompt)
	m.keys("C-d")
	m.wait("$")
}

// Without a terminal there is no view.
func TestViewNeedsTerminal(t *testing.T) {
	if r := run1(t, "tui\nexit\n", "debug", programs+"orders/orders.wasm"); !strings.Contains(r.stdout, "in the terminal only") {
		t.Errorf("%s", r.stdout)
	}
	if r := run1(t, "", "debug", "--tui", programs+"orders/orders.wasm"); r.status != 1 || !strings.Contains(r.stderr, "needs a terminal") {
		t.Errorf("%d %s", r.status, r.stderr)
	}
}
