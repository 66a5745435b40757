package command

import (
	"strings"
	"testing"
)

// TestPrintfObeysNobody prints a text of the program as it is, but not what a terminal would obey.
func TestPrintfObeysNobody(t *testing.T) {
	_, say := interp(t, "c_ledger/c_ledger-O0.wasm")
	say("break main.c:1", "run")
	got := say(`printf "%s!\n", "red \033[31m\ttext"`)
	if strings.Contains(got, "\x1b") || !strings.Contains(got, "red \uFFFD[31m\ttext!\n") {
		t.Errorf("%q", got)
	}
}
