package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/debugger"
	"sphex/repl"
)

func coreCommand() *cobra.Command {
	var p programFlags
	var commands []string
	var look terminalFlags
	c := &cobra.Command{
		Use:   "core [flags] DUMP PROGRAM",
		Short: "Look at a core dump of a program in the terminal",
		Long:  "Look at a core dump in WebAssembly's format, by any engine, of the program that it names. The commands\nare those of debug, but for those that would run the program.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("core needs a dump and its program: sphex core DUMP app.wasm")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			dump, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			p.text, p.laterFrom = debuginfo.TextFills, aot.LargeModule
			cfg, err := p.config(args[1:])
			if err != nil {
				return err
			}
			guest := &repl.GuestOutput{W: os.Stdout}
			cfg.Events = guest.Event
			s, err := debugger.OpenCore(context.Background(), cfg, dump)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			defer s.Close()
			return repl.Run(repl.Config{
				Session:  s,
				In:       io.Reader(os.Stdin),
				Out:      os.Stdout,
				Terminal: isTerminal(os.Stdin) && isTerminal(os.Stdout),
				History:  historyFile(),
				Commands: append([]string{"stack"}, commands...),
				Init:     look.init(),
				Version:  version(),
				View:     look.view,
				Guest:    guest,
			})
		},
	}
	p.addLoading(c)
	look.add(c)
	p.addNatvis(c)
	c.Flags().StringArrayVarP(&commands, "command", "c", nil, "run a debugger `command` before the prompt appears; can be given again")
	return c
}

// writeCore writes a core dump of the program that stands.
func writeCore(s *debugger.Session, program, file string) error {
	b, err := s.WriteCore(filepath.Base(program))
	if err == nil {
		err = os.WriteFile(file, b, 0o600)
	}
	if err != nil {
		return fmt.Errorf("no core dump: %w", err)
	}
	fmt.Fprintf(os.Stderr, "sphex: core dump in %s\n", file)
	return nil
}
