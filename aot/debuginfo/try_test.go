package debuginfo

import (
	"os"
	"testing"
	"time"

	"sphex/aot/wasm"
)

func TestTry(t *testing.T) {
	p := os.Getenv("TRY")
	if p == "" {
		t.Skip()
	}
	m := readAny(t, p)
	t0 := time.Now()
	f, r := fakeObject(t, m)
	t.Log(time.Since(t0))
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile("/tmp/F.elf", b, 0o755)
	t.Logf("%d units %d subprograms %d variables %d rows", r.Units, r.Subprograms, r.Variables, r.Rows)
	for _, l := range r.Losses() {
		t.Logf("%+v", l)
	}
	for n, s := range f.Debug {
		t.Log(n, len(s))
	}
}

func readAny(t *testing.T, p string) *wasm.Module {
	if p[0] != '/' {
		return readModule(t, p)
	}
	b, _ := os.ReadFile(p)
	m, err := wasm.Decode(b)
	if err != nil {
		t.Skip(err)
	}
	return m
}
