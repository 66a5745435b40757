package command

import (
	"strings"
	"testing"
)

// TestMacroCommand asks for definitions where the debug information has them, and where only the source does.
func TestMacroCommand(t *testing.T) {
	type row struct{ command, answer string }
	for program, rows := range map[string][]row{
		"c_defines/c_defines-O0.wasm": {
			{"macro LIMIT", "main.c:6: #define LIMIT 40"},
			{"info macro MAX", "main.c:4: #define MAX(a, b) ((a) > (b) ? (a) : (b))"},
			{"macro SUM", "main.c:12: #define SUM(first, ...) add(first, ##__VA_ARGS__)"},
			{"macro STEPS", "list.h:18: #define STEPS 3"},
			{"macro expand MAX(n, FLAGS)", "((n) > (((1u << 0) | (1u << 1))) ? (n) : (((1u << 0) | (1u << 1))))"},
			{"macro exp it->left", "it->pair.a"},
			{"macro expand n + 1", "n + 1"},
			{"macro list FLAG", "main.c:9: #define FLAG_A (1u << 0)\nmain.c:10: #define FLAG_B (1u << 1)\nmain.c:11: #define FLAGS (FLAG_A | FLAG_B)"},
			{"info macros LATER", "main.c:38: #define LATER 41"},
			{"macro list nosuch", "(none)"},
			{"macro nosuch", "no macro nosuch is known"},
			{"macro", "which macro? macro NAME, macro expand EXPRESSION, macro list [PATTERN]"},
			{"macro __wasm__", "by the compiler: #define __wasm__ 1"},
			{"up", ""},
			{"macro LIMIT", "main.c:41: #define LIMIT 50"},
		},
		"c_defines/c_defines-plain.wasm": {
			{"macro MAX", "main.c:4: #define MAX(a, b) ((a) > (b) ? (a) : (b))\n  read in the source, since the debug information has no macros"},
			{"macro list", "the debug information has no macros here (clang writes them with -fdebug-macro)"},
			{"macro expand MAX(n, 1)", "((n) > (1) ? (n) : (1))"},
			{"macro STEPS", "STEPS is a macro: list.h:18 (3), if nothing else defines it; -fdebug-macro lets clang write down what holds"},
		},
	} {
		_, say := interp(t, program)
		say("break main.c:39 if n < MAX(FLAGS, 6)", "run")
		for _, r := range rows {
			got := strings.TrimRight(say(r.command), "\n")
			if r.answer != "" && !strings.HasSuffix(got, r.answer) {
				t.Errorf("%s: %s:\n%s\nwant\n%s", program, r.command, got, r.answer)
			}
		}
	}
}
