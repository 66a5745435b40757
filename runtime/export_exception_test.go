//go:build linux && amd64

package runtime

// References counts the exceptions that are kept for values of type exnref.
func (s *Store) References() int {
	s.exceptions.mu.Lock()
	defer s.exceptions.mu.Unlock()
	return max(len(s.exceptions.byRef), len(s.exceptions.refs))
}

// LimitReferences says how many there can be, until the function that it returns is called.
func LimitReferences(n int) (restore func()) {
	was := maxRefs
	maxRefs = n
	return func() { maxRefs = was }
}
