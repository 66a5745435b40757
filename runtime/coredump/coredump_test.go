package coredump

import (
	"bytes"
	"reflect"
	"testing"

	"sphex/aot/wasm"
)

func sample() *Dump {
	memory := make([]byte, 2<<16)
	copy(memory[0x1000:], "hello")
	memory[0x1fffe] = 7
	return &Dump{
		Name:      "a.wasm",
		Modules:   []string{"a"},
		Instances: []Instance{{0, []uint32{0}, []uint32{0, 1}}},
		Threads: []Thread{{"main", []Frame{
			{0, 7, 0x80, []Value{{wasm.I32, 0xffffffff}, {wasm.I64, 1 << 63}, {}}, []Value{{wasm.F32, 0x3f800000}, {wasm.F64, 0x3ff << 52}}},
			{0, 300, 5, nil, nil},
		}}},
		Memories: []Memory{{Pages: 2, Max: 9, HasMax: true, Segments: Segments(memory)}},
		Globals:  []Global{{Value{wasm.I32, 0x10000}, true}, {Value{wasm.I64, ^uint64(0)}, false}},
	}
}

// What is written is read again.
func TestRoundTrip(t *testing.T) {
	d := sample()
	if n := len(d.Memories[0].Segments); n != 2 {
		t.Errorf("%d segments", n)
	}
	got, err := Read(d.Bytes())
	if err != nil || !reflect.DeepEqual(got, d) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, d)
	}
}

// A dump by hand, from the text of the convention: without instances in its frames, as older tools write it.
func TestOldForm(t *testing.T) {
	b := "\x00asm\x01\x00\x00\x00"
	for _, section := range []string{"\x04core\x00\x01p", "\x09corestack\x00\x01t\x02\x00\x05\x10\x00\x00\x00\x06\x20\x00\x00"} {
		b += "\x00" + string(rune(len(section))) + section
	}
	d, err := Read([]byte(b))
	if err != nil {
		t.Fatal(err)
	}
	want := []Frame{{Func: 5, Code: 0x10}, {Func: 6, Code: 0x20}}
	if d.Name != "p" || len(d.Threads) != 1 || !reflect.DeepEqual(d.Threads[0].Frames, want) {
		t.Errorf("%+v", d)
	}
}

func TestHostile(t *testing.T) {
	good := sample().Bytes()
	for n := range good {
		_, _ = Read(good[:n]) // whatever it says, it says
		for _, c := range []byte{0, 0x7f, 0x80, 0xff} {
			b := bytes.Clone(good)
			b[n] = c
			_, _ = Read(b)
		}
	}
	for _, b := range []string{"", "\x00asm", "\x00asm\x01\x00\x00\x00", "\x00asm\x01\x00\x00\x00\x00\xff\xff\xff\xff\x0f"} {
		if d, err := Read([]byte(b)); err == nil {
			t.Errorf("%q: %+v", b, d)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample().Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Read(b)
		if err != nil {
			return
		}
		if again, err := Read(d.Bytes()); err == nil && len(again.Threads) != len(d.Threads) {
			t.Errorf("%d threads became %d", len(d.Threads), len(again.Threads))
		}
	})
}
