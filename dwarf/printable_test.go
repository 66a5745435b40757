package dwarf

import "testing"

func TestPrintable(t *testing.T) {
	for name, want := range map[string]string{
		"":                        "",
		"core::fmt::Debug<&'a T>": "core::fmt::Debug<&'a T>",
		"größe_длина_長さ🦀":         "größe_длина_長さ🦀",
		"a\x1b[2Jb\x07\r\n\t":     "a\ufffd[2Jb\ufffd\ufffd\ufffd\ufffd",
		"a\x7f\u009b31m":          "a\ufffd\ufffd31m",
		"a\xff\xc3":               "a\ufffd\ufffd",
		"if (a\u202e)}\u2066":     "if (a\ufffd)}\ufffd",
	} {
		if got := Printable([]byte(name)); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
