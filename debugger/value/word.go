package value

import "math"

// Word returns the bits of a number as a WebAssembly value has them: of an integer, or of a floating-point number, of 32 bits
// or of 64. An integer that does not fit is an error.
func (v *Variable) Word(float, short bool) (uint64, error) {
	s, err := v.unwrapped().scalar()
	if err != nil {
		return 0, err
	}
	bits := 64
	if short {
		bits = 32
	}
	if float {
		if short {
			return uint64(math.Float32bits(float32(s.float()))), nil
		}
		return math.Float64bits(s.float()), nil
	}
	if s.class == classFloat {
		return 0, unavailable("it is no integer")
	}
	if !s.i.fits(basicType{classInt, bits, true}) && !s.i.fits(basicType{classInt, bits, false}) {
		return 0, unavailable("it does not fit")
	}
	var word uint64
	for i, b := range s.convert(basicType{classInt, bits, false}).bytes() {
		if i < 8 {
			word |= uint64(b) << (8 * i)
		}
	}
	return word, nil
}
