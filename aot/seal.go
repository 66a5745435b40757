package aot

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sphex/aot/object"
)

// An object is native code: it is run only if it was made here. Key is a secret of this
// user, and a sealed object ends in a code that only its holder can make.
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

// A sealed file is the object, a note of the cache's (often empty), and the seal:
//
//	note length (8 bytes) | nonce (12) | authentication code (16) | sealMagic (8)
//
// The code (GMAC, that is AES-256-GCM without a text) covers what the runtime trusts: the first
// object.SealedLen bytes. It doesn't cover the debug information, which may be a hundred times
// as large: whoever reads that takes it for hostile anyway. Where wholeMagic stands for sealMagic, behind an object that
// is no file of the cache's, it covers all of the object.
const sealSize = 8 + gmacNonce + gmacSize + 8

const (
	gmacNonce  = 12
	gmacSize   = 16
	sealMagic  = "SPHXSEAL"
	wholeMagic = "SPHXFILE"
)

// sealKeys names the key of each kind of seal.
var sealKeys = map[string]string{sealMagic: "sphex object seal", wholeMagic: "sphex whole object seal"}

// gmac returns the cipher under a key that is used for nothing else but seals that end in magic.
func (k Key) gmac(magic string) cipher.AEAD {
	h := hmac.New(sha256.New, k[:])
	h.Write([]byte(sealKeys[magic]))
	block, err := aes.NewCipher(h.Sum(nil))
	if err != nil {
		panic("aot: seal: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("aot: seal: " + err.Error())
	}
	return aead
}

// trailer returns what stands behind an object that is sealed: the note and the seal. object
// must hold its first sealed bytes at least, which the seal covers.
func (k Key) trailer(object, note []byte, sealed int, magic string) []byte {
	var nonce [gmacNonce]byte
	rand.Read(nonce[:])
	out := binary.LittleEndian.AppendUint64(slices.Clone(note), uint64(len(note)))
	out = append(out, nonce[:]...)
	out = k.gmac(magic).Seal(out, nonce[:], nil, object[:sealed])
	return append(out, magic...)
}

// Seal returns the object with its seal behind it.
func (k Key) Seal(elf []byte) ([]byte, error) {
	n, err := object.SealedLen(elf)
	if err != nil {
		return nil, err
	}
	return append(elf, k.trailer(elf, nil, n, sealMagic)...), nil
}

// Open reads a sealed object, if the seal is this user's; else the error is ErrSeal. The result
// aliases sealed, of which nothing but what the runtime trusts is read.
func (k Key) Open(sealed []byte) (*object.File, error) {
	elf, _, err := k.split(sealed)
	if err != nil {
		return nil, err
	}
	return object.ReadSealed(elf)
}

// split checks the seal and takes a sealed file apart.
func (k Key) split(sealed []byte) (elf, note []byte, err error) {
	n := len(sealed) - sealSize
	if n < 0 {
		return nil, nil, ErrSeal
	}
	magic := string(sealed[len(sealed)-len(sealMagic):])
	if sealKeys[magic] == "" {
		return nil, nil, ErrSeal
	}
	seal := sealed[n:]
	length := binary.LittleEndian.Uint64(seal)
	if length > uint64(n) {
		return nil, nil, ErrSeal
	}
	elf, note = sealed[:n-int(length)], sealed[n-int(length):n]
	trusted, err := object.SealedLen(elf)
	if err != nil {
		return nil, nil, ErrSeal
	}
	if magic == wholeMagic {
		trusted = len(elf)
	}
	nonce, code := seal[8:8+gmacNonce], seal[8+gmacNonce:8+gmacNonce+gmacSize]
	if _, err := k.gmac(magic).Open(nil, nonce, code, elf[:trusted]); err != nil {
		return nil, nil, ErrSeal
	}
	return elf, note, nil
}
