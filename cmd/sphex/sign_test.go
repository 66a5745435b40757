package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sphex/internal/testneeds"
)

// somebodyElse makes what is run from here on another user's, who has no key of the one before.
func somebodyElse(t *testing.T) (config string) {
	t.Helper()
	config = t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	return config
}

// TestSign compiles and signs a program; another user runs it only with the right key, and only as it was signed.
func TestSign(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	want := func(stdin, args string, status int, words string) {
		t.Helper()
		got := run1(t, stdin, strings.Fields(strings.ReplaceAll(args, "@", dir+"/"))...)
		if got.status != status || !strings.Contains(got.stdout+got.stderr, words) {
			t.Errorf("%s: status %d, want %d with %q\n%s%s", args, got.status, status, words, got.stdout, got.stderr)
		}
	}
	const program = programs + "c_steps/c_steps-O0.wasm"
	printed := expected(t, "c_steps")
	want("", "keygen -W @one", 0, "")
	want("", "keygen -W @two", 0, "")
	want("", "keygen -W @one", 1, "file exists")
	want("a\nb\n", "keygen @three", 1, "the passwords differ")
	want("", "compile --sign @one.key -o @app.elf "+program, 0, "")
	want("", "compile --sign @one.pub -o @x.elf "+program, 1, "--sign "+at("one.pub")+": this is no secret key")
	if _, err := os.Stat(at("x.elf")); err == nil {
		t.Error("an object was written that nobody signed")
	}
	if st, err := os.Stat(at("one.key")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the secret key: %v, %v", st.Mode(), err)
	}
	want("", "run @app.elf", 0, printed) // it was made here

	config := somebodyElse(t)
	want("", "run @app.elf", 1, "it was signed with the key ")
	want("", "run --verify-key @one.pub @app.elf", 0, printed)
	want("", "debug --verify-key @one.pub -c continue -c exit @app.elf", 0, printed)
	want("", "run --verify-key @two.pub @app.elf", 1, "it was signed with the key ")
	want("", "run --verify-key @two.pub --verify-key @one.pub --no-cache @app.elf", 0, printed)
	want("", "run --verify-key @none.pub @app.elf", 1, "--verify-key "+at("none.pub")+": ")
	want("", "run --verify-key @one.pub "+program, 1, "there is no "+program+".minisig")

	b, err := os.ReadFile(at("app.elf"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(at(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("bare.elf", b)
	want("", "run @bare.elf", 1, "have it signed by somebody whose key you trust (--verify-key)")
	for _, i := range []int{0, 18, 0x1000, len(b) / 2, len(b) - 1} {
		bad := bytes.Clone(b)
		bad[i] ^= 4
		write("app.elf", bad)
		want("", "run --verify-key @one.pub @app.elf", 1, "the file or the signature was changed")
	}
	write("app.elf", b)

	// A key in the folder of those that are trusted is enough for an object, and needed no more for a module.
	trusted := filepath.Join(config, "sphex", "trusted")
	if err := os.MkdirAll(trusted, 0o700); err != nil {
		t.Fatal(err)
	}
	pub, err := os.ReadFile(at("one.pub"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(trusted, "one.pub"), pub, 0o600); err != nil {
		t.Fatal(err)
	}
	want("", "run @app.elf", 0, printed)
	want("", "run "+program, 0, printed)
	want("", "run --verify-key "+strings.Split(string(pub), "\n")[1]+" @app.elf", 0, printed)
}

// TestSignMinisign has minisign, of which all of this is, verify what we signed, and runs what it signed.
func TestSignMinisign(t *testing.T) {
	minisign := testneeds.Tool(t, "minisign")
	dir := t.TempDir()
	judge := func(args ...string) {
		t.Helper()
		cmd := exec.Command(minisign, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("minisign %v: %v\n%s", args, err, out)
		}
	}
	judge("-G", "-W", "-p", "theirs.pub", "-s", "theirs.key")
	elf := filepath.Join(dir, "app.elf")
	if got := run1(t, "", "compile", "--sign", filepath.Join(dir, "theirs.key"), programs+"c_steps/c_steps-O0.wasm", "-o", elf); got.status != 0 {
		t.Fatal(got.stderr)
	}
	judge("-V", "-H", "-p", "theirs.pub", "-m", "app.elf")
	if got := run1(t, "", "keygen", "-W", filepath.Join(dir, "ours")); got.status != 0 {
		t.Fatal(got.stderr)
	}
	judge("-S", "-s", "ours.key", "-m", "app.elf")
	somebodyElse(t)
	got := run1(t, "", "run", "--verify-key", filepath.Join(dir, "ours.pub"), elf)
	if got.status != 0 || got.stdout != expected(t, "c_steps") {
		t.Errorf("status %d, %s%s", got.status, got.stdout, got.stderr)
	}
	// A module, too, may be signed: then it is what was signed that is compiled.
	module, err := os.ReadFile(programs + "c_steps/c_steps-O0.wasm")
	if err != nil {
		t.Fatal(err)
	}
	wasm := filepath.Join(dir, "app.wasm")
	if err := os.WriteFile(wasm, module, 0o600); err != nil {
		t.Fatal(err)
	}
	judge("-S", "-s", "theirs.key", "-m", "app.wasm")
	for _, key := range []string{"theirs", "ours"} {
		got := run1(t, "", "run", "--verify-key", filepath.Join(dir, key+".pub"), wasm)
		if ok := got.status == 0 && got.stdout == expected(t, "c_steps"); ok != (key == "theirs") {
			t.Errorf("with the key of %s: status %d, %s", key, got.status, got.stderr)
		}
	}
}
