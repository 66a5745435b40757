package line_test

import (
	"testing"

	"sphex/dwarf/info"
	"sphex/dwarf/internal/dwarftest"
	"sphex/dwarf/line"
)

// TestDecoder reads the programs of real modules in small batches, without the sequences of removed
// code, and each sequence once more from where it starts: the rows must be those of Rows.
func TestDecoder(t *testing.T) {
	removed := 0
	for _, p := range dwarftest.Programs(t, root) {
		each(t, p, func(u *info.Unit, prog *line.Program) {
			var want [][]line.Row // of the live sequences
			var seq []line.Row
			if err := prog.Rows(func(r *line.Row) bool {
				seq = append(seq, *r)
				if r.Flags&line.EndSequence != 0 {
					if first := seq[0].Address; first != 0 && first < 0xffff_fffe {
						want = append(want, seq)
					} else {
						removed++
					}
					seq = nil
				}
				return true
			}); err != nil {
				t.Fatal(err)
			}
			d := prog.Decoder(0)
			d.Live = true
			for i, rows := range want {
				from := d.Pos()
				got := sequence(&d, 3)
				again := prog.Decoder(from)
				again.Live = true
				compareRows(t, p.Name, i, got, rows)
				compareRows(t, p.Name, i, sequence(&again, 100), rows)
			}
			if rows := sequence(&d, 3); len(rows) > 0 || d.Err() != nil {
				t.Fatalf("%s: %d rows behind the last live sequence, %v", p.Name, len(rows), d.Err())
			}
		})
	}
	if removed == 0 {
		t.Error("no sequence of removed code in all programs")
	}
}

// sequence reads the rows of one sequence in batches.
func sequence(d *line.Decoder, batch int) (rows []line.Row) {
	room := make([]line.Row, batch)
	for {
		n := d.Next(room)
		rows = append(rows, room[:n]...)
		if n == 0 || room[n-1].Flags&line.EndSequence != 0 {
			return rows
		}
	}
}

func compareRows(t *testing.T, name string, i int, got, want []line.Row) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s, sequence %d: %d rows, want %d", name, i, len(got), len(want))
	}
	for k := range got {
		if got[k] != want[k] {
			t.Fatalf("%s, sequence %d, row %d: %+v, want %+v", name, i, k, got[k], want[k])
		}
	}
}
