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

// What else wasmtime writes: data before the sections with names, globals of vectors and references,
// which it writes as null, a 64-bit and a shared memory.
func TestOtherValues(t *testing.T) {
	section := func(id byte, content string) string { return string([]byte{id, byte(len(content))}) + content }
	b := "\x00asm\x01\x00\x00\x00" + section(0, "\x04core\x00\x05a.wat") +
		section(5, "\x02\x04\x01"+"\x03\x01\x02") + // at least one page of 64-bit addresses; shared, one or two pages
		section(6, "\x05"+
			"\x7b\x00\xfd\x0c0123456789abcdef\x0b"+ // v128
			"\x70\x01\xd0\x70\x0b"+"\x6f\x01\xd0\x6f\x0b"+"\x6e\x01\xd0\x6e\x0b"+ // funcref, externref, anyref
			"\x7e\x01\x42\x7f\x0b") + // i64 -1
		section(11, "\x02"+"\x00\x42\x80\x08\x0b\x02hi"+"\x02\x01\x41\x10\x0b\x01!") +
		section(0, "\x0bcoremodules\x01\x00\x01a") + section(0, "\x0dcoreinstances\x01\x00\x00\x02\x00\x01\x05\x00\x01\x02\x03\x04") +
		section(0, "\x09corestack\x00\x04main\x01\x00\x00\x07\x28\x00\x00")
	d, err := Read([]byte(b))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Globals) != 5 || d.Globals[4].Value != (Value{wasm.I64, ^uint64(0)}) || d.Globals[1].Value.Type != 0 {
		t.Errorf("globals %+v", d.Globals)
	}
	if len(d.Memories) != 2 || d.Memories[1].Max != 2 ||
		!reflect.DeepEqual(d.Memories[0].Segments, []Segment{{0x400, []byte("hi")}}) || !reflect.DeepEqual(d.Memories[1].Segments, []Segment{{0x10, []byte("!")}}) {
		t.Errorf("memories %+v", d.Memories)
	}
	if f := d.Threads[0].Frames; len(f) != 1 || f[0].Func != 7 || f[0].Code != 0x28 || len(d.Instances[0].Globals) != 5 {
		t.Errorf("%+v %+v", f, d.Instances)
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

func TestMemoryTypes(t *testing.T) {
	want := []Memory{
		{Pages: 1, Segments: []Segment{{0x10, []byte("a")}}},
		{Pages: 1<<16 + 2, Max: 1 << 20, HasMax: true, Type: wasm.MemoryType{Is64: true}, Segments: []Segment{{1<<32 + 8, []byte("far")}}},
		{Pages: 5000, Type: wasm.MemoryType{BytePages: true}, Segments: []Segment{{4997, []byte("end")}}},
		{Pages: 1, Max: 1, HasMax: true, Type: wasm.MemoryType{Shared: true}},
	}
	d := sample()
	d.Memories = want
	got, err := Read(d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Memories, want) {
		t.Errorf("%+v, want %+v", got.Memories, want)
	}
}
