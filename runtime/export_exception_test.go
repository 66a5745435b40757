//go:build linux && amd64

package runtime

// References counts the exceptions that are kept for values of type exnref.
func (s *Store) References() int {
	s.exceptions.mu.Lock()
	defer s.exceptions.mu.Unlock()
	return max(len(s.exceptions.byRef), len(s.exceptions.refs))
}
