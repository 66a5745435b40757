package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// edited is a copy of a program in which texts stand for others of the same length.
func edited(t *testing.T, program, name string, edits ...string) string {
	t.Helper()
	b, err := os.ReadFile(programs + program)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(edits); i += 2 {
		from, to := []byte(edits[i]), []byte(edits[i+1])
		if len(from) != len(to) || !bytes.Contains(b, from) {
			t.Fatalf("%q does not stand for %q", to, from)
		}
		b = bytes.ReplaceAll(b, from, to)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDumpDamaged shows what a person reads of debug information that is damaged: the length of a
// unit is wrong, a line table is of a version of the future, a type is not there.
func TestDumpDamaged(t *testing.T) {
	path := edited(t, "c_multi/c_multi-O0-dw5.wasm", "damaged.wasm",
		// The header of main.c's unit: length, version, DW_UT_compile, size of addresses. It is one byte
		// too short.
		"\xbb\x02\x00\x00\x05\x00\x01\x04", "\xba\x02\x00\x00\x05\x00\x01\x04",
		// The header of its line table is of version 9.
		"\xfc\x01\x00\x00\x05\x00\x04\x00", "\xfc\x01\x00\x00\x09\x00\x04\x00",
		// A typedef of shape.c, the 15th abbreviation, is of a type far behind the end.
		"\x0f\xee\x00\x00\x00\x19", "\x0f\xee\x00\x00\x7f\x19")
	got := run1(t, "", "dump", "--dwarf", path)
	if got.status != 0 || got.stderr != "" {
		t.Fatalf("status %d: %s", got.status, got.stderr)
	}
	const golden = "testdata/dump_damaged.golden"
	want, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	// What follows is about what is whole, and changes with the compiler.
	text, _, _ := strings.Cut(got.stdout, "\nvariables that the producer")
	if text == string(want) {
		return
	}
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error(difference(string(want), text))
}

// TestControlCharacters debugs a program whose names are commands to a terminal: none gets there.
func TestControlCharacters(t *testing.T) {
	path := edited(t, "c_multi/c_multi-O0-dw5.wasm", "names.wasm",
		"stats_add", "st\x1b]0;xy\a", "instances", "in\x1b[2J\xff\x9bs", "shape_vec", "sh\x1b[1m\x80\rx",
		"main.c", "m\x1b[1m\n", "stats_mean", "stats\u009b31m", "Debian", "\x1b[31m\a")
	const session = "break report\ncontinue\nbacktrace\nargs\nlocals\nglobals\nptype v\nwhatis v\nfunctions\nsources\nlist\n" +
		"step\nstep\nstep\nstep\nstep\ndisassemble\nwatch instances\nbreak st\ninfo line\nprint nothing\ntypes\n"
	for _, c := range []struct{ stdin, args string }{
		{session, "debug"}, {"", "dump"}, {"", "dump --dwarf"}, {"", "dump -v"}, {"", "dump --json"},
		{"", "run"}, {"", "compile -o " + filepath.Join(t.TempDir(), "names.elf")},
	} {
		path := path
		if c.args == "run" {
			path = edited(t, "c_multi/c_multi-O0-dw5.wasm", "imports.wasm", "wasi_snapshot_preview1", "w\x1b[2Jsnapshot_preview1", "fd_write", "\x1b]0;x\a\r\r")
		}
		args := append(strings.Fields(c.args), path)
		for _, arg := range []string{"", "report"} {
			if arg != "" && c.args != "dump" {
				continue
			}
			if arg != "" {
				args = append(args, arg)
			}
			got := run1(t, c.stdin, args...)
			text := got.stdout + got.stderr
			if len(text) < 200 && c.args[0] == 'd' {
				t.Errorf("%s: %s", args, text)
			}
			if !utf8.ValidString(text) {
				t.Errorf("%s: not UTF-8", args)
			}
			for _, line := range strings.Split(text, "\n") {
				if strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && unicode.IsControl(r) }) {
					t.Errorf("%s: %q", args, line)
				}
			}
		}
	}
}
