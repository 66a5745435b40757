package minisign

import (
	"strings"
	"testing"
)

// FuzzTexts reads anything as keys and as a signature. Nothing but minisign's own line is a signature of the file.
func FuzzTexts(f *testing.F) {
	for _, text := range []string{bareKey, publicKey, withComment, legacy, "", "\n\n\n\n", strings.Repeat("A", 80)} {
		f.Add(text)
	}
	public, err := ParsePublicKey(publicKey)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := ParsePublicKey(text); err == nil {
			if again, err := ParsePublicKey(k.Text()); err != nil || again.Base64() != k.Base64() {
				t.Errorf("the public key %s was not read again: %v", k.Text(), err)
			}
		}
		if k, err := ParseSecretKey(text, noPassword); err == nil {
			k.Public()
		}
		s, err := ParseSignature(text)
		if err != nil || public.Verify([]byte("hello\n"), s) != nil {
			return
		}
		for _, own := range []string{withComment, legacy} {
			if strings.Contains(text, strings.Split(own, "\n")[1]) {
				return
			}
		}
		t.Errorf("forged: %q", text)
	})
}
