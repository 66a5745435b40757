package main

import "testing"

// gdb's own evaluator must find the values that ops.s gives its variables: entry values through
// two callers' call sites, called procedures, branches, converted types, the processor's flags.
// At line 79 the parameters are overwritten.
var operations = live{
	module: "ops/ops.wasm",
	script: []string{
		"break ops.s:79", "run", "print big", "print unread", "print unread2", "print words", "print twice", "print before",
		"print chosen", "print called", "print parts", "print operands", "print bits", "print listed", "print converted",
		"print huge", "print two128", "print minus", "print nowhere", "print untouched", "print in_block", "backtrace 3", "up", "print a",
	},
	want: []string{
		`hit Breakpoint 1, inner \(n=42, big=5000000000, x=2.5, unread=7, unread2=8, unread3=9, words=10\) at .*ops\.s:79`,
		`\$1 = 5000000000`, `\$2 = 7`, `\$3 = 8`, `\$4 = 10`, `\$5 = 84`, `\$6 = 0`,
		`\$7 = 2`,    // 4200 > 1000
		`\$8 = 4204`, // 4200 + 4
		`\$9 = \{a = 4200, b = <optimized out>, c = 7\}`,
		`\$10 = 0`,          // 4200 < 50
		`\$11 = 1069547520`, // the bits of 1.5
		`\$12 = 2`,
		`\$13 = 1`,                    // 1.25
		`\$14 = 36893488147419103233`, // 2 << 64 | 1
		`\$15 = 73786976294838206467`, // 4 << 64 | 3
		`\$16 = -5`, `\$17 = <optimized out>`, `\$18 = 0`, `\$19 = 5`,
		`#0  inner \(n=42, .* at .*ops\.s:79`, `#1  0x[0-9a-f]+ in middle \(a=41\) at .*ops\.s:34`, `#2  0x[0-9a-f]+ in start \(\) at`,
		`\$20 = 41`,
	},
}

func TestGdbOperations(t *testing.T) {
	script := append(append([]string{}, gdbPrelude...), operations.script...)
	args := append(gdbFlags, "-x", scriptFile(t, script), "--args", sphex, "run", "--gdb", programs+operations.module)
	inOrder(t, underDebugger(t, "gdb", args...), operations.want)
}
