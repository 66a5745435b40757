package debugger

import (
	"fmt"
	"testing"
)

func TestNatvisTry(t *testing.T) {
	for _, level := range []string{"O0","O2"} {
		s, _ := open(t, "natvis/natvis-"+level+".wasm", func(c *Config) { c.Natvis = []string{"../testdata/programs/natvis/shapes.natvis"} })
		mustBreak(t, s, BreakpointSpec{Function: "stop"})
		mustStop(t, s.Continue)
		vs, err := s.Locals(1)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vs {
			fmt.Println(v.Name, "=", v.String())
		}
		for _, u := range s.Natvis().Uses {
			if u.Err != nil {
				fmt.Println("!", u.Type, u.Err)
			}
		}
		fmt.Println(s.Notes(), len(s.Natvis().Files))
	}
}
