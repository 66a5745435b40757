package dwarf_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/go-delve/delve/pkg/dwarf/leb128"

	"sphex/dwarf"
)

func TestLEB(t *testing.T) {
	// Rows of tables 7.7 and 7.8 of the standard, and the limits.
	for _, c := range []struct {
		v uint64
		b []byte
	}{
		{2, []byte{2}}, {127, []byte{127}}, {128, []byte{0x80, 1}}, {129, []byte{0x81, 1}}, {12857, []byte{0xb9, 0x64}},
		{math.MaxUint64, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}},
	} {
		b := dwarf.AppendULEB(nil, c.v)
		cur := dwarf.NewCursor("x", b, 0)
		if got := cur.ULEB(); !slices.Equal(b, c.b) || got != c.v || cur.Len() != 0 || dwarf.ULEBSize(c.v) != len(b) {
			t.Errorf("%d: % x, read as %d", c.v, b, got)
		}
	}
	for _, c := range []struct {
		v int64
		b []byte
	}{
		{2, []byte{2}}, {-2, []byte{0x7e}}, {127, []byte{0xff, 0}}, {-127, []byte{0x81, 0x7f}}, {128, []byte{0x80, 1}},
		{-128, []byte{0x80, 0x7f}}, {129, []byte{0x81, 1}}, {-129, []byte{0xff, 0x7e}},
		{math.MinInt64, []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}},
		{math.MaxInt64, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}},
	} {
		b := dwarf.AppendSLEB(nil, c.v)
		cur := dwarf.NewCursor("x", b, 0)
		if got := cur.SLEB(); !slices.Equal(b, c.b) || got != c.v || cur.Len() != 0 {
			t.Errorf("%d: % x, read as %d", c.v, b, got)
		}
	}
	padded := make([]byte, 4)
	if !dwarf.PutPaddedULEB(padded, 300) || !slices.Equal(padded, []byte{0xac, 0x82, 0x80, 0}) || dwarf.PutPaddedULEB(padded, 1<<28) {
		t.Errorf("padded: % x", padded)
	}
}

// TestLEBErrors: numbers that do not end, or do not fit 64 bits; padding is no error.
func TestLEBErrors(t *testing.T) {
	for _, c := range []struct {
		b        []byte
		uns, sig error
	}{
		{nil, dwarf.ErrTruncated, dwarf.ErrTruncated},
		{[]byte{0x80}, dwarf.ErrTruncated, dwarf.ErrTruncated},
		{[]byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2}, dwarf.ErrOverflow, dwarf.ErrOverflow},
		{[]byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, nil, nil},
		{[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, dwarf.ErrOverflow, nil},
	} {
		a, b := dwarf.NewCursor("x", c.b, 0), dwarf.NewCursor("x", c.b, 0)
		a.ULEB()
		b.SLEB()
		if !errors.Is(a.Err(), c.uns) || !errors.Is(b.Err(), c.sig) {
			t.Errorf("% x: %v and %v", c.b, a.Err(), b.Err())
		}
	}
}

func TestCursor(t *testing.T) {
	c := dwarf.CursorAt(".debug_x", []byte{0xff, 1, 2, 3, 4, 5, 6, 7, 8, 'a', 'b', 0, 9}, 1)
	if c.U16() != 0x201 || c.U24() != 0x50403 || c.Uint(3) != 0x80706 || string(c.CString()) != "ab" || c.Offset() != 12 || c.Len() != 1 {
		t.Error("wrong values")
	}
	if c.U32() != 0 || c.U8() != 0 || c.Len() != 0 || c.Err().Error() != ".debug_x+0xc: unexpected end of data" {
		t.Error(c.Err())
	}
	for _, x := range []struct {
		b    string
		n    uint64
		is64 bool
		bad  bool
	}{
		{"\x05\x00\x00\x00", 5, false, false},
		{"\xff\xff\xff\xff\x05\x00\x00\x00\x00\x00\x00\x00", 5, true, false},
		{"\xf0\xff\xff\xff", 0, false, true},
	} {
		c := dwarf.NewCursor("x", []byte(x.b), 0)
		if n, is64 := c.InitialLength(); n != x.n || is64 != x.is64 || (c.Err() != nil) != x.bad {
			t.Errorf("% x: %d %v %v", x.b, n, is64, c.Err())
		}
	}
	c = dwarf.NewCursor("x", make([]byte, 4), 0)
	c.Limit(5)
	if c.Err() == nil {
		t.Error("limit behind the end")
	}
	if c = dwarf.CursorAt("x", make([]byte, 4), 5); c.Err() == nil || c.Rest() != nil {
		t.Error("offset behind the end")
	}
}

func TestStringTable(t *testing.T) {
	old := []byte("\x00abc\x00de")
	s := dwarf.NewStringTable(old)
	a, b, again, cut := s.Add("xy"), s.Add("abc"), s.Add("xy"), s.Add("q\x00r")
	if a != 8 || b != 11 || again != a || cut != 15 || string(s.Bytes()) != "\x00abc\x00de\x00xy\x00abc\x00q\x00" || len(old) != 7 {
		t.Errorf("%d %d %d %d %q", a, b, again, cut, s.Bytes())
	}
	if got, ok := dwarf.String(s.Bytes(), 1); !ok || string(got) != "abc" {
		t.Errorf("%q", got)
	}
	if at, after := s.Append([]byte("m\x00n")), s.Add("n"); at != 17 || after != 21 || s.Len() != 23 ||
		string(s.Copy(5)) != "\x00abc\x00de\x00xy\x00abc\x00q\x00m\x00n\x00n\x00" || cap(s.Copy(5)) < 28 {
		t.Errorf("%d %d %d %q", at, after, s.Len(), s.Copy(5))
	}
	if _, ok := dwarf.String([]byte("abc"), 0); ok {
		t.Error("string without end")
	}
	if _, ok := dwarf.String(nil, 0); ok {
		t.Error("string behind the end")
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		got  interface{ String() string }
		want string
	}{
		{dwarf.TagSubprogram, "DW_TAG_subprogram"}, {dwarf.Tag(0x1234), "DW_TAG_0x1234"},
		{dwarf.AttrLowPC, "DW_AT_low_pc"}, {dwarf.FormLineStrp, "DW_FORM_line_strp"}, {dwarf.OpWASMLocation, "DW_OP_WASM_location"},
		{dwarf.OpEntryValue, "DW_OP_entry_value"}, {dwarf.LangRust, "DW_LANG_Rust"}, {dwarf.EncUTF, "DW_ATE_UTF"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
	var s dwarf.Sections
	for i, name := range dwarf.SectionNames {
		if !s.Set(name, []byte{byte(i)}) {
			t.Errorf("%s is not known", name)
		}
	}
	for i, name := range dwarf.SectionNames {
		if b := *s.Section(name); len(b) != 1 || int(b[0]) != i {
			t.Errorf("%s shares a place", name)
		}
	}
	if s.Set(".text", nil) || s.Set(".debug_info.dwo", nil) {
		t.Error("unknown section is known")
	}
}

type reader struct{ c dwarf.Cursor }

func (r *reader) ReadByte() (byte, error) { return r.c.U8(), r.c.Err() }
func (r *reader) Read(b []byte) (int, error) {
	return copy(b, r.c.Bytes(uint64(len(b)))), r.c.Err()
}
func (r *reader) Len() int { return r.c.Len() }

// FuzzLEB compares short numbers with Delve's reader.
func FuzzLEB(f *testing.F) {
	f.Add([]byte{0xff, 0x7e})
	f.Fuzz(func(t *testing.T, b []byte) {
		for i := range b { // Delve panics on what does not end, and does not see an overflow
			if b[i] < 0x80 {
				b = b[:min(i+1, 9)]
				b[len(b)-1] &= 0x7f
				u, s := dwarf.NewCursor("x", b, 0), dwarf.NewCursor("x", b, 0)
				wantU, _ := leb128.DecodeUnsigned(&reader{dwarf.NewCursor("x", b, 0)})
				wantS, _ := leb128.DecodeSigned(&reader{dwarf.NewCursor("x", b, 0)})
				if gotU, gotS := u.ULEB(), s.SLEB(); gotU != wantU || gotS != wantS {
					t.Fatalf("% x: %d and %d, want %d and %d", b, gotU, gotS, wantU, wantS)
				}
				return
			}
		}
	})
}
