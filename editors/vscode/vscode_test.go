// Package vscode holds the tests of the extension for VS Code, which is written in TypeScript.
package vscode

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sphex/dap"
)

var update = flag.Bool("update", false, "rewrite package.json's schema of launch configurations")

// need skips a test whose tools or packages are not installed; in CI, it fails.
func need(t *testing.T, how string, files ...string) {
	t.Helper()
	for _, f := range files {
		_, err := os.Stat(f)
		if filepath.Base(f) == f {
			_, err = exec.LookPath(f)
		}
		if err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing", f)
		}
		t.Skipf("%s is missing: %s", f, how)
	}
}

func run(t *testing.T, dir string, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// TestUnits runs the tests of the parts that need no VS Code.
func TestUnits(t *testing.T) {
	need(t, "install Node.js and run npm ci in editors/vscode", "node", "node_modules/typescript/package.json")
	run(t, ".", nil, "npm", "run", "-s", "test")
}

// TestSession packs the extension, and a real VS Code installs it and debugs examples/shop.
func TestSession(t *testing.T) {
	if testing.Short() {
		t.Skip("not in short mode")
	}
	need(t, "run npm ci in editors/vscode and editors/vscode/e2e/install.sh", "node", "node_modules/@vscode/vsce/package.json", "e2e/node_modules/playwright-core/package.json",
		"e2e/node_modules/code-server/lib/vscode/node_modules/@vscode/spdlog/build/Release")
	need(t, "apt-get install chromium", "chromium")
	cargo, rustc := rust(t)
	tmp := t.TempDir()
	sphex := filepath.Join(tmp, "sphex")
	run(t, ".", []string{"CGO_ENABLED=0"}, "go", "build", "-o", sphex, "../../cmd/sphex")
	run(t, ".", nil, "npm", "run", "-s", "package")
	env := []string{"SPHEX=" + sphex, "CARGO=" + cargo, "RUSTC=" + rustc}
	if end, ok := t.Deadline(); ok { // it ends before, and tells why
		env = append(env, fmt.Sprintf("MILLISECONDS=%d", time.Until(end.Add(-20*time.Second)).Milliseconds()))
	}
	run(t, "e2e", env, "node", "--test", "shop.test.mjs")
}

// rust finds a cargo with a rustc that has the library for WASI, under its name of now or before.
func rust(t *testing.T) (cargo, rustc string) {
	t.Helper()
	var compilers []string
	for _, c := range []string{os.Getenv("RUSTC"), "rustc", "/usr/bin/rustc"} {
		if p, err := exec.LookPath(c); err == nil {
			compilers = append(compilers, p)
		}
	}
	for _, rustc := range compilers {
		root, err := exec.Command(rustc, "--print", "sysroot").Output()
		if err != nil {
			continue
		}
		for _, target := range []string{"wasm32-wasip1", "wasm32-wasi"} {
			if _, err := os.Stat(filepath.Join(strings.TrimSpace(string(root)), "lib/rustlib", target, "lib")); err != nil {
				continue
			}
			for _, c := range []string{filepath.Join(filepath.Dir(rustc), "cargo"), "cargo"} {
				if cargo, err := exec.LookPath(c); err == nil {
					return cargo, rustc
				}
			}
		}
	}
	need(t, "apt-get install cargo libstd-rust-dev-wasm32, or rustup target add wasm32-wasip1", "cargo and rustc with WASI")
	return "", ""
}

// The words of launch configurations are the adapter's, and "cargo", which only the extension understands.
func TestSchema(t *testing.T) {
	const file, key = "package.json", `"configurationAttributes": `
	manifest, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := bytes.Cut(manifest, []byte(key))
	if !ok {
		t.Fatalf("%s has no %s", file, key)
	}
	var old map[string]struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	in := json.NewDecoder(bytes.NewReader(rest))
	if err := in.Decode(&old); err != nil {
		t.Fatal(err)
	}
	schema := dap.Schema()
	for _, request := range schema {
		delete(request.(map[string]any), "required") // "cargo" finds the program
	}
	launch := schema["launch"].(map[string]any)["properties"].(map[string]any)
	if _, ok := launch["cargo"]; ok {
		t.Fatal("the adapter has a word that the extension keeps to itself: cargo")
	}
	launch["cargo"] = old["launch"].Properties["cargo"]
	want, err := json.MarshalIndent(schema, "        ", "  ")
	if err != nil {
		t.Fatal(err)
	}
	start := len(manifest) - len(rest)
	end := start + int(in.InputOffset())
	if bytes.Equal(manifest[start:end], want) {
		return
	}
	if !*update {
		t.Fatalf("%s describes other words than the adapter has: go test ./editors/vscode -run Schema -update", file)
	}
	if err := os.WriteFile(file, slices.Concat(manifest[:start], want, manifest[end:]), 0o644); err != nil {
		t.Fatal(err)
	}
}
