package dwarf

import (
	"errors"
	"fmt"
)

// Error is what is wrong with a section, and where.
type Error struct {
	Section string // ".debug_info"
	Offset  uint64 // in the section
	Err     error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s+0x%x: %v", e.Section, e.Offset, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error.
func Errorf(section string, offset uint64, format string, args ...any) error {
	return &Error{section, offset, fmt.Errorf(format, args...)}
}

// ErrTruncated is the cause of errors from data that ends too early.
var ErrTruncated = errors.New("unexpected end of data")

// ErrOverflow is the cause of errors from LEB128 numbers of more than 64 bits.
var ErrOverflow = errors.New("LEB128 number does not fit 64 bits")
