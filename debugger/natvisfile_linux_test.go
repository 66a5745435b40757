package debugger

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNatvisOfNoFile names, as an attribute in a program's sources may, what is no file and may never end.
func TestNatvisOfNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.natvis")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, "/dev/zero"} {
		if f := readNatvis(path, ""); f.Err == nil || !strings.Contains(f.Err.Error(), "not a regular file") {
			t.Errorf("%s: %v", path, f.Err)
		}
	}
}
