package info

import (
	"bytes"
	"testing"
)

// TestLongStrings asks at which places of a section no string may start.
func TestLongStrings(t *testing.T) {
	const long = 50_000
	section := append([]byte("a\x00main\x00"), bytes.Repeat([]byte{'x'}, long)...)
	start := uint64(len("a\x00main\x00"))
	end := uint64(len(section)) // of the string: its zero byte
	section = append(section, "\x00short\x00"...)
	section = append(section, bytes.Repeat([]byte("name\x00"), 10_000)...)
	l := findLongStrings(section)
	for _, c := range []struct {
		off    uint64
		within bool
	}{
		{0, false}, {2, false}, {4, false}, {start, false}, {start + 1, true}, {start + long/2, true},
		{end - maxTail - 1, true}, {end - maxTail, false}, {end, false}, {end + 1, false}, {uint64(len(section)) - 3, false}, {1 << 40, false},
	} {
		if got := l.within(c.off); got != c.within {
			t.Errorf("0x%x: %t", c.off, got)
		}
	}
	if l := findLongStrings(bytes.Repeat([]byte("name\x00"), 10_000)); l != nil {
		t.Errorf("short strings: %v", l)
	}
	if l := findLongStrings(bytes.Repeat([]byte{'x'}, long)); len(l) != 1 || !l.within(1) || l.within(0) {
		t.Errorf("no end: %v", l)
	}
}
