// Package minisign reads, writes, makes and verifies the keys and signatures of minisign
// (https://jedisct1.github.io/minisign/): Ed25519 over the BLAKE2b hash of a file, in a small text file of
// its own. Keys and signatures made here work there, and the other way round.
//
// It knows nothing of what is signed: aot uses it for objects, which are native code.
package minisign

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"

	"golang.org/x/crypto/blake2b"
)

// keyID tells keys apart: it stands in keys and signatures, and means nothing by itself.
type keyID [8]byte

// String is the number as minisign prints it.
func (id keyID) String() string {
	b := id[:]
	b = slices.Clone(b)
	slices.Reverse(b)
	return strings.ToUpper(hex.EncodeToString(b))
}

// The two letters that begin keys and signatures.
var (
	algorithm = [2]byte{'E', 'd'} // of keys, and of signatures over the file itself, which old versions made
	hashed    = [2]byte{'E', 'D'} // of signatures over the file's hash
)

const (
	untrusted = "untrusted comment: "
	trusted   = "trusted comment: "
)

// PublicKey verifies signatures.
type PublicKey struct {
	id  keyID
	key ed25519.PublicKey
}

// ParsePublicKey reads a public key: the text of its file, or its one line of base64 alone.
func ParsePublicKey(text string) (PublicKey, error) {
	lines := textLines(text)
	if len(lines) == 2 && strings.HasPrefix(lines[0], untrusted) {
		lines = lines[1:]
	}
	if len(lines) != 1 {
		return PublicKey{}, errors.New("this is no public key of minisign")
	}
	b, err := base64.StdEncoding.DecodeString(lines[0])
	if err != nil || len(b) != 2+8+ed25519.PublicKeySize || [2]byte(b) != algorithm {
		return PublicKey{}, errors.New("this is no public key of minisign")
	}
	return PublicKey{keyID(b[2:]), b[10:]}, nil
}

// Base64 is the key as one line.
func (p PublicKey) Base64() string {
	return base64.StdEncoding.EncodeToString(slices.Concat(algorithm[:], p.id[:], p.key))
}

// Text is the contents of the key's file.
func (p PublicKey) Text() string {
	return untrusted + "minisign public key " + p.id.String() + "\n" + p.Base64() + "\n"
}

// ID is the key's number.
func (p PublicKey) ID() string { return p.id.String() }

// SecretKey makes signatures.
type SecretKey struct {
	id  keyID
	key ed25519.PrivateKey
}

// Generate makes a key.
func Generate() (k SecretKey) {
	rand.Read(k.id[:])
	_, k.key, _ = ed25519.GenerateKey(nil) // from package rand, which does not fail
	return k
}

// Public is the key that verifies what this one signs.
func (k SecretKey) Public() PublicKey {
	return PublicKey{k.id, k.key.Public().(ed25519.PublicKey)}
}

// Hash begins the hash of a file that is to be signed or verified: it is written into.
func Hash() hash.Hash {
	h, err := blake2b.New512(nil)
	if err != nil {
		panic("minisign: hash: " + err.Error())
	}
	return h
}

// Sign returns the text of the signature of a file whose hash is the argument. The trusted comment is signed along
// with it, and is one line.
func (k SecretKey) Sign(file hash.Hash, comment string) (string, error) {
	if strings.ContainsAny(comment, "\r\n") {
		return "", errors.New("the comment of a signature is one line")
	}
	sig := ed25519.Sign(k.key, file.Sum(nil))
	global := ed25519.Sign(k.key, append(slices.Clone(sig), comment...))
	enc := base64.StdEncoding.EncodeToString
	return untrusted + "signature from minisign secret key\n" +
		enc(slices.Concat(hashed[:], k.id[:], sig)) + "\n" +
		trusted + comment + "\n" +
		enc(global) + "\n", nil
}

// Signature is a signature as it was read: nothing of it is to be believed before Verify.
type Signature struct {
	hashed  bool
	id      keyID
	sig     []byte
	comment string
	global  []byte
}

// ParseSignature reads the text of a signature's file.
func ParseSignature(text string) (*Signature, error) {
	wrong := func(what string) error { return fmt.Errorf("this is no signature of minisign: %s", what) }
	lines := textLines(text)
	if len(lines) != 4 {
		return nil, wrong(fmt.Sprintf("it has %d lines and not 4", len(lines)))
	}
	if !strings.HasPrefix(lines[0], untrusted) {
		return nil, wrong("line 1 is no untrusted comment")
	}
	comment, ok := strings.CutPrefix(lines[2], trusted)
	if !ok {
		return nil, wrong("line 3 is no trusted comment")
	}
	b, err := base64.StdEncoding.Strict().DecodeString(lines[1])
	if err != nil || len(b) != 2+8+ed25519.SignatureSize || [2]byte(b) != algorithm && [2]byte(b) != hashed {
		return nil, wrong("line 2")
	}
	global, err := base64.StdEncoding.Strict().DecodeString(lines[3])
	if err != nil || len(global) != ed25519.SignatureSize {
		return nil, wrong("line 4")
	}
	return &Signature{[2]byte(b) == hashed, keyID(b[2:]), b[10:], comment, global}, nil
}

// ID is the number of the key that is said to have signed.
func (s *Signature) ID() string { return s.id.String() }

// Comment is the trusted comment, which deserves the name once Verify has returned nil.
func (s *Signature) Comment() string { return s.comment }

// ErrKey says that a signature was made with another key.
var ErrKey = errors.New("it was signed with another key")

// ErrSignature says that a file or its signature was changed.
var ErrSignature = errors.New("the signature does not fit: the file or the signature was changed")

// Verify checks a file against its signature.
func (p PublicKey) Verify(file []byte, s *Signature) error {
	if s.id != p.id {
		return ErrKey
	}
	message := file
	if s.hashed {
		h := Hash()
		h.Write(file)
		message = h.Sum(nil)
	}
	if !ed25519.Verify(p.key, message, s.sig) || !ed25519.Verify(p.key, append(slices.Clone(s.sig), s.comment...), s.global) {
		return ErrSignature
	}
	return nil
}

// textLines splits a text file, whose last line need not end.
func textLines(text string) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\r")
	}
	return lines
}
