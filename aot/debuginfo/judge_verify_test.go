package debuginfo_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sphex/internal/testneeds"
)

var (
	hexNumber = regexp.MustCompile(`0x[0-9a-f]+`)
	number    = regexp.MustCompile(`[0-9]+`)
)

// complaints counts a verifier's messages, without the addresses in them.
func complaints(t *testing.T, verifier, path string) map[string]int {
	t.Helper()
	out, _ := exec.Command(verifier, "--verify", path).CombinedOutput()
	if !bytes.Contains(out, []byte("Verifying")) {
		t.Fatalf("%s did not verify %s:\n%s", verifier, path, out)
	}
	n := map[string]int{}
	for l := range strings.Lines(string(out)) {
		if strings.HasPrefix(l, "error") || strings.HasPrefix(l, "warning") {
			n[number.ReplaceAllString(hexNumber.ReplaceAllString(l, "X"), "N")]++
		}
	}
	return n
}

// TestVerify checks that llvm-dwarfdump reports nothing of the object that it does not report of
// the module.
func TestVerify(t *testing.T) {
	dwarfdump := testneeds.Tool(t, "llvm-dwarfdump-22")
	eachToolProgram(t, func(t *testing.T, program string) {
		_, path := compiled(t, program)
		in := complaints(t, dwarfdump, filepath.Join("..", "..", "testdata", "programs", program))
		for message, n := range complaints(t, dwarfdump, path) {
			if n > in[message] {
				t.Errorf("%d times, in the input %d times: %s", n, in[message], message)
			}
		}
	})
}

// TestReadelf checks that readelf has nothing to warn of in the whole object.
func TestReadelf(t *testing.T) {
	readelf := testneeds.Tool(t, "readelf")
	eachToolProgram(t, func(t *testing.T, program string) {
		_, path := compiled(t, program)
		cmd := exec.Command(readelf, "-a", "-W", "--debug-dump", "--debug-dump=decodedline,frames-interp", path)
		var complaints bytes.Buffer
		cmd.Stderr = &complaints
		if err := cmd.Run(); err != nil || complaints.Len() > 0 {
			t.Errorf("%v\n%s", err, complaints.Bytes())
		}
	})
}
