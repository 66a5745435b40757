package aot

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sphex/aot/minisign"
)

// An object that somebody else made runs if he signed it and his key is trusted. The signature is a file of its own in
// minisign's format, which covers each byte of the object, the debug information too.

// SignatureOf is where the signature of a file is.
func SignatureOf(path string) string { return path + ".minisig" }

// Sign writes the signature of a file beside it.
func Sign(path string, k minisign.SecretKey) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := minisign.Hash()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	text, err := k.Sign(h, fmt.Sprintf("timestamp:%d\tfile:%s\thashed", time.Now().Unix(), filepath.Base(path)))
	if err != nil {
		return err
	}
	return replaceFile(SignatureOf(path), 0o644, createTemp, func(w *os.File) error {
		_, err := w.WriteString(text)
		return err
	})
}

// ErrSignature says that a file is not signed by a key that is trusted.
var ErrSignature = errors.New("it is not run without a signature by a key that is trusted")

// maxSignature is more than a signature of minisign's has: comments have at most a page.
const maxSignature = 16 << 10

// ReadSigned reads a file that one of the keys has signed. What it returns is what was verified, whatever becomes of the
// file meanwhile.
func ReadSigned(path string, keys []minisign.PublicKey) ([]byte, error) {
	f, err := os.Open(SignatureOf(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w: there is no %s", path, ErrSignature, SignatureOf(path))
	}
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSignature))
	f.Close()
	if err != nil {
		return nil, err
	}
	s, err := minisign.ParseSignature(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", SignatureOf(path), ErrSignature, err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	err = fmt.Errorf("it was signed with the key %s", s.ID())
	for _, k := range keys {
		failed := k.Verify(file, s)
		if failed == nil {
			return file, nil
		}
		if failed != minisign.ErrKey {
			err = failed
		}
	}
	return nil, fmt.Errorf("%s: %w: %w", path, ErrSignature, err)
}

// TrustedKeys reads the public keys in the user's folder of trusted keys, sphex/trusted/*.pub in his configuration.
func TrustedKeys() ([]minisign.PublicKey, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "sphex", "trusted", "*.pub"))
	if err != nil {
		return nil, err
	}
	var keys []minisign.PublicKey
	for _, file := range files {
		k, err := ReadPublicKey(file)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// ReadPublicKey reads the file of a public key.
func ReadPublicKey(file string) (minisign.PublicKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return minisign.PublicKey{}, err
	}
	k, err := minisign.ParsePublicKey(string(text))
	if err != nil {
		return k, fmt.Errorf("%s: %w", file, err)
	}
	return k, nil
}
