package dwarf

import "strconv"

// Encoding says how a base type's bits are to be read (DWARF 5, 7.8).
type Encoding uint8

const (
	EncAddress        Encoding = 0x01
	EncBoolean        Encoding = 0x02
	EncComplexFloat   Encoding = 0x03
	EncFloat          Encoding = 0x04
	EncSigned         Encoding = 0x05
	EncSignedChar     Encoding = 0x06
	EncUnsigned       Encoding = 0x07
	EncUnsignedChar   Encoding = 0x08
	EncImaginaryFloat Encoding = 0x09
	EncPackedDecimal  Encoding = 0x0a
	EncNumericString  Encoding = 0x0b
	EncEdited         Encoding = 0x0c
	EncSignedFixed    Encoding = 0x0d
	EncUnsignedFixed  Encoding = 0x0e
	EncDecimalFloat   Encoding = 0x0f
	EncUTF            Encoding = 0x10
	EncUCS            Encoding = 0x11
	EncASCII          Encoding = 0x12
)

var encNames = map[Encoding]string{
	EncAddress:        "DW_ATE_address",
	EncBoolean:        "DW_ATE_boolean",
	EncComplexFloat:   "DW_ATE_complex_float",
	EncFloat:          "DW_ATE_float",
	EncSigned:         "DW_ATE_signed",
	EncSignedChar:     "DW_ATE_signed_char",
	EncUnsigned:       "DW_ATE_unsigned",
	EncUnsignedChar:   "DW_ATE_unsigned_char",
	EncImaginaryFloat: "DW_ATE_imaginary_float",
	EncPackedDecimal:  "DW_ATE_packed_decimal",
	EncNumericString:  "DW_ATE_numeric_string",
	EncEdited:         "DW_ATE_edited",
	EncSignedFixed:    "DW_ATE_signed_fixed",
	EncUnsignedFixed:  "DW_ATE_unsigned_fixed",
	EncDecimalFloat:   "DW_ATE_decimal_float",
	EncUTF:            "DW_ATE_UTF",
	EncUCS:            "DW_ATE_UCS",
	EncASCII:          "DW_ATE_ASCII",
}

// String returns the standard name, or "DW_ATE_0x…" for an unknown number.
func (x Encoding) String() string {
	if s, ok := encNames[x]; ok {
		return s
	}
	return "DW_ATE_0x" + strconv.FormatUint(uint64(x), 16)
}
