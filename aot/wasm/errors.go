package wasm

import "fmt"

// Error says why a module is refused, in the words of the specification's test suite where
// it has some.
type Error struct {
	Offset  FileOffset
	Section string  // in which the offset lies, "" for the module's header
	Feature Feature // not FeatureMVP when the module uses a feature that is not supported yet
	Msg     string
}

func (e *Error) Error() string {
	if e.Feature != FeatureMVP {
		return fmt.Sprintf("%s %s at 0x%x is not supported yet", e.Feature, e.Msg, uint32(e.Offset))
	}
	if e.Section == "" {
		return fmt.Sprintf("%s (at 0x%x)", e.Msg, uint32(e.Offset))
	}
	return fmt.Sprintf("%s section: %s (at 0x%x)", e.Section, e.Msg, uint32(e.Offset))
}

// The messages of the test suite that several places share.
const (
	msgEnd         = "unexpected end of section or function"
	msgTooLong     = "integer representation too long"
	msgTooLarge    = "integer too large"
	msgZeroByte    = "zero byte expected"
	msgMismatch    = "type mismatch"
	msgUnknownType = "unknown type"
)
