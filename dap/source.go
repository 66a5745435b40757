package dap

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/google/go-dap"
)

// Sources that are no files here, but whose text is known (it is in the debug information, or is
// the module's own text) are given to the client by reference: the number of the file in
// server.texts, from 1.

// textReference returns the reference for such a source. sourceMu is held.
func (s *server) textReference(file string) int {
	i := slices.Index(s.texts, file)
	if i < 0 {
		i = len(s.texts)
		s.texts = append(s.texts, file)
	}
	return i + 1
}

// sourceText answers the client that shows a source by reference.
func (s *server) sourceText(a *dap.SourceArguments) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	n := a.SourceReference
	if n == 0 && a.Source != nil {
		n = a.Source.SourceReference
	}
	s.sourceMu.Lock()
	file := ""
	if n >= 1 && n <= len(s.texts) {
		file = s.texts[n-1]
	}
	s.sourceMu.Unlock()
	if file == "" && n == 0 && a.Source != nil {
		file, _ = session.LocalFile(a.Source.Path) // one that the client could read itself
	}
	if file == "" {
		return nil, fmt.Errorf("there is no source with the reference %d", n)
	}
	lines, err := session.Source(file)
	if err != nil {
		return nil, err
	}
	return &dap.SourceResponseBody{Content: strings.Join(lines, "\n") + "\n", MimeType: mimeTypes[path.Ext(file)]}, nil
}

// mimeTypes are those of sources by the ends of their names.
var mimeTypes = map[string]string{
	".wat": "text/x-wat", ".rs": "text/x-rust", ".c": "text/x-c", ".h": "text/x-c", ".cpp": "text/x-c++", ".cc": "text/x-c++", ".go": "text/x-go",
}
