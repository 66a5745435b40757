package debugger

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sphex/internal/testneeds"
)

// programPath is where a module of testdata/programs is. Of one that is kept packed, that is a copy.
func programPath(t testing.TB, name string) string {
	t.Helper()
	return testneeds.Unpacked(t, filepath.Join("../testdata/programs", name))
}

// silent opens a session on a program of testdata/programs, whose output nobody reads.
func silent(t testing.TB, name string) *Session {
	t.Helper()
	s, err := Open(context.Background(), Config{Program: programPath(t, name), Stdout: io.Discard, Stderr: io.Discard, Compile: compileOnce(name)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func firstNumbers(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return "[" + strings.Join(list, ", ")
}

func firstSquares(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%d: %d", i, i*i)
	}
	return "{" + strings.Join(list, ", ")
}

// rustModules are the columns of the table.
var rustModules = []struct{ name, title string }{
	{"163-debug", "1.63 -O0"}, {"163-release", "1.63 -O3"}, {"196-debug", "1.96 -O0"}, {"196-release", "1.96 -O3"},
}

// How a value was had in a module: from the variable, by a reference to it, since the producer
// describes no place of it or a wrong one, or not, since there is no such type.
const (
	byName      = "yes"
	byReference = "by reference"
	notThere    = "–"
)

var (
	stopLists = regexp.MustCompile(`stop!\(\s*([^)]*?),?\s*\)`)
	addresses = regexp.MustCompile(`0x[0-9a-f]+`)
)

// heldLists are the names that the stop! macros of the sources hold, in their order.
func heldLists(t *testing.T) [][]string {
	files, err := filepath.Glob("../testdata/programs/rs_values/*.rs")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources", err)
	}
	var lists [][]string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range stopLists.FindAllStringSubmatch(string(b), -1) {
			names := strings.Split(m[1], ",")
			for i := range names {
				names[i] = strings.TrimSpace(names[i])
			}
			lists = append(lists, names)
		}
	}
	return lists
}

// TestRustValues holds each row of docs/values.md for Rust: in each module the value must be the
// one that the source says.
func TestRustValues(t *testing.T) {
	lists := heldLists(t)
	columns := map[string]map[string]string{} // row, module: how it was had
	for _, m := range rustModules {
		t.Run(m.name, func(t *testing.T) {
			had := map[string]string{}
			s := silent(t, "rs_values/rs_values-"+m.name+".wasm")
			mustBreak(t, s, BreakpointSpec{Function: "main::stop"})
			for {
				if stop := mustStop(t, s.Continue); stop.Exited() {
					break
				}
				caller, err := s.Frame(1)
				if err != nil {
					t.Fatal(err)
				}
				fn := caller.Function[strings.LastIndex(caller.Function, "::")+2:]
				for _, r := range rustRows {
					if f, name, _ := strings.Cut(r.at, "."); f == fn {
						if how := checkRow(t, s, m.name, r, name, lists); how != "" {
							had[r.at] = how
						}
					}
				}
			}
			for _, r := range rustRows {
				how := had[r.at]
				if r.old == "-" && strings.HasPrefix(m.name, "163") {
					how = notThere
				}
				if how == "" {
					t.Errorf("%s was not seen", r.at)
				}
				if columns[r.at] == nil {
					columns[r.at] = map[string]string{}
				}
				columns[r.at][m.name] = how
			}
		})
	}
	if !t.Failed() {
		checkDocument(t, rustTable(columns))
	}
}

// checkRow compares a value with its row, and says how it was had; "" if it is not at this stop.
func checkRow(t *testing.T, s *Session, module string, r rustRow, name string, lists [][]string) string {
	value, typ := r.value, r.typ
	if strings.HasPrefix(module, "163") {
		if r.old != "" {
			value = r.old
		}
		if r.oldType != "" {
			typ = r.oldType
		}
	}
	compare := func(what, got, want string) {
		if strings.Contains(want, "0x…") {
			got = addresses.ReplaceAllString(got, "0x…")
		}
		if got != want {
			t.Errorf("%s (%s) is %s, want %s", r.at, what, got, want)
		}
	}
	held, err := s.Eval(1, "held")
	if err != nil {
		t.Errorf("%s: %v", r.at, err)
		return ""
	}
	count, _ := held.NumChildren()
	at := -1
	for _, list := range lists {
		if len(list) == count {
			at = max(at, slices.Index(list, name))
		}
	}
	if at < 0 { // held at another stop of the function
		return ""
	}
	if v, err := s.Eval(1, name); err == nil && v.Err() == nil && r.wrong != module {
		if got := v.String(); !strings.Contains(got, "optimized out") {
			compare("value", got, value)
			if got := v.TypeName(false); !strings.HasPrefix(got, "*const ") || strings.HasPrefix(typ, "*const ") {
				compare("type", got, typ)
			}
			return byName
		}
	}
	v, err := s.Eval(1, fmt.Sprintf("held.%d", at))
	if err != nil {
		t.Errorf("%s: %v", r.at, err)
		return ""
	}
	compare("value by reference", v.String(), value)
	return byReference
}

// rustTable writes the rows as they stand in docs/values.md.
func rustTable(columns map[string]map[string]string) string {
	var b strings.Builder
	b.WriteString("| type | shown as | program, variable |")
	for _, m := range rustModules {
		b.WriteString(" " + m.title + " |")
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(rustModules)) + "\n")
	cell := strings.NewReplacer("|", "\\|")
	for _, r := range rustRows {
		shown := r.value
		if len([]rune(shown)) > 80 {
			shown = string([]rune(shown)[:40]) + " ⋯ " + string([]rune(shown)[len([]rune(shown))-20:])
		}
		shown = "`" + shown + "`"
		if r.old != "" && r.old != "-" {
			shown += ", 1.63: `" + r.old + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | rs_values, `%s` |", cell.Replace("`"+r.what+"`"), cell.Replace(shown), r.at)
		for _, m := range rustModules {
			how := columns[r.at][m.name]
			if r.wrong == m.name {
				how += "¹"
			}
			b.WriteString(" " + how + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// checkDocument holds the table of docs/values.md equal to the rows.
func checkDocument(t *testing.T, table string) {
	const path, begin, end = "../docs/values.md", "<!-- rust: made by TestRustValues -->\n", "<!-- rust: end -->"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), begin)
	have, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", path)
	}
	if have == table {
		return
	}
	if !*update {
		t.Fatalf("the table in %s is not that of the rows; run the test with -update", path)
	}
	if err := os.WriteFile(path, []byte(before+begin+table+end+after), 0o666); err != nil {
		t.Fatal(err)
	}
}
