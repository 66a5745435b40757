package dap

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"sphex/debugger"
)

// What a configuration says about imports comes to the session, with paths that start at its folder.
func TestLinked(t *testing.T) {
	a, warnings, err := parseArguments(json.RawMessage(`{"program": "main.wasm", "cwd": "/app", "preload": ["lib=lib.wasm"], "stubImports": "zero", "allowImports": ["lib.*"]}`), false)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	var cfg debugger.Config
	if err := linked(a, &cfg); err != nil {
		t.Fatal(err)
	}
	if len(cfg.Preloads) != 1 || cfg.Preloads[0] != (debugger.Preload{Name: "lib", Path: filepath.Join("/app", "lib.wasm")}) || cfg.StubImports != debugger.StubZero {
		t.Errorf("%+v", cfg)
	}
	if !cfg.Imports.Allows("lib", "x") || cfg.Imports.Allows("env", "x") {
		t.Error("another policy")
	}
	for _, bad := range []string{`{"preload": ["lib"]}`, `{"stubImports": "often"}`, `{"allowImports": ["all"]}`} {
		a, _, err := parseArguments(json.RawMessage(bad), false)
		if err != nil {
			t.Fatal(err)
		}
		word := strings.Split(bad, `"`)[1]
		if err := linked(a, &debugger.Config{}); err == nil || !strings.HasPrefix(err.Error(), word+": ") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
