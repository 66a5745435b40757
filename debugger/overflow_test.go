package debugger

import (
	"strconv"
	"testing"
)

// TestOverflownStack stops where the program's stack has gone below address 0: its pointer is near
// 2^32, and the new frame's variables are beyond that, where there is nothing.
func TestOverflownStack(t *testing.T) {
	s, _ := open(t, "c_trap/c_trap-O0-dw5.wasm", func(c *Config) { c.Args = []string{"stack"} })
	if f := mustStop(t, s.Continue).Frame; f.Function != "deep" {
		t.Fatalf("it stops in %v", f)
	}
	frames, _, err := s.Frames(0, 100)
	if err != nil {
		t.Fatal(err)
	}
	deep := 0 // frames of deep: its parameter counts them from 0
	for deep < len(frames) && frames[deep].Function == "deep" {
		deep++
	}
	if deep < 10 {
		t.Fatalf("%d frames of deep", deep)
	}
	// The frame of the call that traps: its pointer is 368 bytes below 0, depth 4108 above that.
	if v, err := s.Eval(0, "depth"); err != nil || v.Err() == nil || v.String() != "<4 bytes at 0x100000e9c are outside of linear memory (size 0x20000)>" {
		t.Errorf("depth where it traps: %v, %v", v, err)
	}
	for _, level := range []int{1, deep - 1} {
		if v, err := s.Eval(level, "depth"); err != nil || v.String() != strconv.Itoa(deep-1-level) {
			t.Errorf("depth at level %d is %v, %v; want %d", level, v, err, deep-1-level)
		}
	}
}
