package debugger
import ("testing";"fmt";"time")
func TestDbg(t *testing.T) {
	for _, n := range []string{"rs_types/rs_types-debug.wasm","rs_types/rs_types-release-dw5.wasm","cpp_stl/cpp_stl-O0-dw4.wasm"} {
	s, _ := open(t, n, func(c *Config){c.StopOnEntry=true})
	stop, err := s.Continue()
	var worst, total time.Duration; where := ""
	i := 0
	for ; i < 300 && err == nil && !stop.Exited() && stop.Trap()==nil; i++ {
		at := stopLine(stop)
		t0 := time.Now(); stop, err = s.StepIn(); d := time.Since(t0)
		total += d
		if d > worst { worst = d; where = at }
	}
	fmt.Println(n, i, "steps", total, "worst", worst, where, stop)
	}
}
