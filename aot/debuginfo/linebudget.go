package debuginfo

import (
	"errors"

	"sphex/dwarf"
)

// lineBudgets bound how much is read of line tables: no producer's overlap, but hostile ones
// could share a megabyte a thousand times over. The keys are the first bytes of sections.
type lineBudgets map[*byte]int64

var errTablesOverlap = errors.New("too many line tables overlap")

// take takes the table at an offset from the budget of its section; the error says that there
// is none left. A header that is damaged costs nothing.
func (b *lineBudgets) take(s *dwarf.Sections, off uint64) error {
	c := dwarf.CursorAt(".debug_line", s.Line, off)
	n, _ := c.InitialLength()
	c.Limit(n)
	if c.Err() != nil {
		return nil
	}
	if *b == nil {
		*b = lineBudgets{}
	}
	left, ok := (*b)[&s.Line[0]]
	if !ok {
		left = 2*int64(len(s.Line)) + 1<<16
	}
	left -= int64(n)
	(*b)[&s.Line[0]] = left
	if left < 0 {
		return &dwarf.Error{Section: ".debug_line", Offset: off, Err: errTablesOverlap}
	}
	return nil
}
