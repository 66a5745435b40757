package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sphex/aot/wasm"
	"sphex/debugger"
)

// linkFlags are the flags about what a program imports.
type linkFlags struct {
	preloads []string
	stub     string
	allowed  []string
}

func (l *linkFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&l.preloads, "preload", nil, "instantiate this module first, so that the program, and those behind it, can import from it: `NAME=FILE`")
	f.StringVar(&l.stub, "stub-imports", "", "let the program start although nothing defines some of its imports. With `trap|zero` functions trap\nwhen they are called, or return zero; with zero globals are zero, and memories and tables empty")
	addAllowed(c, &l.allowed)
}

// addAllowed adds the flag with the allow-list of imports.
func addAllowed(c *cobra.Command, allowed *[]string) {
	c.Flags().StringArrayVar(allowed, "allow-import", nil, "import nothing but what a `MODULE.NAME` allows, where * stands for any characters; @FILE has one on each line")
}

// set completes the configuration of a session.
func (l *linkFlags) set(cfg *debugger.Config) error {
	for _, p := range l.preloads {
		module, err := debugger.ParsePreload(p)
		if err != nil {
			return fmt.Errorf("--preload %s: %w", p, err)
		}
		if slices.ContainsFunc(cfg.Preloads, func(o debugger.Preload) bool { return o.Name == module.Name }) {
			return fmt.Errorf("--preload %s: there is another module %s", p, module.Name)
		}
		cfg.Preloads = append(cfg.Preloads, module)
	}
	var err error
	if cfg.StubImports, err = debugger.ParseStubImports(l.stub); err != nil {
		return fmt.Errorf("--stub-imports %s: %w", l.stub, err)
	}
	cfg.Imports, err = importPolicy(l.allowed)
	return err
}

// importPolicy reads the values of --allow-import; nil if there are none.
func importPolicy(allowed []string) (*wasm.ImportPolicy, error) {
	if allowed == nil {
		return nil, nil
	}
	p := &wasm.ImportPolicy{}
	for _, a := range allowed {
		var err error
		if file, ok := strings.CutPrefix(a, "@"); ok {
			err = readPolicy(p, file)
		} else {
			err = p.Allow(a)
		}
		if err != nil {
			return nil, fmt.Errorf("--allow-import %s: %w", a, err)
		}
	}
	return p, nil
}

func readPolicy(p *wasm.ImportPolicy, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return p.Read(f)
}
