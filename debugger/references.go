package debugger

// FuncOfRef names the function that a funcref refers to.
func (v *valueFrame) FuncOfRef(ref uint64) (name string) {
	_ = v.read(func() error { // no name is known of a run that is over
		name = v.s.program.refName(ref)
		return nil
	})
	return name
}
