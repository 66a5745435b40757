package value

import "testing"

func TestMicrosoftNames(t *testing.T) {
	for _, r := range []struct{ rust, microsoft string }{
		{"&str", "ref$<str$>"},
		{"&mut [u8]", "ref_mut$<slice2$<u8>>"},
		{"(u8, (u16, &str))", "tuple$<u8,tuple$<u16,ref$<str$>>>"},
		{"[(u8, u16); 4]", "array$<tuple$<u8,u16>,4>"},
		{"alloc::vec::Vec<&main::Point>", "alloc::vec::Vec<ref$<main::Point>>"},
		{"*const u8", "ptr_const$<u8>"},
	} {
		if got := microsoftName(r.rust, 0); got != r.microsoft {
			t.Errorf("%s is %s, want %s", r.rust, got, r.microsoft)
		}
		if got := rustName(r.microsoft, 0); got != r.rust {
			t.Errorf("%s is %s, want %s", r.microsoft, got, r.rust)
		}
	}
	for expr, want := range map[string]string{
		"(tuple$<u8, u16>*)p":           "('(u8, u16)'*)p",
		"sizeof(enum2$<a::B>) + x[1]":   "sizeof('a::B') + x[1]",
		"a::tuple < b":                  "a::tuple < b",
		"((tuple$<char,int>*)ctrl)[-1]": "(('(char, int)'*)ctrl)[-1]",
	} {
		if got := rustTypes(expr); got != want {
			t.Errorf("%s becomes %s, want %s", expr, got, want)
		}
	}
}
