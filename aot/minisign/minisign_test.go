package minisign

import (
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sphex/internal/testneeds"
)

// Made by minisign 0.11 of Debian: the keys without and with a password, and signatures over "hello\n" by the first.
const (
	bareKey = "untrusted comment: minisign encrypted secret key\n" +
		"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA70hJ+kUrMUxtVN4TdXdk6rVlfBBFASFUDr72cyFRQZ+cfff7ZOGKYoc432mKImuQMvfhkUCba68Rc16NRHkIay+fbree80lSAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	publicKey   = "untrusted comment: minisign public key 4C312B45FA4948EF\nRWTvSEn6RSsxTIc432mKImuQMvfhkUCba68Rc16NRHkIay+fbree80lS\n"
	withComment = "untrusted comment: signature from minisign secret key\n" +
		"RUTvSEn6RSsxTPeR4ieRnH0Tjf9m0M1eyPEKpQg52C26I3lpcW1ga9XWVXM6m5F2WvRMjf+x4adn9pldJhjfOqMM0NmaqAbMVw8=\n" +
		"trusted comment: my comment\n" +
		"W+xlPAStb6ZxkzlmYIm0Q/5G4vc2u+ntWaY9UUZQ82PG3I5dROWpr2Srjl815sDOEs769QGEIabd+oaFnnAqBQ==\n"
	legacy = "untrusted comment: signature from minisign secret key\n" +
		"RWTvSEn6RSsxTE5AihmTKb/pN7PPX9PdbjYlcTSf5obrQL7Jim4nOLNIa0vl2xxLkUAGRGLd/E00zwDvrL9aP0GisvFKAq0liQs=\n" +
		"trusted comment: timestamp:1795449639\tfile:f\n" +
		"x1Dj/84VTobeqUtsfJYzyXsWNG8gECmOARhUDURr4b79/VBQ9T4RM1YPGD4d8L7izfFHuq01zROwe42+z6bKBw==\n"
)

func noPassword() ([]byte, error) { return nil, errors.New("a password is asked") }

func verify(p PublicKey, file, signature string) error {
	s, err := ParseSignature(signature)
	if err != nil {
		return err
	}
	return p.Verify([]byte(file), s)
}

// What minisign made is read, verified, and made in the same way: signing with Ed25519 has one result only.
func TestMinisignsOwn(t *testing.T) {
	p, err := ParsePublicKey(publicKey)
	if err != nil || p.Text() != publicKey || p.ID() != "4C312B45FA4948EF" {
		t.Fatalf("%v, %q", err, p.Text())
	}
	if one, err := ParsePublicKey(p.Base64()); err != nil || one.Text() != publicKey {
		t.Errorf("the line alone: %v", err)
	}
	for _, s := range []string{withComment, legacy} {
		if err := verify(p, "hello\n", s); err != nil {
			t.Error(err)
		}
		if err := verify(p, "hello!", s); err != ErrSignature {
			t.Errorf("another file: %v", err)
		}
	}
	k, err := ParseSecretKey(bareKey, noPassword)
	if err != nil || k.Public().Text() != publicKey {
		t.Fatalf("%v, %q", err, k.Public().Text())
	}
	h := Hash()
	h.Write([]byte("hello\n"))
	if s, err := k.Sign(h, "my comment"); err != nil || s != withComment {
		t.Errorf("%v\n%s", err, s)
	}
	if err := verify(Generate().Public(), "hello\n", withComment); err != ErrKey {
		t.Errorf("with another key: %v", err)
	}
}

// Every change of a signature is noticed, but in the comment that nobody is to trust.
func TestChangedSignature(t *testing.T) {
	p, err := ParsePublicKey(publicKey)
	if err != nil {
		t.Fatal(err)
	}
	first := strings.IndexByte(withComment, '\n')
	for i := first; i < len(withComment); i++ {
		for bit := range 7 {
			b := []byte(withComment)
			b[i] ^= 1 << bit
			if i == len(b)-1 && bit != 1 {
				continue // the last newline may be missing; what stands there then makes a line too long
			}
			if err := verify(p, "hello\n", string(b)); err == nil {
				t.Errorf("bit %d of byte %d, %q for %q, is not noticed", bit, i, b[i], withComment[i])
			}
		}
	}
	for i := range len(withComment) - 1 {
		if err := verify(p, "hello\n", withComment[:i]); err == nil {
			t.Errorf("its first %d bytes will do", i)
		}
	}
}

// What we make, minisign verifies; it signs with keys of ours, with and without a password, and we read its keys.
func TestMinisign(t *testing.T) {
	minisign := testneeds.Tool(t, "minisign")
	dir := t.TempDir()
	run := func(stdin string, args ...string) {
		t.Helper()
		cmd := exec.Command(minisign, args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("minisign %v: %v\n%s", args, err, out)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	file := strings.Repeat("an object\x00", 1000)
	write("file", file)
	k := Generate()
	write("ours.pub", k.Public().Text())
	h := Hash()
	h.Write([]byte(file))
	s, err := k.Sign(h, "file:file")
	if err != nil {
		t.Fatal(err)
	}
	write("file.minisig", s)
	run("", "-V", "-H", "-p", "ours.pub", "-m", "file")
	// The usual amount of work takes a gigabyte. Less is tried where scrypt's parameters follow from it in each of their ways.
	for _, c := range []struct {
		password           string
		operations, memory uint64
	}{{"", 0, 0}, {"a pass word", 1 << 15, 16 << 20}, {"x", 1 << 20, 1 << 20}, {"y", 5 << 18, 3 << 20}, {"z", 1, 1 << 22}} {
		text, err := k.text([]byte(c.password), c.operations, c.memory)
		if err != nil {
			t.Fatal(err)
		}
		write("key", text)
		run(c.password+"\n", "-S", "-s", "key", "-m", "file", "-x", "theirs", "-t", "a comment")
		if err := verify(k.Public(), file, read("theirs")); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
		again, err := ParseSecretKey(text, func() ([]byte, error) { return []byte(c.password), nil })
		if err != nil || again.Public().Text() != k.Public().Text() {
			t.Errorf("%+v: %v", c, err)
		}
		if c.password != "" {
			if _, err := ParseSecretKey(text, func() ([]byte, error) { return []byte("another"), nil }); err != ErrPassword {
				t.Errorf("with another password: %v", err)
			}
		}
	}
	if n, r, p, err := scryptCosts(usualOps, usualMemory); n != 1<<20 || r != 8 || p != 1 || err != nil {
		t.Errorf("N %d, r %d, p %d, %v", n, r, p, err)
	}
}

// Files that are no keys are refused, and none takes memory or time as it likes.
func TestHostileKeys(t *testing.T) {
	b, err := base64.StdEncoding.DecodeString(strings.Split(bareKey, "\n")[1])
	if err != nil {
		t.Fatal(err)
	}
	text := func(b []byte) string {
		return "untrusted comment: x\n" + base64.StdEncoding.EncodeToString(b) + "\n"
	}
	asked := func() ([]byte, error) { return []byte("x"), nil }
	for i := range b {
		c := append([]byte{}, b...)
		c[i] ^= 0x80
		if i >= 6 && i < sealedAt || i >= sealedAt && i < sealedAt+8 {
			continue // unused without a password; the number is not checked without a checksum
		}
		if _, err := ParseSecretKey(text(c), asked); err == nil {
			t.Errorf("byte %d changed: it is still a key", i)
		}
	}
	for _, cost := range []int{workAt, workAt + 8} {
		c := append([]byte{}, b...)
		copy(c[2:], "Sc")
		c[cost+5] = 1
		if _, err := ParseSecretKey(text(c), asked); err == nil || !strings.Contains(err.Error(), "too much work") {
			t.Errorf("an endless key: %v", err)
		}
	}
	for _, s := range []string{"", "\n", bareKey, "untrusted comment: \nRWQ=\n", strings.Repeat("A", 56)} {
		if _, err := ParsePublicKey(s); err == nil {
			t.Errorf("%q is a public key", s)
		}
	}
}
