package macro

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sphex/dwarf"
)

// text prints entries.
func text(read func(yield func(*Entry)) error) (string, error) {
	var lines []string
	err := read(func(e *Entry) {
		switch e.Kind {
		case Define:
			lines = append(lines, fmt.Sprintf("%d define %s", e.Line, e.Text))
		case Undef:
			lines = append(lines, fmt.Sprintf("%d undef %s", e.Line, e.Text))
		case StartFile:
			lines = append(lines, fmt.Sprintf("%d file %d", e.Line, e.File))
		case EndFile:
			lines = append(lines, "end")
		}
	})
	return strings.Join(lines, "; "), err
}

var testSections = &dwarf.Sections{
	Str: []byte("\x00ONE 1\x00TWO 2\x00"),
	Macinfo: []byte("\x03\x00\x01" + "\x01\x81\x01A(x) x\x00" + "\xff\x07of a producer\x00" + "\x02\x05A\x00" + "\x04" + "\x00" +
		"\x07\x00"),
	Macro: []byte("" +
		// 0: all kinds of entries, and an import.
		"\x05\x00\x02\x00\x00\x00\x00" + "\x03\x00\x01" + "\x01\x01A 1\x00" + "\x02\x02A\x00" +
		"\x05\x03\x01\x00\x00\x00" + "\x06\x04\x07\x00\x00\x00" + "\x0b\x05\x00" + "\x0c\x06\x01" +
		"\x07\x2d\x00\x00\x00" + "\x04" + "\x00" +
		// 45: the part that is imported, in GNU's version 4.
		"\x04\x00\x00" + "\x05\x09\x07\x00\x00\x00" + "\x00" +
		// 55: imports itself.
		"\x05\x00\x00" + "\x07\x37\x00\x00\x00" + "\x00" +
		// 64: of a supplementary file.
		"\x05\x00\x00" + "\x08\x01\x00\x00\x00\x00" + "\x01\x02B 2\x00" + "\x00" +
		// 80: a kind of the producer's own, described; and one that is not.
		"\x05\x00\x04" + "\x01\xe0\x02\x0f\x08" + "\xe0\x81\x01text\x00" + "\x01\x03C 3\x00" + "\xe1" +
		// 103: 64 bits.
		"\x05\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00" + "\x05\x01\x01\x00\x00\x00\x00\x00\x00\x00" + "\x00" +
		// 125: a string that is not there.
		"\x05\x00\x00" + "\x05\x01\x99\x00\x00\x00"),
}

func strx(i uint64) (uint64, error) {
	offsets := []uint64{7, 1}
	if i >= uint64(len(offsets)) {
		return 0, errors.New("no such index")
	}
	return offsets[i], nil
}

func TestRead(t *testing.T) {
	for _, test := range []struct {
		off       uint64
		text, err string
	}{
		{0, "0 file 1; 1 define A 1; 2 undef A; 3 define ONE 1; 4 undef TWO 2; 5 define TWO 2; 6 undef ONE 1; 9 define TWO 2; end", ""},
		{45, "9 define TWO 2", ""},
		{55, "", "too deeply"},
		{64, "2 define B 2", "supplementary"},
		{80, "3 define C 3", "unknown kind of entry 0xe1"},
		{103, "1 define ONE 1", ""},
		{125, "", "no string at that offset"},
		{1 << 40, "", "end"},
	} {
		ctx := Context{Strx: strx, Budget: 100}
		got, err := text(func(yield func(*Entry)) error { return Read(testSections, test.off, &ctx, yield) })
		if got != test.text || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("at %d: %q, %v; want %q, %q", test.off, got, err, test.text, test.err)
		}
	}
	ctx := Context{Strx: strx, Budget: 3}
	if got, err := text(func(yield func(*Entry)) error { return Read(testSections, 0, &ctx, yield) }); err == nil || strings.Count(got, ";") > 3 {
		t.Errorf("a small budget: %q, %v", got, err)
	}
}

func TestReadMacinfo(t *testing.T) {
	ctx := Context{Budget: 100}
	got, err := text(func(yield func(*Entry)) error { return ReadMacinfo(testSections, 0, &ctx, yield) })
	if want := "0 file 1; 129 define A(x) x; 5 undef A; end"; got != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if got, err := text(func(yield func(*Entry)) error { return ReadMacinfo(testSections, 35, &ctx, yield) }); err == nil {
		t.Errorf("kind 7: %q", got)
	}
}

// What is written reads the same.
func TestWrite(t *testing.T) {
	var w Writer
	ctx := Context{Strx: strx, Budget: 100}
	read := func(s *dwarf.Sections) func(yield func(*Entry)) error {
		return func(yield func(*Entry)) error { return Read(s, 0, &ctx, yield) }
	}
	if err := read(testSections)(func(e *Entry) { w.Entry(e, uint32(e.Str)) }); err != nil {
		t.Fatal(err)
	}
	want, _ := text(read(testSections))
	got, err := text(read(&dwarf.Sections{Macro: w.Bytes(), Str: testSections.Str}))
	if got != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if (&Writer{}).Bytes() != nil {
		t.Error("no entries make a part")
	}
}

func FuzzRead(f *testing.F) {
	for _, off := range []uint16{0, 45, 55, 64, 80, 103, 125} {
		f.Add(testSections.Macro, off)
	}
	f.Add(testSections.Macinfo, uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, off uint16) {
		s := &dwarf.Sections{Macro: data, Macinfo: data, Str: testSections.Str}
		ctx := Context{Strx: strx, Budget: 1 << 16}
		n := 0
		count := func(e *Entry) { n += 1 + len(e.Text) }
		_ = Read(s, uint64(off), &ctx, count) // any error is fine
		if n > 8*ctx.Budget {
			t.Errorf("%d bytes for a budget of %d", n, ctx.Budget)
		}
		_ = ReadMacinfo(s, uint64(off), &ctx, count)
	})
}
