package command

import (
	"strings"
	"testing"
)

// TestFormats prints values of orders at its first price: the item is "tea".
func TestFormats(t *testing.T) {
	_, say := interp(t, "orders/orders.wasm")
	say("break price", "run")
	for _, c := range []struct{ command, want string }{
		{"print item", "\"tea\"\n"},
		{"print /x item[0]", "0x74\n"},
		{"print /b item[0]", "0b1110100\n"},
		{"print /o item[0]", "0o164\n"},
		{"print /c item[0]", "116 't'\n"},
		{"p/c item[2]", "97 'a'\n"},
		{"print /d 'a'", "97\n"},
		{"args /l", "item: &str = \"tea\"\n"},
		{"args /r", "item: &str = &str { data_ptr: 0x"},
		{"print /q item", "error: unknown format /q: "},
		{"print", "error: print what?"},
		{"args /q", "error: unknown format /q: "},
	} {
		if got := say(c.command); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s prints %s, want %s", c.command, got, c.want)
		}
	}
	if got := say("print /r item"); !strings.Contains(got, ", length: 3 }") {
		t.Error(got)
	}
}
