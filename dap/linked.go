package dap

import (
	"fmt"

	"sphex/aot/wasm"
	"sphex/debugger"
)

// linked takes over what a configuration says about the program's imports.
func linked(a *arguments, cfg *debugger.Config) (err error) {
	for _, text := range a.Preload {
		p, err := debugger.ParsePreload(text)
		if err != nil {
			return fmt.Errorf("preload: %q: %w", text, err)
		}
		p.Path = under(a.Cwd, p.Path)
		cfg.Preloads = append(cfg.Preloads, p)
	}
	if cfg.StubImports, err = debugger.ParseStubImports(a.StubImports); err != nil {
		return fmt.Errorf("stubImports: %q: %w", a.StubImports, err)
	}
	if a.AllowImports == nil {
		return nil
	}
	cfg.Imports = &wasm.ImportPolicy{}
	for _, pattern := range a.AllowImports {
		if err := cfg.Imports.Allow(pattern); err != nil {
			return fmt.Errorf("allowImports: %w", err)
		}
	}
	return nil
}
