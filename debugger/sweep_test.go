package debugger
import ("testing";"path/filepath";"os";"fmt";"strings";"time";"bytes";"context")
func TestSweep(t *testing.T) {
	pat := os.Getenv("SWEEP")
	files, _ := filepath.Glob("/work/shared/corpus/"+pat)
	for _, f := range files {
		name := filepath.Base(f)
		var in *os.File
		if b, err := os.Open(filepath.Join(filepath.Dir(f), "stdin.txt")); err == nil { in = b }
		run := func(step bool) (string, int, string) {
			var out bytes.Buffer
			cfg := Config{Program: f, Stdout: &out, Stderr: &out, Dirs: []Dir{{Host: t.TempDir(), Guest: "/"}}, StopOnEntry: step}
			if in != nil { in.Seek(0,0); cfg.Stdin = in }
			start := time.Now()
			s, err := Open(context.Background(), cfg)
			if err != nil { return "", -1, "open: "+err.Error() }
			defer s.Close()
			opened := time.Since(start)
			stop, err := s.Continue()
			if err != nil { return "", -1, err.Error() }
			note := fmt.Sprintf("open %v", opened.Round(time.Millisecond))
			if step {
				note += " " + stopLine(stop)
				nl, unread := 0, 0
				for i := 0; i < 150 && !stop.Exited() && stop.Trap() == nil; i++ {
					vs, err := s.Locals(0)
					if err != nil { note += " locals: "+err.Error() }
					as, _ := s.Arguments(0)
					for _, v := range append(vs, as...) { nl++; _ = v.String(); if v.Unreadable != nil { unread++ } }
					s.Frames(0, 30)
					if i % 3 == 2 { stop, err = s.StepIn() } else { stop, err = s.StepOver() }
					if err != nil { note += err.Error(); break }
				}
				note += fmt.Sprintf(" vars %d unreadable %d", nl, unread)
			}
			for !stop.Exited() { note += " ["+stop.String()+"]"; stop, err = s.Continue(); if err != nil { return out.String(), -2, err.Error() } }
			return out.String(), stop.ExitCode, note + fmt.Sprintf(" %v total %v", stop.Err, time.Since(start).Round(time.Millisecond))
		}
		o1, c1, n1 := run(false)
		o2, c2, n2 := run(true)
		verdict := "ok"
		if o1 != o2 || c1 != c2 { verdict = "DIFFERENT" }
		exp, _ := os.ReadFile(filepath.Join(filepath.Dir(f), "expected.txt"))
		if !strings.Contains(string(exp), strings.TrimSpace(o1)) { verdict += " not-as-expected" }
		fmt.Printf("%-34s %s %d %s | %s\n", name, verdict, c1, n1, n2)
	}
}
