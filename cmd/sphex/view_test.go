package main

import (
	"regexp"
	"strings"
	"testing"
)

// until waits until a text stands on the screen.
func (m *terminal) until(text string) {
	m.t.Helper()
	if !m.soon(patience, has(text)) {
		m.t.Fatalf("no %q on the screen:\n%s", text, m.screen())
	}
}

// gone waits until a text no longer stands on the screen.
func (m *terminal) gone(text string) {
	m.t.Helper()
	if !m.soon(patience, func(s string) bool { return !strings.Contains(s, text) }) {
		m.t.Fatalf("%q is still on the screen:\n%s", text, m.screen())
	}
}

// lacks checks that a text does not stand on the screen.
func (m *terminal) lacks(text string) {
	m.t.Helper()
	if s := m.screen(); strings.Contains(s, text) {
		m.t.Errorf("%q is on the screen:\n%s", text, s)
	}
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
	m.gone("●   56          Ok(paid)")
	m.keys("n") // a single key in the source
	m.until("56▶")
	m.keys("Escape")
	m.until("▸Commands")

	// The program's output has a pane of its own, and can be hidden.
	m.keys("F5")
	m.until("│Ada paid 670 cents")
	m.keys("C-x", "2")
	m.until("▸Commands")
	m.gone(" Output")
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
			m.gone("│")
			m.until("54▶")
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
	m.interrupt(1, has("paused"))
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

// TestViewCode looks at code and at what is displayed, in a wide terminal and in a narrow one. The line 54 adds paid, 670, to takings;
// a breakpoint at one of its instructions is the program's next stop.
func TestViewCode(t *testing.T) {
	m := newTerminal(t, 130, 40)
	m.keys(sphex+" debug -c 'tbreak main.rs:54' -c run "+programs+"orders/orders.wasm", "Enter")
	m.wait(prompt)
	m.keys("layout nothing", "Enter")
	m.until("src shows source, asm the code, split both")
	m.keys("layout split", "Enter")
	m.until(" Code of main::Till::take")
	m.shows("54▶         self.takings += paid;")
	m.shows("  main.rs:54  self.takings += paid;")
	m.until("▶ nop")
	m.keys("display paid", "Enter")
	m.until("│ Display")
	m.until("│  1: paid = 670")
	m.keys("display/x self.takings", "Enter")
	m.until("│  2: /x self.takings = 0x0")

	// Instructions: the add of the line's sum is where the next stop is wanted.
	m.keys("F6", "F6")
	m.until("▸Code")
	m.keys("Down", "b")
	m.until("(sphex) break *text:0x")
	m.until("\n● 00")
	m.keys("F5")
	m.until("(breakpoint 2, hit 1)")
	if !m.soon(patience, func(s string) bool { return regexp.MustCompile(`(?m)^● [0-9a-f]{6}▶ `).MatchString(s) }) {
		t.Errorf("the program does not stand at the instruction:\n%s", m.screen())
	}
	m.keys("n") // over an instruction
	m.until("(sphex) next-instruction")
	m.keys("b") // at the cursor, which has gone there
	m.until("Breakpoint 3 at ")
	m.keys("b")
	m.until("Breakpoint 3 removed.")
	m.keys("F10")
	m.until("  2: /x self.takings = 0x29e")

	m.keys("C-x", "1") // code alone
	m.gone(" main.rs ")
	m.keys("F6")
	m.until("▸Stack")
	m.keys("F6", "F6")
	m.until("▸Display")
	m.keys("x")
	m.until("(sphex) undisplay 1")
	m.gone("1: paid")
	m.tmux("resize-window", "-x", "50", "-y", "24")
	m.until("▸Display")
	m.until("2: /x self.takings = 0x29e")
	m.until(" Code of main::Till")
	m.keys("x")
	m.gone(" Display")
	m.until("▸Commands")
	m.keys("layout src", "Enter")
	m.until("55▶")
	m.gone(" Code of")
	m.keys("C-d")
	m.wait(prompt)
}
