package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"sphex/internal/testneeds"
)

// gdb neither reads the user's settings nor what it would load beside the program.
var gdbFlags = []string{"-q", "-nx", "-batch", "-iex", "set auto-load no"}

var gdbPrelude = []string{
	"set pagination off", "set width 0", "set confirm off",
	"source ../../docs/gdb/sphex.py",
	"set substitute-path /corpus ../../testdata/programs", "set substitute-path /src ../../testdata/programs",
}

var gdbSessions = []live{
	{
		name: "C", module: "c_types/c_types-O0-dw5.wasm", output: true,
		script: []string{
			"break main.c:58", "run", "backtrace", "info args", "print flag", "next", "print c", "step", "print sc",
			"tbreak main.c:63", "continue", "info locals", "finish", "continue",
		},
		want: []string{
			`Breakpoint 1 \(main.c:58\) pending`,
			`hit Breakpoint 1, scalars \(seed=1\) at main\.c:58`,
			`^58\s+char c = 'A' \+ seed;`,
			`#0  scalars \(seed=1\) at main\.c:58`,
			`#1  0x[0-9a-f]+ in __main_argc_argv \(argc=1, argv=0x[0-9a-f]+\) at main\.c:139`,
			`in _start \(\)`,
			`in wasm-entry\[\d+\] \(\)`,
			`^seed = 1`,
			`\$1 = true`,
			`^59\s+signed char sc = -seed;`,
			`\$2 = 66 'B'`,
			`^60\s+unsigned char uc = 250;`,
			`\$3 = -1 '\\377'`,
			`^flag = true`, `^c = 66 'B'`, `^uc = 250`, `^s = -12345`, `^us = 54321`,
			`Value returned is \$4 = 210429342`,
			`exited normally`,
		},
	},
	{
		name: "C optimised", module: "c_steps/c_steps-O2.wasm", output: true,
		script: []string{"break add", "run", "info args", "backtrace 2", "finish", "delete", "continue"},
		want: []string{
			`hit Breakpoint 1, add \(a=10, b=2\) at .*main\.c:25`, // twice(0+1+4), twice(argc)
			`^a = 10`, `^b = 2`,
			`#1  0x[0-9a-f]+ in (main|__main_argc_argv) \(`,
			`Value returned is \$1 = 12`,
			`exited normally`,
		},
	},
	{
		name: "Rust", module: "orders/orders.wasm", output: true,
		script: []string{
			"break main.rs:39", "run", "backtrace 3", "print sum", "print cost", "next", "info locals", "up", "print order",
			"down", "delete", "finish", "next", "continue",
		},
		want: []string{
			`hit Breakpoint 1, main::total`,
			`^39\s+sum \+= cost;`,
			`#0  main::total .* at .*main\.rs:39`,
			`#1  0x[0-9a-f]+ in main::.*take .* at .*main\.rs:47`,
			`#2  0x[0-9a-f]+ in main::main \(\) at .*main\.rs:\d+`,
			`\$1 = 0`,
			`\$2 = 250`,
			`^cost = 250|^sum = 250`,
			`\$3 = .*customer: "Ada", items: Vec\(len: 2\) = \{"tea", "cake"\}, discount: .*None, payment: .*Cash`,
			`^48\s+let paid = match &order.payment \{`,
			`exited normally`,
		},
	},
	{
		name: "pointers", module: "c_types/c_types-O0-dw5.wasm",
		script: []string{
			"break main.c:106", "run", "print str", "print $deref(str, 1)", "print $deref(row)", "print $deref(fl).n",
			"print head", "print $deref(head.next)", "print $deref($deref(ppp)).x", "up", "print $deref(argv)", "x/5c $native($deref(argv))",
		},
		want: []string{
			`\$1 = 0x[0-9a-f]+ "hello"`,
			`\$2 = 101 'e'`,
			`\$3 = \{\d+, \d+, \d+, \d+\}`,
			`\$4 = 4`,
			`\$5 = \{value = 1, next = 0x[0-9a-f]+, prev = 0x0, meta = \{name = "head`,
			`\$6 = \{value = 2, next = 0x0, prev = 0x[0-9a-f]+, meta = \{name = "tail`,
			`\$7 = 3`,
			`\$8 = 0x[0-9a-f]+ "c_types-O0-dw5.wasm"`,
			`99 'c'\s+95 '_'\s+116 't'`,
		},
	},
	{
		name: "assign", module: "c_types/c_types-O0-dw5.wasm",
		script: []string{"tbreak main.c:115", "run", "set var x = 40", "print x", "next", "until 128", "print x", "kill"},
		want:   []string{`breakpoint 1, scopes \(n=1\)`, `\$1 = 40`, `^116\s`, `^128\s+switch \(n\)`, `\$2 = 40`},
	},
	{
		name: "trap", module: "c_trap/c_trap-O0-dw5.wasm", args: []string{"div0"},
		script: []string{"run", "backtrace 2", "print a", "print b", "continue"},
		want: []string{
			`received signal SIG(FPE|ILL)`,
			`#0  0x[0-9a-f]+ in div_by \(a=6, b=0\) at .*main\.c:13`,
			`#1  0x[0-9a-f]+ in .*main.* at .*main\.c:35`,
			`\$1 = 6`, `\$2 = 0`,
			`the program trapped: integer divide by zero`,
			`exited with code 0206`,
		},
	},
}

// TestGdb debugs programs under gdb: a breakpoint by source line is set before the program is
// there.
func TestGdb(t *testing.T) {
	for _, l := range gdbSessions {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			script := append([]string{}, gdbPrelude...)
			file := filepath.Join(t.TempDir(), "output")
			for _, c := range l.script {
				if c == "run" && l.output {
					script = append(script, "set args run --gdb "+programs+l.module+" > "+file)
				}
				script = append(script, c)
			}
			args := append([]string{"-x", scriptFile(t, script), "--args", sphex, "run", "--gdb", programs + l.module, "--"}, l.args...)
			out := underDebugger(t, "gdb", append(gdbFlags, args...)...)
			inOrder(t, out, l.want)
			if l.output {
				checkOutput(t, file, &l, out)
			}
		})
	}
}

// TestGdbAttach lets gdb look at a program that is running already, stop it thousands of times
// under the eyes of Go's scheduler, and leave it alive.
func TestGdbAttach(t *testing.T) {
	testneeds.Tool(t, "gdb")
	pid := running(t)
	script := append([]string{}, gdbPrelude...)
	script = append(script,
		"break turn", "continue", "backtrace", "print squares[70]", "print rounds == n / 2", "delete",
		"break main.c:10 if n % 500 == 7", "ignore 2 4", "continue", "print n % 500", "info breakpoints", "delete",
		"up", "print argc", "down", "finish", "next", "next", "step", "backtrace 1", "detach")
	out := underDebugger(t, "gdb", append(gdbFlags, "-x", scriptFile(t, script), "-p", strconv.Itoa(pid))...)
	inOrder(t, out, []string{
		`hit Breakpoint 1, turn \(n=\d+\) at .*main\.c:10`,
		`#0  turn \(n=\d+\) at .*main\.c:10`,
		`#1  0x[0-9a-f]+ in __main_argc_argv \(argc=1, argv=0x[0-9a-f]+\) at .*main\.c:59`,
		`in wasm-entry\[\d+\] \(\)`,
		`\$1 = 4900`,
		`\$2 = 1`,
		`hit Breakpoint 2, turn`,
		`\$3 = 7`,
		`breakpoint already hit 5 times`,
		`\$4 = 1`,
		`#0 .* main\.c:(10|58|59)`,
		fmt.Sprintf(`process %d\) detached`, pid),
	})
	// It goes on, for the next debugger too.
	out = underDebugger(t, "gdb", append(gdbFlags, "-ex", "set breakpoint pending on", "-ex", "break turn", "-ex", "continue", "-p", strconv.Itoa(pid))...)
	inOrder(t, out, []string{`hit Breakpoint 1, turn \(n=\d+\) at .*main\.c:10`})
}
