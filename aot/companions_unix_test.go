//go:build unix

package aot

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sphex/aot/debuginfo"
)

// A module may name anything: pipes and devices are not waited for, directories not read.
func TestCompanionIsNoRegularFile(t *testing.T) {
	dir := copyTo(t, "external/app.wasm")
	path := filepath.Join(dir, "app.debug.wasm")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan []string, 1)
	go func() {
		_, notes := compileFile(t, filepath.Join(dir, "app.wasm"))
		done <- notes
	}()
	select {
	case notes := <-done:
		if len(notes) == 0 || !strings.Contains(notes[0], "it is no regular file") {
			t.Errorf("notes %q", notes)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("waits for a pipe")
	}
	for _, p := range []string{dir, "/dev/zero"} {
		if _, err := readCompanion(p, debuginfo.External); !errors.Is(err, errNoFile) {
			t.Errorf("%s: %v", p, err)
		}
	}
}
