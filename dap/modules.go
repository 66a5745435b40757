package dap

import (
	"path/filepath"

	"github.com/google/go-dap"
)

// modules lists the program's one module.
func (s *server) modules(a *dap.ModulesArguments) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	m := dap.Module{Id: 1, Name: filepath.Base(s.launch.Program), Path: s.launch.Program, IsUserCode: true, SymbolStatus: "No debug information: the module's text is shown"}
	if session.HasDebugInfo() {
		m.SymbolStatus = "Debug information loaded"
	}
	body := &dap.ModulesResponseBody{Modules: []dap.Module{}, TotalModules: 1}
	if a.StartModule <= 0 {
		body.Modules = append(body.Modules, m)
	}
	return body, nil
}
