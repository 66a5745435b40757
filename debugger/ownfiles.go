package debugger

import "sphex/aot/debuginfo"

// OwnFiles lists the program's source files that are no library's, nor the module's text where that stands in for sources.
func (s *Session) OwnFiles() (list []string) {
	for _, f := range s.Files() {
		if !isLibrary(f) && !s.standsIn(f) && !debuginfo.IsText(f) {
			list = append(list, f)
		}
	}
	return list
}
