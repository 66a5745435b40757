package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"sphex/aot/debuginfo"
	"sphex/debugger"
)

func runCommand() *cobra.Command {
	var p programFlags
	var gdb bool
	c := &cobra.Command{
		Use:   "run [flags] PROGRAM [-- ARGS...]",
		Short: "Run a program; a trap prints a backtrace in source terms and exits with status 134",
		Args:  needProgram,
		RunE: func(_ *cobra.Command, args []string) error {
			if gdb {
				p.text = debuginfo.TextAlone // gdb's and lldb's steps enter whatever has lines
			}
			cfg, err := p.config(args)
			if err != nil {
				return err
			}
			cfg.Stdin = os.Stdin
			cfg.ShowNative = gdb
			return run(cfg)
		},
	}
	p.add(c)
	c.Flags().BoolVar(&gdb, "gdb", false, "show the program to gdb or lldb when they debug this process")
	return c
}

// maxFrames is how many frames of a backtrace are printed from its top and from its bottom.
const maxFrames = 40

func run(cfg debugger.Config) error {
	s, err := debugger.Open(context.Background(), cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	stop, err := s.Continue()
	if err != nil {
		return err
	}
	return report(s, cfg, stop)
}

// report tells how a program that ran by itself has ended.
func report(s *debugger.Session, cfg debugger.Config, stop *debugger.Stop) error {
	if trap := stop.Trap(); trap != nil {
		fmt.Fprintf(os.Stderr, "sphex: the program trapped: %s\n", printable(trap.Text))
		if err := s.WriteTrapBacktrace(os.Stderr, maxFrames); err != nil {
			fmt.Fprintf(os.Stderr, "sphex: no backtrace: %v\n", err)
		}
		for _, n := range s.Notes() { // they say why it shows less than it could
			fmt.Fprintf(os.Stderr, "sphex: note: %s\n", printable(n))
		}
		return exitStatus(debugger.TrapStatus)
	}
	if stop.Err != nil {
		return stop.Err
	}
	if cfg.Invoke != "" {
		for _, r := range stop.Results() {
			fmt.Println(r)
		}
	}
	if stop.ExitCode != 0 {
		return exitStatus(stop.ExitCode)
	}
	return nil
}
