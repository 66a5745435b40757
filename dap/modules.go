package dap

import (
	"fmt"
	"path/filepath"

	"github.com/google/go-dap"
)

// moduleID is the one module's.
const moduleID = 1

// module is go-dap's with our own columns.
type module struct {
	dap.Module
	Size string `json:"moduleSize"`
	Text string `json:"nativeSize"`
}

// moduleColumns are those that clients show beside the usual ones.
func moduleColumns() []dap.ColumnDescriptor {
	return []dap.ColumnDescriptor{
		{AttributeName: "moduleSize", Label: "WebAssembly", Type: "string"},
		{AttributeName: "nativeSize", Label: "Native code", Type: "string"},
	}
}

func (s *server) moduleName() string { return filepath.Base(s.launch.Program) }

// modules lists the program's one module.
func (s *server) modules(a *dap.ModulesArguments) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	code, text := session.CodeSize()
	m := module{dap.Module{
		Id: moduleID, Name: s.moduleName(), Path: s.launch.Program, IsUserCode: true,
		SymbolStatus: "No debug information: the module's text is shown",
		AddressRange: address(0) + "-" + address(text),
	}, bytesText(code), bytesText(int(text))}
	if session.HasDebugInfo() {
		m.SymbolStatus = "Debug information loaded"
	}
	body := &struct {
		Modules      []module `json:"modules"`
		TotalModules int      `json:"totalModules"`
	}{[]module{}, 1}
	if a.StartModule <= 0 {
		body.Modules = append(body.Modules, m)
	}
	return body, nil
}

// bytesText writes a size.
func bytesText(n int) string {
	if n < 10_000 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%d KB", n/1000)
}
