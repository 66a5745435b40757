package debugger
import ("testing";"os";"path/filepath";"strings")
func TestScratch(t *testing.T) {
	files, _ := filepath.Glob(os.Getenv("SCRATCH"))
	for _, f := range files { t.Run(f, func(t *testing.T){
		s, _ := open(t, "x", func(c *Config) { c.Program = f; c.Compile = nil })
		mustBreak(t, s, BreakpointSpec{Function: "stop"})
		rows := cRows
		if strings.Contains(f,"layouts") { rows = cppLayoutRows }
		at := 0
		for _, r := range rows {
			for ; at < r.stop; at++ { mustStop(t, s.Continue) }
			v, err := s.Eval(1, r.expr)
			if err != nil { t.Errorf("%s: %v", r.expr, err); continue }
			got := v.String()
			if open := strings.HasSuffix(r.want, "0x"); got != r.want && !(open && strings.HasPrefix(got, r.want)) { t.Errorf("%s: %s is %s, want %s", r.what, r.expr, got, r.want) }
			if name := v.TypeName(false); r.typ != "" && name != r.typ { t.Errorf("%s: %s is a %s, want %s", r.what, r.expr, name, r.typ) }
		}
	})}
}
