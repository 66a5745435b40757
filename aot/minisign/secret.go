package minisign

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/scrypt"
)

// The file of a secret key has one line of base64 behind its comment:
//
//	"Ed" | "Sc" or 0 0 | "B2" | salt (32 bytes) | operations (8) | memory (8) | number (8) | key (64) | checksum (32)
//
// With "Sc" the last three are XORed with what scrypt makes of the password and the salt; how much work that is
// follows from operations and memory as in libsodium's crypto_pwhash_scryptsalsa208sha256.
const (
	saltSize    = 32
	workAt      = 2 + 2 + 2 + saltSize
	sealedAt    = workAt + 8 + 8
	sealedSize  = 8 + ed25519.PrivateKeySize + blake2b.Size256
	secretSize  = sealedAt + sealedSize
	usualOps    = 1 << 25 // what minisign takes for a password
	usualMemory = 1 << 30
)

var (
	encrypted   = [2]byte{'S', 'c'}
	checksummed = [2]byte{'B', '2'}
)

// ErrPassword says that a secret key could not be decrypted.
var ErrPassword = errors.New("the password is wrong")

// ParseSecretKey reads the text of a secret key's file. password is asked if the key is encrypted.
func ParseSecretKey(text string, password func() ([]byte, error)) (SecretKey, error) {
	wrong := errors.New("this is no secret key of minisign")
	lines := textLines(text)
	if len(lines) != 2 || !strings.HasPrefix(lines[0], untrusted) {
		return SecretKey{}, wrong
	}
	b, err := base64.StdEncoding.DecodeString(lines[1])
	if err != nil || len(b) != secretSize || [2]byte(b) != algorithm || [2]byte(b[4:]) != checksummed {
		return SecretKey{}, wrong
	}
	sealed := b[sealedAt:]
	damaged := errors.New("the secret key is damaged")
	switch [2]byte(b[2:]) {
	case [2]byte{}:
	case encrypted:
		word, err := password()
		if err != nil {
			return SecretKey{}, err
		}
		if err := crypt(sealed, word, b[6:workAt], binary.LittleEndian.Uint64(b[workAt:]), binary.LittleEndian.Uint64(b[workAt+8:])); err != nil {
			return SecretKey{}, err
		}
		damaged = ErrPassword
	default:
		return SecretKey{}, wrong
	}
	k := SecretKey{keyID(sealed), ed25519.PrivateKey(sealed[8 : 8+ed25519.PrivateKeySize])}
	sum, has := k.checksum(), [blake2b.Size256]byte(sealed[8+ed25519.PrivateKeySize:])
	bare := [2]byte(b[2:]) == [2]byte{} && has == [blake2b.Size256]byte{} // as minisign writes keys without a password
	if !bare && subtle.ConstantTimeCompare(sum[:], has[:]) != 1 {
		return SecretKey{}, damaged
	}
	if !slices.Equal(ed25519.NewKeyFromSeed(k.key.Seed()), k.key) {
		return SecretKey{}, errors.New("the secret key is damaged: its halves do not belong together")
	}
	return k, nil
}

func (k SecretKey) checksum() [blake2b.Size256]byte {
	return blake2b.Sum256(slices.Concat(algorithm[:], k.id[:], k.key))
}

// Text is the contents of the key's file, encrypted with the password unless that is empty.
func (k SecretKey) Text(password []byte) (string, error) {
	return k.text(password, usualOps, usualMemory)
}

// text is Text, where to try a password is so much work.
func (k SecretKey) text(password []byte, operations, memory uint64) (string, error) {
	b := make([]byte, sealedAt, secretSize)
	copy(b, algorithm[:])
	copy(b[4:], checksummed[:])
	sum := k.checksum()
	b = append(append(append(b, k.id[:]...), k.key...), sum[:]...)
	what := "minisign secret key"
	if len(password) > 0 {
		copy(b[2:], encrypted[:])
		rand.Read(b[6:workAt])
		binary.LittleEndian.PutUint64(b[workAt:], operations)
		binary.LittleEndian.PutUint64(b[workAt+8:], memory)
		if err := crypt(b[sealedAt:], password, b[6:workAt], operations, memory); err != nil {
			return "", err
		}
		what = "minisign encrypted secret key"
	}
	return untrusted + what + "\n" + base64.StdEncoding.EncodeToString(b) + "\n", nil
}

// crypt encrypts and decrypts.
func crypt(sealed, password, salt []byte, operations, memory uint64) error {
	n, r, p, err := scryptCosts(operations, memory)
	if err != nil {
		return err
	}
	stream, err := scrypt.Key(password, salt, n, r, p, len(sealed))
	if err != nil {
		return fmt.Errorf("the secret key: %w", err)
	}
	subtle.XORBytes(sealed, sealed, stream)
	return nil
}

// scryptCosts turns libsodium's limits into scrypt's parameters. A key that asks for more than twice what minisign
// itself asks for is refused: files may come from anywhere.
func scryptCosts(operations, memory uint64) (n, r, p int, err error) {
	if operations > 2*usualOps || memory > 2*usualMemory {
		return 0, 0, 0, fmt.Errorf("the secret key asks for too much work: %d operations, %d bytes", operations, memory)
	}
	operations = max(operations, 1<<15)
	r, p = 8, 1
	limit := memory / (128 * 8)
	few := operations < memory/32
	if few {
		limit = operations / (4 * 8)
	}
	log := 1
	for uint64(1)<<log <= limit/2 {
		log++
	}
	if !few {
		p = max(1, int(operations/4>>log)/r)
	}
	return 1 << log, r, p, nil
}
