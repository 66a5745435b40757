package dwarf

import "testing"

// TestPrintableText holds the quick look at eight bytes at a time to what each byte alone says.
func TestPrintableText(t *testing.T) {
	for size := range 20 {
		for at := range size {
			for c := range 256 {
				b := make([]byte, size)
				for i := range b {
					b[i] = " ~aZ"[i%4]
				}
				b[at] = byte(c)
				name := string(b)
				want := name
				if c < ' ' || c > '~' {
					want = name[:at] + "\uFFFD" + name[at+1:]
				}
				if got := PrintableText(name); got != want {
					t.Fatalf("%q: %q, want %q", name, got, want)
				}
				if got := Printable(b); got != want {
					t.Fatalf("%q as bytes: %q, want %q", name, got, want)
				}
			}
		}
	}
	for _, name := range []string{"", "größe", "日本語の名前", "a\u202ename"} {
		want := name
		if name == "a\u202ename" {
			want = "a\uFFFDname"
		}
		if got := PrintableText(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
