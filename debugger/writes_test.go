package debugger

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWrites assigns to every kind of value in every kind of place, and lets the program print what it has then. It
// prints what the file of testdata/writes says, and all else as if nothing had been assigned.
//
//	modules NAME…         the program, in turn not optimised and optimised
//	stop WHERE            runs to the line that ends in "// stop WHERE"
//	PLACE = EXPRESSION → LINE; LINE…     assigns; the program prints the lines instead of those that begin as they do
//	PLACE = EXPRESSION ✗ TEXT          fails with an error that has TEXT in it; all is as before
//	then LINE; LINE…      the program prints these as well, for all that was assigned
//
// A row that begins with -O0 is for the module that is not optimised, one with -O2 for the other. There, a variable may
// be removed, or be computed from another one: how many are is known.
func TestWrites(t *testing.T) {
	places := map[string]int{}
	for _, w := range []struct {
		file, source string
		removed      []int // rows about what is removed from each optimised module, or computed there
	}{
		{"c", "c_writes/main.c", []int{15}},
		{"cpp", "cpp_writes/main.cpp", []int{2}},
		{"rust", "rs_writes/main.rs", []int{14, 26}},
	} {
		text, err := os.ReadFile("testdata/writes/" + w.file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := strings.Cut(string(text), "\n")
		for i, module := range strings.Fields(strings.TrimPrefix(head, "modules ")) {
			t.Run(module, func(t *testing.T) {
				r := &writes{t: t, source: w.source, optimised: i%2 > 0, places: places, lines: map[string]string{}}
				r.plain = r.start(module)
				r.written = r.start(module)
				r.run(body)
				if want := w.removed[i/2] * (i % 2); r.removed != want {
					t.Errorf("%d variables are optimised out, not %d", r.removed, want)
				}
			})
		}
	}
	t.Log(places)
	for _, place := range []string{"linear memory", "register", "frame", "machine"} {
		if places[place] < 6 {
			t.Errorf("%d values in %s", places[place], place)
		}
	}
}

// writes is two runs of one program: plain is left alone.
type writes struct {
	t              *testing.T
	source         string
	optimised      bool
	removed        int
	places         map[string]int
	plain, written writesRun
	lines          map[string]string // what is to be printed, by first word
}

type writesRun struct {
	s   *Session
	out *bytes.Buffer
}

func (w *writes) start(module string) writesRun {
	s, out := open(w.t, module, nil)
	return writesRun{s: s, out: out}
}

// forward runs to a line, to the end for 0, and returns what was printed on the way.
func (w *writes) forward(r *writesRun, line int) []string {
	if line > 0 {
		mustBreak(w.t, r.s, BreakpointSpec{File: filepath.Base(w.source), Line: line})
	}
	r.out.Reset()
	if stop := mustStop(w.t, r.s.Continue); stop.Exited() != (line == 0) || line > 0 && stop.Frame.Line != line {
		w.t.Fatalf("line %d: %v", line, stop)
	}
	return strings.Split(strings.TrimSpace(r.out.String()), "\n")
}

// between lets both runs go on and compares what they print.
func (w *writes) between(where string, line int) {
	plain, written := w.forward(&w.plain, line), w.forward(&w.written, line)
	for i, want := range plain {
		word, _, _ := strings.Cut(want, " ")
		if l, ok := w.lines[word]; ok {
			want = l
			delete(w.lines, word)
		}
		if got := append(written, make([]string, len(plain))...)[i]; got != want {
			w.t.Errorf("before %s the program prints %q, not %q", where, got, want)
		}
	}
	for _, l := range w.lines {
		w.t.Errorf("before %s the program does not print %q", where, l)
	}
	w.lines = map[string]string{}
}

func (w *writes) run(body string) {
	source, err := os.ReadFile(filepath.Join("../testdata/programs", w.source))
	if err != nil {
		w.t.Fatal(err)
	}
	in := bufio.NewScanner(strings.NewReader(body))
	for in.Scan() {
		row := strings.TrimSpace(in.Text())
		word, rest, _ := strings.Cut(row, " ")
		switch {
		case row == "" || word == "#":
			continue
		case word == "stop":
			before, _, ok := strings.Cut(string(source), "// stop "+rest+"\n")
			if !ok {
				w.t.Fatal("no", row)
			}
			w.between(row, strings.Count(before, "\n")+1)
			continue
		case word == "-O0" && w.optimised, word == "-O2" && !w.optimised:
			continue
		case word == "-O0", word == "-O2":
			row = rest
		}
		if word == "then" {
			w.expect(rest)
			continue
		}
		assign, printed, ok := strings.Cut(row, " → ")
		refused := ""
		if !ok {
			assign, refused, ok = strings.Cut(row, " ✗ ")
		}
		place, expr, ok2 := strings.Cut(assign, " = ")
		if !ok || !ok2 {
			w.t.Fatal(row)
		}
		v, err := w.written.s.SetVariable(0, place, expr)
		if err != nil && w.optimised && (strings.Contains(err.Error(), "optimized out") || strings.Contains(err.Error(), "has no place")) {
			w.t.Logf("%s: %v", place, err)
			w.removed++
			continue
		}
		if refused != "" && (err == nil || !strings.Contains(err.Error(), refused)) || refused == "" && err != nil {
			w.t.Errorf("%s: %v", row, err)
		}
		if err != nil {
			continue
		}
		kind := v.Place()
		switch {
		case place[0] == '$':
			kind = "machine"
		case strings.HasPrefix(kind, "linear memory"):
			kind = "linear memory"
		case strings.HasPrefix(kind, "register"):
			kind = "register"
		case strings.Contains(kind, "memory"), strings.Contains(kind, "frame"):
			kind = "frame"
		}
		w.places[kind]++
		w.expect(printed)
	}
	w.between("the end", 0)
}

func (w *writes) expect(lines string) {
	for _, l := range strings.Split(lines, "; ") {
		word, _, _ := strings.Cut(l, " ")
		w.lines[word] = l
	}
}
