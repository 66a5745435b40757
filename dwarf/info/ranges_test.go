package info_test

import (
	"slices"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/list"
)

// TestRangeOfLength reads ends that are distances from the start: addresses have the unit's size.
func TestRangeOfLength(t *testing.T) {
	abbrev := []byte{
		1, byte(dwarf.TagLexicalBlock), 0, byte(dwarf.AttrLowPC), byte(dwarf.FormAddr), byte(dwarf.AttrHighPC), byte(dwarf.FormData4), 0, 0,
		0,
	}
	for _, c := range []struct {
		low, length [4]byte
		want        []list.Range
	}{
		{[4]byte{0x9f}, [4]byte{0x11}, []list.Range{{Low: 0x9f, High: 0xb0}}},
		// To 0, as Binaryen 120 has it for an end that is lost.
		{[4]byte{0x9f}, [4]byte{0x61, 0xff, 0xff, 0xff}, []list.Range{{Low: 0x9f, High: 0xa0}}},
		{[4]byte{0x9f}, [4]byte{0x71, 0xff, 0xff, 0xff}, nil}, // to 0x10
		{[4]byte{0x9f}, [4]byte{}, nil},
	} {
		unit := slices.Concat([]byte{4, 0, 0, 0, 0, 0, 4, 1}, c.low[:], c.length[:])
		section := append([]byte{byte(len(unit)), 0, 0, 0}, unit...)
		d, err := info.New(&dwarf.Sections{Info: section, Abbrev: abbrev})
		if err != nil {
			t.Fatal(err)
		}
		e, err := d.Units[0].Root()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.Ranges(); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%x and %x: %+v (%v), want %+v", c.low, c.length, got, err, c.want)
		}
	}
}
