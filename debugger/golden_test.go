package debugger

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
)

var update = flag.Bool("update", false, "rewrite the golden sessions; review the difference against the sources")

// compiled keeps the objects of the test programs, which several tests use.
var compiled struct {
	sync.Mutex
	objects map[string][]byte
}

func compileOnce(name string) func([]byte, *aot.Companions) (*object.File, error) {
	return func(module []byte, c *aot.Companions) (*object.File, error) {
		compiled.Lock()
		defer compiled.Unlock()
		if b, ok := compiled.objects[name]; ok {
			return object.Read(b)
		}
		o, err := aot.Compile(module, aot.Options{Companions: c, Text: debuginfo.TextFills})
		if err != nil {
			return nil, err
		}
		b, err := o.Bytes()
		if err != nil {
			return nil, err
		}
		if compiled.objects == nil {
			compiled.objects = map[string][]byte{}
		}
		compiled.objects[name] = b
		return object.Read(b) // what a debugger sees is what was written
	}
}

// open opens a session on testdata/programs/NAME (a path there, with .wasm).
func open(t testing.TB, name string, change func(*Config)) (*Session, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	cfg := Config{
		Program: programPath(t, name),
		Stdout:  &out,
		Stderr:  &out,
		Compile: compileOnce(name),
	}
	if change != nil {
		change(&cfg)
	}
	s, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, &out
}

// TestGoldenSessions runs the sessions in testdata. A session is a text: the first line names the program and its
// arguments, then each command stands in a line of its own, and what it
// answered behind it, indented. Commands:
//
//	break PLACE [if EXPR] [hit COND]   PLACE is FILE:LINE or a function
//	log PLACE MESSAGE
//	continue, next, step, until, out, stepi, nexti, restart
//	into NAME                          steps into one call of the statement
//	next*N                             N times
//	bt                                 the stack down to main
//	trace                              the stack as it is written for a trap, down to main
//	text                               the line of the module's own text, for a frame without another
//	print EXPR
//	output                             what the program has written since
func TestGoldenSessions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.session")
	if err != nil || len(files) == 0 {
		t.Fatal("no sessions", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".session"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := playSession(t, string(want))
			if got == string(want) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
			for i := range w {
				if i >= len(g) || w[i] != g[i] {
					t.Fatalf("line %d:\n got %s\nwant %s\n\nwhole session:\n%s", i+1, at(g, i), w[i], got)
				}
			}
			t.Fatalf("more lines than expected:\n%s", got)
		})
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// playSession runs the commands of a session and returns it with the answers they give.
func playSession(t *testing.T, text string, more ...func(*Config)) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	head := strings.Fields(lines[0])
	var logged []string
	s, out := open(t, head[0], func(c *Config) {
		c.Args = head[1:]
		for _, change := range more {
			change(c)
		}
		c.Events = func(e Event) {
			if l, ok := e.(*LogOutput); ok {
				logged = append(logged, "log: "+l.Text)
			}
		}
	})
	var b strings.Builder
	b.WriteString(lines[0] + "\n")
	answer := func(format string, args ...any) { fmt.Fprintf(&b, "    "+format+"\n", args...) }
	for _, line := range lines[1:] {
		if strings.HasPrefix(line, "    ") {
			continue
		}
		b.WriteString(line + "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		times := 1
		if n, count, ok := strings.Cut(name, "*"); ok {
			name = n
			times, _ = strconv.Atoi(count)
		}
		run := map[string]func() (*Stop, error){
			"continue": s.Continue, "next": s.StepOver, "step": s.StepIn, "until": s.StepUntil,
			"into":  func() (*Stop, error) { return s.StepInto(rest) },
			"out":   func() (*Stop, error) { return s.StepOut(0) },
			"stepi": func() (*Stop, error) { return s.StepInstruction(false) },
			"nexti": func() (*Stop, error) { return s.StepInstruction(true) },
		}[name]
		if run != nil {
			for range times {
				logged = nil
				stop, err := run()
				for _, l := range logged {
					answer("%s", l)
				}
				if err != nil {
					answer("error: %v", err)
					break
				}
				answer("%s", stopLine(stop))
				if stop.Exited() {
					break
				}
			}
			continue
		}
		switch name {
		case "break", "log":
			spec := parsePlace(rest)
			if name == "log" {
				place, message, _ := strings.Cut(rest, " ")
				spec = parsePlace(place)
				spec.LogMessage = message
			}
			bp, err := s.SetBreakpoint(spec)
			if err != nil {
				answer("error: %v", err)
				break
			}
			for _, p := range bp.Places {
				answer("%d at %s in %s", bp.ID, where(p.File, p.Line), p.Function)
			}
			if bp.Message != "" {
				answer("%d: %s", bp.ID, bp.Message)
			}
		case "bt":
			frames, _, err := s.Frames(0, 100)
			if err != nil {
				answer("error: %v", err)
			}
			for _, f := range frames {
				answer("%s", frameLine(f))
				if f.Short == "main" {
					break // what lies below is the language's runtime
				}
			}
		case "trace":
			var text bytes.Buffer
			if err := s.WriteTrapBacktrace(&text, 12); err != nil {
				answer("error: %v", err)
			}
			for _, l := range strings.Split(strings.TrimRight(text.String(), "\n"), "\n") {
				answer("%s", l)
				if strings.Contains(l, " main::main at ") || strings.Contains(l, " main at ") {
					break
				}
			}
		case "text":
			answer("%s", textLine(t, s))
		case "print":
			if v, err := s.Eval(0, rest); err != nil {
				answer("error: %v", err)
			} else {
				answer("%s", v)
			}
		case "output":
			for _, l := range strings.Split(strings.TrimRight(out.String(), "\n"), "\n") {
				answer("%s", l)
			}
			out.Reset()
		case "restart":
			out.Reset()
			if err := s.Restart(nil); err != nil {
				answer("error: %v", err)
			}
		default:
			t.Fatalf("no command %q", name)
		}
	}
	return b.String()
}

func parsePlace(text string) BreakpointSpec {
	var spec BreakpointSpec
	text, spec.HitCondition, _ = strings.Cut(text, " hit ")
	text, spec.Condition, _ = strings.Cut(text, " if ")
	if i := strings.LastIndex(text, ":"); i > 0 && text[i-1] != ':' {
		if n, err := strconv.Atoi(text[i+1:]); err == nil {
			spec.File, spec.Line = text[:i], n
			return spec
		}
	}
	spec.Function = text
	return spec
}

func where(file string, line int) string { return fmt.Sprintf("%s:%d", path.Base(file), line) }

// stopLine renders a stop: its place, then its reasons unless it is a plain step.
func stopLine(s *Stop) string {
	if s.Frame == nil {
		return s.String()
	}
	if len(s.Reasons) == 1 && s.Has(ReasonStep) {
		return frameLine(s.Frame)
	}
	return frameLine(s.Frame) + " [" + s.String() + "]"
}

// textLine renders the line of the module's own text where the program stands.
func textLine(t *testing.T, s *Session) string {
	f, err := s.Frame(0)
	if err != nil {
		t.Fatal(err)
	}
	file, line, ok := s.FrameText(f)
	lines, first, _, err := s.SourcePart(file, line, line)
	if !ok || err != nil || first != line || len(lines) != 1 {
		t.Fatalf("%s has no text: %v, %q, %v", f, ok, lines, err)
	}
	return where(file, line) + " " + strings.TrimSpace(lines[0])
}

func frameLine(f *Frame) string {
	text := f.Function
	if f.HasSource() {
		text = where(f.File, f.Line) + " " + text
	}
	if f.Inlined {
		text += " (inlined)"
	}
	return text
}
