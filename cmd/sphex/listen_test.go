package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A program serves connections, those that wait and those that do not, at the socket that it was given.
func TestListen(t *testing.T) {
	for _, r := range []struct {
		flags []string
		fd    string
	}{{nil, "3"}, {[]string{"--dir", t.TempDir() + "::/"}, "4"}} {
		args := append([]string{"run", "--listen", "127.0.0.1:0"}, r.flags...)
		cmd := exec.Command(sphex, append(args, programs+"c_echo/c_echo.wasm", r.fd)...)
		var out bytes.Buffer
		cmd.Stdout = &out
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		watchdog := time.AfterFunc(patience, func() { cmd.Process.Kill() })
		line, err := bufio.NewReader(stderr).ReadString('\n')
		address, ok := strings.CutPrefix(strings.TrimSpace(line), "sphex: the program listens at ")
		if !ok {
			t.Fatalf("%q, %v", line, err)
		}
		for _, parts := range [][]string{{"hello", " world"}, {"one", "two", "three"}, {"quit"}} {
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range parts {
				io.WriteString(c, p)
				back := make([]byte, len(p))
				if _, err := io.ReadFull(c, back); err != nil || string(back) != p {
					t.Errorf("%q came back as %q, %v", p, back, err)
				}
			}
			c.Close()
		}
		if err := cmd.Wait(); err != nil || out.String() != "26 bytes\n" {
			t.Errorf("%v, printed %q", err, out.String())
		}
		watchdog.Stop()
	}
	if got := run1(t, "", "run", "--listen", "nowhere", programs+"c_echo/c_echo.wasm"); got.status != 1 || !strings.Contains(got.stderr, "--listen nowhere: ") {
		t.Errorf("status %d, %s", got.status, got.stderr)
	}
}
