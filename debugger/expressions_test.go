package debugger

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sphex/debugger/value"
)

// TestExpressions evaluates the expressions of testdata/expressions at real stops. Their values are written by hand
// from the programs' sources. A file is a sequence of
//
//	program MODULE        opens a program
//	stop FILE:LINE        runs until there
//	EXPRESSION → VALUE    evaluates, with /x before it in that format; ✗ TEXT instead: fails with an error that has TEXT in it
//	output TEXT           runs to the end; a line of what the program has printed is TEXT
func TestExpressions(t *testing.T) {
	files, err := filepath.Glob("testdata/expressions/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no expressions", err)
	}
	total := 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			total += runExpressions(t, file, string(text))
		})
	}
	if total < 200 {
		t.Errorf("%d expressions", total)
	}
}

// TestExpressionsManual evaluates the examples of docs/expressions.md. Comments in it name the programs and the places.
func TestExpressionsManual(t *testing.T) {
	file := "../docs/expressions.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(b), "\n")
	example := false
	for i, line := range lines { // each stays on its line
		if strings.HasPrefix(line, "```") {
			example, line = line == "```text", ""
		}
		if command, ok := strings.CutPrefix(line, "<!-- "); ok {
			lines[i] = strings.TrimSuffix(command, " -->")
		} else if !example || !strings.Contains(line, " → ") && !strings.Contains(line, " ✗ ") {
			lines[i] = ""
		}
	}
	if n := runExpressions(t, file, strings.Join(lines, "\n")); n < 80 {
		t.Errorf("%d examples", n)
	}
}

func runExpressions(t *testing.T, file, text string) (count int) {
	var s *Session
	var printed interface{ String() string }
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ { // the state of the program goes on from line to line
		line := strings.TrimSpace(lines.Text())
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#':
		case word == "program":
			s, printed = open(t, rest, nil)
		case word == "stop":
			name, number, _ := strings.Cut(rest, ":")
			at, _ := strconv.Atoi(number)
			b := mustBreak(t, s, BreakpointSpec{File: name, Line: at})
			if stop := mustStop(t, s.Continue); stop.Exited() || stop.Frame.Line != at {
				t.Fatalf("%s:%d: %v", file, n, stop)
			}
			if err := s.RemoveBreakpoint(b.ID); err != nil {
				t.Fatal(err)
			}
		case word == "output":
			if s.State() != Exited {
				if stop := mustStop(t, s.Continue); !stop.Exited() {
					t.Fatalf("%s:%d: %v", file, n, stop)
				}
			}
			if !strings.Contains("\n"+printed.String(), "\n"+rest+"\n") {
				t.Errorf("%s:%d: the program did not print %q but\n%s", file, n, rest, printed)
			}
		default:
			count++
			expr, want, ok := strings.Cut(line, " → ")
			fails, bad := !ok, ""
			if !ok {
				if expr, bad, ok = strings.Cut(line+" ", " ✗ "); !ok {
					t.Fatalf("%s:%d: %q", file, n, line)
				}
			}
			var format value.Format
			if letters, rest, ok := strings.Cut(expr, " "); ok && letters[0] == '/' {
				format, _ = value.ParseFormat(letters[1:])
				expr = rest
			}
			v, err := s.Eval(0, strings.TrimSpace(expr))
			switch {
			case fails && err == nil:
				t.Errorf("%s:%d: %s is %s, want an error: %s", file, n, expr, v, bad)
			case fails && !strings.Contains(err.Error(), strings.TrimSpace(bad)):
				t.Errorf("%s:%d: %s: %v; want %s", file, n, expr, err, bad)
			case fails:
			case err != nil:
				t.Errorf("%s:%d: %s: %v", file, n, expr, err)
			case v.Format(format) != strings.TrimSpace(want):
				t.Errorf("%s:%d: %s is %s, want %s", file, n, expr, v.Format(format), want)
			default:
				s.Keep(v)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return count
}
