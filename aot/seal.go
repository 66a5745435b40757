package aot

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// An object is native code: it is run only if it was made here. Key is a secret of this
// user, and a sealed object ends in the HMAC-SHA256 of what stands before it.
type Key [32]byte

// ErrSeal says that an object was not made with this user's key, or was changed since.
var ErrSeal = errors.New("this object was not compiled here by you, or it was changed since: compile the .wasm again")

// UserKey returns this user's key and makes it when there is none yet.
func UserKey() (Key, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return Key{}, err
	}
	return keyIn(filepath.Join(dir, "sphex"))
}

func keyIn(dir string) (k Key, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return k, err
	}
	name := filepath.Join(dir, "object.key")
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(dir, name); err != nil {
			return k, err
		}
		b, err = os.ReadFile(name)
	}
	if err != nil {
		return k, err
	}
	if len(b) != len(k) {
		return k, fmt.Errorf("%s holds %d bytes instead of %d", name, len(b), len(k))
	}
	return Key(b), nil
}

// makeKey writes a fresh key under name, unless another process was faster.
func makeKey(dir, name string) error {
	tmp, err := os.CreateTemp(dir, "key")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	var k Key
	rand.Read(k[:])
	_, err = tmp.Write(k[:])
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Seal returns the object with its seal behind it.
func (k Key) Seal(object []byte) []byte { return append(object, k.sum(object)...) }

// Open returns the object without its seal, or ErrSeal.
func (k Key) Open(sealed []byte) ([]byte, error) {
	n := len(sealed) - sha256.Size
	if n < 0 || !hmac.Equal(sealed[n:], k.sum(sealed[:n])) {
		return nil, ErrSeal
	}
	return sealed[:n], nil
}

func (k Key) sum(b []byte) []byte {
	h := hmac.New(sha256.New, k[:])
	h.Write(b)
	return h.Sum(nil)
}
