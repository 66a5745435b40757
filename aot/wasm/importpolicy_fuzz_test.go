package wasm

import (
	"regexp"
	"strings"
	"testing"
)

// FuzzImportPolicy compares what a pattern allows with a regular expression of the same meaning.
func FuzzImportPolicy(f *testing.F) {
	f.Add("env.*", "env", "memory")
	f.Add(`wasi:io/streams@0\.2\.0.*`, "wasi:io/streams@0.2.0", "read")
	f.Add("*a*b*.c**d", "xaxbx", "cd")
	f.Add(`\`, "", "")
	f.Fuzz(func(t *testing.T, pattern, module, name string) {
		p := &ImportPolicy{}
		if p.Allow(pattern) != nil {
			return
		}
		parts, plain := []string{""}, []rune(pattern)
		for i := 0; i < len(plain); i++ {
			last := &parts[len(parts)-1]
			switch {
			case plain[i] == '\\':
				i++
				*last += regexp.QuoteMeta(string(plain[i]))
			case plain[i] == '*':
				*last += ".*"
			case plain[i] == '.' && len(parts) == 1:
				parts = append(parts, "")
			default:
				*last += regexp.QuoteMeta(string(plain[i]))
			}
		}
		if strings.ToValidUTF8(pattern+module+name, "") != pattern+module+name { // the expression knows characters only
			return
		}
		want := len(parts) == 2
		for i, text := range []string{module, name} {
			want = want && regexp.MustCompile(`(?s)\A(?:`+parts[i]+`)\z`).MatchString(text)
		}
		if got := p.Allows(module, name); got != want {
			t.Errorf("%q allows %q %q: %v", pattern, module, name, got)
		}
	})
}
