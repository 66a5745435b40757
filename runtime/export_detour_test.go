//go:build linux && amd64

package runtime

// Detours counts the breakpoints that are calls and those that can't be.
func (m *Module) Detours() (done, refused int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.patches {
		if p.refused {
			refused++
		}
	}
	return m.calls, refused
}
