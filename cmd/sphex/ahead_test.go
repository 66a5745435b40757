package main

import "testing"

// Keys that are typed before their reader is there are not lost: those for the full-screen view, and those for the program.
func TestTypedAhead(t *testing.T) {
	m := newTerminal(t, 100, 30)
	m.keys(sphex+" debug "+programs+"orders/orders.wasm", "Enter")
	m.wait(prompt)
	m.keys("tui", "Enter", "break main", "Enter", "F5")
	m.until("▸Commands")
	m.until("Breakpoint 1 at main.rs:66 in main::main")
	m.until("66▶     let mut till")

	m = newTerminal(t, 100, 30)
	m.keys(sphex+" debug "+endless+" -- greet", "Enter")
	m.wait(prompt)
	m.keys("run", "Enter", "Ada", "Enter")
	m.until("hello Ada 3\n")
}

// The pager stands at the end of a connection, too, and the settings of the session that is there hold.
func TestConnectPaging(t *testing.T) {
	at, ended := listening(t, "127.0.0.1:0", programs+"c_callback/c_callback-O0.wasm", "spin")
	m := newTerminal(t, 80, 20)
	m.keys(sphex+" connect "+at, "Enter")
	m.wait(prompt)
	const asks = "--More-- (space: a screenful, enter: a line, q: no more, a: all)"
	m.keys("help all", "Enter")
	m.wait(asks)
	m.shows("(sphex) help all\nRunning the program:")
	m.keys("Space")
	m.until("Breakpoints:")
	m.wait(asks)
	m.keys("C-c")
	m.wait(prompt)
	m.keys("set paging off", "Enter")
	m.wait(prompt)
	m.keys("help all", "Enter")
	m.wait("help COMMAND tells more." + prompt)
	m.lacks("--More--")
	m.tmux("resize-window", "-x", "50", "-y", "20")
	m.keys("help run", "Enter")
	m.until("Arguments replace those that the program was\nstarted with, and may be quoted.")
	m.keys("info nothing", "Enter")
	m.until("info nothing is not known; there is locals, args,\nbreakpoints,")
	m.keys("kill", "Enter")
	m.wait("$")
	ended()
}
