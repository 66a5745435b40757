package aot

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sphex/aot/minisign"
)

// A file that was signed is read only as it was signed, by whoever has the right key: any other byte is noticed, in
// the debug information as in the code.
func TestSigned(t *testing.T) {
	module, err := os.ReadFile("../testdata/programs/c_steps/c_steps-O0.wasm")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Compile(module, Options{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "app.elf")
	if err := WriteSealed(path, Key{1}, f); err != nil {
		t.Fatal(err)
	}
	secret, other := minisign.Generate(), minisign.Generate()
	keys := []minisign.PublicKey{other.Public(), secret.Public()}
	if _, err := ReadSigned(path, keys); !errors.Is(err, ErrSignature) || !strings.Contains(err.Error(), "there is no ") {
		t.Errorf("without a signature: %v", err)
	}
	if err := Sign(path, secret); err != nil {
		t.Fatal(err)
	}
	whole, err := ReadSigned(path, keys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSigned(path, keys[:1]); !errors.Is(err, ErrSignature) || !strings.Contains(err.Error(), "the key "+keys[1].ID()) {
		t.Errorf("with another key: %v", err)
	}
	if _, err := ReadSigned(path, nil); !errors.Is(err, ErrSignature) {
		t.Errorf("without a key: %v", err)
	}
	changed := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSigned(path, keys); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: the signature still fits: %v", name, err)
		}
		if _, err := (Key{1}).Open(b); !errors.Is(err, ErrSeal) {
			t.Errorf("%s: the seal still fits: %v", name, err)
		}
	}
	// Sealed behind its debug information, an object that is no file of the cache's is protected whole.
	const samples = 300
	for i := range samples {
		at := i * (len(whole) - 1) / (samples - 1)
		b := bytes.Clone(whole)
		b[at] ^= 1 << (i % 8)
		changed("a bit flipped", b)
	}
	changed("one byte less", whole[:len(whole)-1])
	changed("one byte more", append(bytes.Clone(whole), 0))
	changed("empty", nil)
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSigned(path, keys); err != nil {
		t.Error(err)
	}
	if _, err := (Key{1}).Open(whole); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(SignatureOf(path), bytes.Repeat([]byte("untrusted comment: "), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSigned(path, keys); !errors.Is(err, ErrSignature) {
		t.Errorf("an endless signature: %v", err)
	}
}
