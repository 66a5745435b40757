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

// stubWords are the values of --stub-imports.
var stubWords = map[string]debugger.StubImports{"": debugger.StubNone, "trap": debugger.StubTrap, "zero": debugger.StubZero}

func (l *linkFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&l.preloads, "preload", nil, "instantiate this module first, so that the program, and those behind it, can import from it: `NAME=FILE`")
	f.StringVar(&l.stub, "stub-imports", "", "let the program start although nothing defines some of its imports: `trap` when one is called,\nor zero: functions return zero, globals are zero, memories and tables empty")
	addAllowed(c, &l.allowed)
}

// addAllowed adds the flag with the allow-list of imports.
func addAllowed(c *cobra.Command, allowed *[]string) {
	c.Flags().StringArrayVar(allowed, "allow-import", nil, "import nothing but what a `MODULE.NAME` allows, where * stands for any characters; @FILE has one on each line")
}

// set completes the configuration of a session.
func (l *linkFlags) set(cfg *debugger.Config) error {
	for _, p := range l.preloads {
		name, path, ok := strings.Cut(p, "=")
		if !ok || name == "" || path == "" {
			return fmt.Errorf("--preload %s: want NAME=FILE", p)
		}
		if slices.ContainsFunc(cfg.Preloads, func(o debugger.Preload) bool { return o.Name == name }) {
			return fmt.Errorf("--preload %s: there is another module %s", p, name)
		}
		cfg.Preloads = append(cfg.Preloads, debugger.Preload{Name: name, Path: path})
	}
	stub, ok := stubWords[l.stub]
	if !ok {
		return fmt.Errorf("--stub-imports %s: want trap or zero", l.stub)
	}
	cfg.StubImports = stub
	var err error
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
