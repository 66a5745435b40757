package debugger

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// write makes a file with the folders that it is in.
func writeFile(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestToolchainSources finds the library's sources of the toolchain that has compiled them, or else of another, and
// those of crates in this user's registry.
func TestToolchainSources(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the compilers of this test are shell scripts")
	}
	dir := t.TempDir()
	compiler := func(name, commit string, sources bool) string {
		root := filepath.Join(dir, "rustup", "toolchains", name)
		if sources {
			writeFile(t, filepath.Join(root, "lib/rustlib/src/rust/library/core/src/option.rs"), "// "+name)
		}
		script := "#!/bin/sh\ncase $1 in --print) echo " + root + ";; *) printf 'rustc 1.0\\nbinary: rustc\\ncommit-hash: " + commit + "\\n';; esac\n"
		return writeFile(t, filepath.Join(root, "bin", "rustc"), script)
	}
	first := compiler("a", "aaaa", true)
	compiler("b", "bbbb", true)
	compiler("c", "cccc", false)
	if err := exec.Command(first, "-vV").Run(); err != nil {
		t.Fatalf("a script does not run here: %v", err)
	}
	crate := writeFile(t, filepath.Join(dir, "cargo/registry/src/index.crates.io-0000/serde-1.0.1/src/lib.rs"), "")
	t.Setenv("RUSTUP_HOME", filepath.Join(dir, "rustup"))
	t.Setenv("CARGO_HOME", filepath.Join(dir, "cargo"))
	t.Setenv("PATH", "")
	option := func(name string) string {
		return filepath.Join(dir, "rustup/toolchains", name, "lib/rustlib/src/rust/library/core/src/option.rs")
	}
	s := newSourceFinder(&Config{Program: filepath.Join(dir, "x.wasm")})
	for file, want := range map[string]string{
		"/rustc/bbbb/library/core/src/option.rs":                                    option("b"),
		"/rustc/aaaa/library/core/src/option.rs":                                    option("a"),
		"/rustc/cccc/library/core/src/option.rs":                                    option("a"), // it has none itself
		`/rustc/bbbb\library\core\src\option.rs`:                                    option("b"),
		"/rustc/bbbb/library/core/src/none.rs":                                      "",
		"/rustc/bbbb/../../../../../../etc/passwd":                                  "",
		"/home/other/.cargo/registry/src/github.com-1111/serde-1.0.1/src/lib.rs":    crate,
		"/home/other/.cargo/registry/src/github.com-1111/../../../../../etc/passwd": "",
	} {
		if got, _ := s.find(file); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}
