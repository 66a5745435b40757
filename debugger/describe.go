package debugger

// Describe tells what the type is of an expression, or of a type's name, in a frame: its definition,
// with offsets where its members are. The expression may not change the program.
func (s *Session) Describe(level int, what string, offsets bool) (lines []string, err error) {
	err = s.whileStopped(func() error {
		f, err := s.frameAt(level)
		if err == nil {
			lines, err = s.scope(f).Describe(what, offsets)
		}
		return err
	})
	return lines, err
}
