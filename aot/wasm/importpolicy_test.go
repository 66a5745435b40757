package wasm

import (
	"strings"
	"testing"
)

func TestImportPolicy(t *testing.T) {
	for _, r := range []struct {
		patterns     string // of a file
		module, name string
		want         bool
	}{
		{"", "env", "f", false},
		{"env.f", "env", "f", true},
		{"env.f", "env", "ff", false},
		{"env.f", "en", "v.f", false},
		{"env.*", "env", "", true},
		{"env.*", "env", "a.b", true},
		{"env.*", "env.a", "b", false}, // the first dot of a pattern parts it, and names are not joined
		{"*.f", "any.thing", "f", true},
		{"*.*", "x", "y", true},
		{"e*v.f*g*h", "env", "fghggh", true},
		{"e*v.f*g*h", "env", "fh", false},
		{"e*e.f", "e", "f", false}, // the two ends may not overlap
		{`a\.b.c`, "a.b", "c", true},
		{`a\.b.c`, "a", "b.c", false},
		{`a.\*`, "a", "*", true},
		{`a.\*`, "a", "x", false},
		{"# nothing\n\n  env.g # one\nenv.f", "env", "f", true},
		{"wasi_snapshot_preview1.fd_*", "wasi_snapshot_preview1", "path_open", false},
	} {
		p := &ImportPolicy{}
		if err := p.Read(strings.NewReader(r.patterns)); err != nil {
			t.Errorf("%q: %v", r.patterns, err)
			continue
		}
		if got := p.Allows(r.module, r.name); got != r.want {
			t.Errorf("%q allows %s, %s: %v", r.patterns, r.module, r.name, got)
		}
	}
	for _, bad := range []string{"env", "env.", `env\.f`, `env.f\`, `a\`} {
		if err := new(ImportPolicy).Allow(bad); err == nil {
			t.Errorf("%q is taken for a pattern", bad)
		}
	}
	var none *ImportPolicy
	if !none.Allows("a", "b") || none.Check(&Module{Imports: []Import{{Module: "a", Name: "b"}}}) != nil {
		t.Error("without a policy an import is refused")
	}
}

// What is refused is named by patterns that would allow it.
func TestRefusedPatterns(t *testing.T) {
	m := &Module{Imports: []Import{{Module: "a.b", Name: "c*"}, {Module: "env", Name: "f"}, {Module: `x\`, Name: "y.z"}}}
	p := &ImportPolicy{}
	if err := p.Allow("env.f"); err != nil {
		t.Fatal(err)
	}
	err := p.Check(m)
	refused, ok := err.(*ImportRefused)
	if !ok || len(refused.Patterns) != 2 {
		t.Fatalf("refused: %v", err)
	}
	for _, pattern := range refused.Patterns {
		if err := p.Allow(pattern); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Check(m); err != nil {
		t.Error(err)
	}
}
