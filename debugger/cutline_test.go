package debugger

import "testing"

func TestCutLine(t *testing.T) {
	for _, r := range []struct {
		text, file string
		line       int
		ok         bool
	}{
		{"main.rs:12", "main.rs", 12, true},
		{"src/main.rs:12:5", "src/main.rs", 12, true},
		{"main::run", "", 0, false},
		{"a::b:12", "a::b", 12, true},
		{"main.rs:", "", 0, false},
		{":12", "", 0, false},
	} {
		file, line, ok := CutLine(r.text)
		if file != r.file || line != r.line || ok != r.ok {
			t.Errorf("%q: %q %d %v", r.text, file, line, ok)
		}
	}
}
