package main

import (
	"fmt"
	"path/filepath"
	"testing"

	"sphex/internal/testneeds"
)

const lldb = "lldb-22"

var lldbPrelude = []string{
	"settings set target.disable-aslr false",                    // which containers may forbid
	"settings set plugin.process.gdb-remote.packet-timeout 120", // on a busy machine
	"command script import ../../docs/gdb/sphex_lldb.py",
	"settings set target.source-map /corpus ../../testdata/programs /src ../../testdata/programs",
}

var lldbSessions = []live{
	{
		name: "C", module: "c_types/c_types-O0-dw5.wasm", output: true,
		script: []string{
			"breakpoint set -f main.c -l 58", "run", "bt", "frame variable seed flag", "next", "frame variable c", "step",
			"frame variable sc", "finish", "continue", "process status",
		},
		want: []string{
			`stop reason = breakpoint 1\.1`,
			"`scalars\\(seed=1\\) at main.c:58",
			"frame #0: 0x[0-9a-f]+ .*`scalars\\(seed=1\\) at main.c:58",
			"frame #1: 0x[0-9a-f]+ .*`__main_argc_argv\\(argc=1, argv=0x[0-9a-f]{1,8}\\) at main.c:139",
			"`wasm-entry\\[",
			`\(int\) seed = 1`,
			`\(bool\) flag = true`,
			`stop reason = step over`,
			`\(char\) c = 'B'`,
			`stop reason = step in`,
			`\(signed char\) sc = '\\xff'`,
			`Return value: \(int\) \$0 = 210429342`,
			`exited with status = 0`,
		},
	},
	{
		name: "Rust", module: "orders/orders.wasm", output: true,
		script: []string{
			"breakpoint set -f main.rs -l 39", "run", "bt 3", "frame variable sum cost", "next", "frame variable sum",
			"breakpoint delete 1", "finish", "continue", "process status", // lldb may end before it prints the last event
		},
		want: []string{
			`stop reason = breakpoint 1\.1`,
			"frame #0: 0x[0-9a-f]+ .*`main::total.* at main.rs:39",
			"frame #1: 0x[0-9a-f]+ .*take.* at main.rs:47",
			"frame #2: 0x[0-9a-f]+ .*`main::main.* at main.rs:",
			`sum = 0`, `cost = 250`,
			`stop reason = step over`,
			`sum = 250`,
			`stop reason = step out`,
			`exited with status = 0`,
		},
	},
	{
		name: "pointers", module: "c_types/c_types-O0-dw5.wasm",
		script: []string{
			"breakpoint set -f main.c -l 106", "run", "frame variable str fp va", "deref str 1", "deref head.next", "up", "deref argv",
			"process kill",
		},
		want: []string{
			`\(char \*\) str = 0x[0-9a-f]{1,8} "hello"`,
			`\(binop\) fp = 0x[0-9a-f]{1,8}$`,
			`s = 0x[0-9a-f]{1,8} "a string"`,
			`\(char\) \*str = 'e'`,
			`value = 2`,
			`next = 0x0$`,
			`name = "tail"`,
			`\(char \*\) \*argv = 0x[0-9a-f]{1,8} "c_types-O0-dw5.wasm"`,
		},
	},
}

// TestLldb debugs programs under lldb: a breakpoint by source line is set before the program
// is there.
func TestLldb(t *testing.T) {
	for _, l := range lldbSessions {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			script := append([]string{}, lldbPrelude...)
			file := filepath.Join(t.TempDir(), "output")
			for _, c := range l.script {
				if c == "run" && l.output {
					c = "process launch -o " + file
				}
				script = append(script, c)
			}
			args := append([]string{"--no-lldbinit", "-b", "-s", scriptFile(t, script), "--", sphex, "run", "--gdb", programs + l.module, "--"}, l.args...)
			out := underDebugger(t, lldb, args...)
			inOrder(t, out, l.want)
			if l.output {
				checkOutput(t, file, &l, out)
			}
		})
	}
}

// TestLldbAttach lets lldb look at a program that is running already, and leave it alive.
func TestLldbAttach(t *testing.T) {
	testneeds.Tool(t, lldb)
	pid := running(t)
	script := append([]string{}, lldbPrelude...)
	script = append(script,
		fmt.Sprintf("process attach -p %d", pid),
		"breakpoint set -n turn", "continue", "bt", "frame variable n", "target variable squares[70]", "breakpoint delete 1",
		`breakpoint set -f main.c -l 10 -c "n % 100 == 7"`, "continue", "expression n % 100", "breakpoint delete 2", "finish", "next", "next", "bt 1", "detach")
	out := underDebugger(t, lldb, "--no-lldbinit", "-b", "-s", scriptFile(t, script))
	inOrder(t, out, []string{
		`stop reason = breakpoint 1\.1`,
		"frame #0: 0x[0-9a-f]+ .*`turn\\(n=\\d+\\) at main.c:10",
		"frame #1: 0x[0-9a-f]+ .*`__main_argc_argv\\(argc=1, argv=0x[0-9a-f]{1,8}\\) at main.c:59",
		"`wasm-entry\\[",
		`n = \d+`,
		`squares\[70\] = 4900`,
		`stop reason = breakpoint 2\.1`,
		`\$0 = 7`,
		`stop reason = step out`,
		`stop reason = step over`,
		"frame #0: .* at main.c:5[89]",
		fmt.Sprintf(`Process %d detached`, pid),
	})
	out = underDebugger(t, lldb, "--no-lldbinit", "-b", "-o", "settings set plugin.jit-loader.gdb.enable on",
		"-o", fmt.Sprintf("process attach -p %d", pid), "-o", "detach")
	inOrder(t, out, []string{fmt.Sprintf("Process %d detached", pid)})
}
