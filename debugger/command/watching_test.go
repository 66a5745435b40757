package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sphex/debugger"
)

func TestWatchArguments(t *testing.T) {
	for text, want := range map[string]debugger.WatchSpec{
		"total":                           {},
		"-l p->next":                      {Address: true},
		"-w read_write variable total":    {Kind: debugger.WatchAccess},
		"variable":                        {},
		"-w modify expression -- &x[0]":   {Address: true},
		"-location -w read list->head.id": {Address: true, Kind: debugger.WatchRead},
	} {
		var got debugger.WatchSpec
		rest, err := watchFlags(text, &got)
		if err != nil || got != want || strings.HasPrefix(rest, "-") || rest == "" {
			t.Errorf("%q: %+v, %q, %v", text, got, rest, err)
		}
	}
	if _, err := watchFlags("-w sometimes x", new(debugger.WatchSpec)); err == nil {
		t.Error("-w sometimes is taken")
	}
	if a, n, ok := memoryRange("*0x1000:16"); !ok || a != 0x1000 || n != 16 {
		t.Error(a, n, ok)
	}
	for _, no := range []string{"*p", "x", "*0x10:0", "*0x10:x"} {
		if _, _, ok := memoryRange(no); ok {
			t.Errorf("%q is a range", no)
		}
	}
}

// A session as typed: what is expected was written from c_ledger's source.
func TestStateCommands(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "programs", "c_ledger")
	stdin, err := os.Open(filepath.Join(dir, "stdin.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	s, err := debugger.Open(context.Background(), debugger.Config{Program: filepath.Join(dir, "c_ledger-O0.wasm"), Stdin: stdin})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out bytes.Buffer
	in := &Interp{Session: s, Out: &out}
	core := filepath.Join(t.TempDir(), "core")
	for _, step := range []struct{ line, want string }{
		{"start", "> main main.c:49"},
		{"watch total if total > 30", "Watchpoint 1: total (4 bytes of linear memory at"},
		{"checkpoint", "Checkpoint 1 at main.c:49:7 in main"},
		{"continue", "  old: 26\n  new: 50\n  written by main.c:56:9 in main\n"},
		{"breakpoints", " if total > 30, hit 1"},
		{"jump 56", "> main main.c:56"},
		{"continue", "  old: 50\n  new: 74\n"},
		{"coredump " + core, "Core dump of"},
		{"restore", "> main main.c:49:7  (checkpoint 1)"},
		{"print total", "0\n"},
		{"clear 1", "removed"},
		{"break fact", "Breakpoint 2"},
		{"continue", "> fact main.c:23"},
		{"clear 2", "removed"},
		{"return 1", "> main main.c:56"},
		{"next", "> main main.c:57"},
		{"print total", "27\n"},
		{"checkpoints", "Checkpoint 1 at"},
		{"checkpoints delete 1", "Checkpoint 1 removed."},
	} {
		out.Reset()
		if err := in.Execute(step.line); err != nil {
			t.Fatalf("%s: %v", step.line, err)
		}
		if !strings.Contains(out.String(), step.want) {
			t.Errorf("%s:\n%s\nwant …%s…", step.line, &out, step.want)
		}
	}
	b, err := os.ReadFile(core)
	if err != nil {
		t.Fatal(err)
	}
	dead, err := debugger.OpenCore(context.Background(), debugger.Config{Program: filepath.Join(dir, "c_ledger-O0.wasm")}, b)
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	if v, err := dead.Eval(0, "total"); err != nil || v.String() != "74" {
		t.Errorf("total = %v, %v", v, err)
	}
}
