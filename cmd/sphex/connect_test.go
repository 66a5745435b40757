package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listening starts a program that debuggers may attach to, and returns its address. ended gives what it printed.
func listening(t *testing.T, address string, args ...string) (at string, ended func() (out string, status int)) {
	t.Helper()
	cmd := exec.Command(sphex, append([]string{"run", "--debug-listen", address}, args...)...)
	var out bytes.Buffer
	cmd.Stdout = &out
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	lines := bufio.NewReader(errs)
	line, err := lines.ReadString('\n')
	at, ok := strings.CutPrefix(strings.TrimSpace(line), "sphex: debuggers may attach at ")
	if err != nil || !ok {
		t.Fatalf("%q %v", line, err)
	}
	return at, func() (string, int) {
		var rest bytes.Buffer
		_, _ = rest.ReadFrom(lines) // the process has ended when there is no more
		_ = cmd.Wait()              // its status follows
		watchdog.Stop()
		return out.String() + rest.String(), cmd.ProcessState.ExitCode()
	}
}

// connected runs commands in sphex connect and returns what it printed.
func connected(t *testing.T, at string, commands ...string) string {
	t.Helper()
	cmd := exec.Command(sphex, "connect", at)
	cmd.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v", err)
	}
	return string(out)
}

// Two visits to a program that turns in a loop: the first leaves no trace, the second makes it end.
func TestConnect(t *testing.T) {
	const program = programs + "c_callback/c_callback-O0.wasm"
	for _, address := range []string{"127.0.0.1:0", "unix:" + filepath.Join(t.TempDir(), "s")} {
		at, ended := listening(t, address, program, "spin")
		list, err := exec.Command(sphex, "connect", "--list", at).CombinedOutput()
		if err != nil || !strings.HasPrefix(string(list), "1 ") || !strings.HasSuffix(string(list), "c_callback-O0.wasm\n") {
			t.Errorf("%s%v", list, err)
		}
		for !strings.Contains(connected(t, at, "bt"), "#0 spin at ") { // it takes a moment to come there
		}
		text := connected(t, at, "break main.c:18", "continue", "p rounds > 0", "up", "p a", "define twice", "p a * 2", "end", "twice", "exit")
		if strings.Contains(text, "\x1b") {
			t.Errorf("a pipe gets escape codes: %q", text)
		}
		for _, want := range []string{"(sphex) break main.c:18\nBreakpoint 1 at main.c:18 in spin\n", "(sphex) continue\n> spin main.c:18:11  (breakpoint 1, hit 1)\n", "(sphex) p rounds > 0\ntrue\n",
			"> main main.c:27:5  (frame 1)", "(sphex) p a\n5\n", "> p a * 2\n> end\n(sphex) twice\n10\n"} { // the frame stays the selected one
			if !strings.Contains(text, want) {
				t.Errorf("%s\nlacks %s", text, want)
			}
		}
		text = connected(t, at, "breakpoints", "set go_on = 0", "continue")
		if !strings.HasSuffix(text, "(sphex) continue\nThe program has exited with status 3.\n") || strings.Contains(text, "Breakpoint 1") {
			t.Errorf("%s", text)
		}
		if out, status := ended(); out != "a 5 b 33\ndone\n" || status != 3 {
			t.Errorf("%q, status %d", out, status)
		}
	}
}

// A program that waits for its debugger is seen from its first statement on; kill ends it.
func TestConnectWaits(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	if err := os.MkdirAll(filepath.Join(config, "sphex"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "sphex", "init"), []byte("# what each session begins with\nset max-items 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	at, ended := listening(t, "127.0.0.1:0", "--debug-wait", programs+"c_trap/c_trap-O0-dw5.wasm", "div0")
	text := connected(t, at, "break main", "continue", "bt", "clear 1", "show max-items", "continue", "p b", "continue")
	for _, want := range []string{"max-items is 3.", "(breakpoint 1, hit 1)", "#0 main at ", "integer divide by zero", "(sphex) p b\n0\n", "The program has exited with status 134."} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %s", text, want)
		}
	}
	if out, status := ended(); status != 134 || !strings.Contains(out, "#0 div_by at ") || !strings.Contains(out, "divide by zero") {
		t.Errorf("%q, status %d", out, status)
	}
	at, ended = listening(t, "127.0.0.1:0", endless)
	connected(t, at, "kill")
	if out, status := ended(); status != 1 || !strings.Contains(out, "killed") {
		t.Errorf("%q, status %d", out, status)
	}
	for _, args := range [][]string{{"--debug-wait", endless}, {"--debug-listen", "0.0.0.0:0", endless}, {"--debug-listen", "127.0.0.1:0", "--gdb", endless}} {
		if out, err := exec.Command(sphex, append([]string{"run"}, args...)...).CombinedOutput(); err == nil {
			t.Errorf("%v: %s", args, out)
		}
	}
}

// TestConnectTerminal is a person's visit: colours, the last command again by an empty line, and the full-screen view.
func TestConnectTerminal(t *testing.T) {
	at, ended := listening(t, "127.0.0.1:0", programs+"c_callback/c_callback-O0.wasm", "spin")
	m := newTerminal(t, 60, 40, "NO_COLOR=1")
	m.keys(sphex+" connect "+at, "Enter")
	m.wait(prompt)
	m.keys("break main.c:18", "Enter")
	m.wait("in spin" + prompt)
	m.keys("c", "Enter")
	m.shows("(breakpoint 1, hit 1)")
	m.shows("=>   18:     rounds++;")
	m.wait(prompt)
	m.keys("Enter")
	m.shows("(breakpoint 1, hit 2)")
	m.wait(prompt)
	escape := "\x1b["
	if strings.Contains(m.tmux("capture-pane", "-p", "-e"), escape) {
		t.Error("NO_COLOR has colours")
	}
	m.keys("C-d")
	m.wait("$")

	m = newTerminal(t, 130, 40)
	m.keys(sphex+" connect "+at, "Enter")
	m.shows("=>   ")
	m.wait(prompt)
	m.keys("break main.c:18", "Enter")
	m.wait("in spin" + prompt)
	m.keys("layout split", "Enter")
	m.until("▸Commands")
	m.until("●   18")
	m.keys("F5")
	m.until("●   18▶     rounds++;")
	m.until("\n  main.c:18  rounds++;")
	m.until("▶ #0 spin  main.c:18")
	if !strings.Contains(m.tmux("capture-pane", "-p", "-e"), escape) {
		t.Error("there are no colours")
	}
	m.keys("display/x rounds >= 0", "Enter")
	m.until("│  1: /x rounds >= 0 = true")
	m.keys("F6", "F6", "F6", "Down", "Enter")
	m.until("▶ #1 main  main.c:27")
	m.until("  a = 5  int")
	m.keys("Escape")
	m.until("▸Commands")
	m.keys("clear 1", "Enter")
	m.until("Breakpoint 1 removed.")
	m.keys("F5")
	m.until("running…")
	m.interrupt(1, has("(paused)"))
	m.until("(sphex)")
	m.keys("C-x", "a")
	m.wait(prompt)
	m.keys("tui", "Enter")
	m.until("▸Commands")
	m.keys("set go_on = 0", "Enter")
	m.until("(sphex) set go_on = 0")
	m.keys("F5")
	m.wait("The program has exited with status 3.\n$")
	if out, status := ended(); out != "a 5 b 33\ndone\n" || status != 3 {
		t.Errorf("%q, status %d", out, status)
	}
}
