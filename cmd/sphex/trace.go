package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"sphex/aot/debuginfo"
	"sphex/debugger"
	"sphex/repl"
)

func traceCommand() *cobra.Command {
	var p programFlags
	c := &cobra.Command{
		Use:   "trace [flags] PROGRAM [FUNCTION...] [-- ARGS...]",
		Short: "Run a program and print each call and return of functions",
		Long:  "Run a program and print each call and return of functions, with arguments, results and depth, to\nstandard error. A function is given by its name, by a regular expression, or as FILE:*, which means\nall functions of a file. Without any, all functions of the program's own files are traced.",
		Args: func(c *cobra.Command, args []string) error {
			if n := ownArgs(c, args); n < 1 {
				return fmt.Errorf("trace needs a program: sphex %s", c.Use)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			p.text = debuginfo.TextFills
			n := ownArgs(c, args)
			cfg, err := p.config(append([]string{args[0]}, args[n:]...))
			if err != nil {
				return err
			}
			cfg.Stdin = os.Stdin
			return trace(cfg, args[1:n])
		},
	}
	p.add(c)
	return c
}

// ownArgs returns how many arguments stand before the --, behind which are the program's.
func ownArgs(c *cobra.Command, args []string) int {
	if n := c.ArgsLenAtDash(); n >= 0 {
		return n
	}
	return len(args)
}

func trace(cfg debugger.Config, patterns []string) error {
	lines := &repl.GuestOutput{W: os.Stderr}
	defer lines.Flush()
	cfg.Stdout, cfg.Stderr = behind{lines, os.Stdout}, lines
	cfg.Events = lines.Event
	s, err := debugger.Open(context.Background(), cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	if len(patterns) == 0 {
		if patterns, err = ownFunctions(s); err != nil {
			return err
		}
	}
	for _, pattern := range patterns {
		if _, err := s.Trace(pattern); err != nil {
			return err
		}
	}
	stop, err := s.Continue()
	if err != nil {
		return err
	}
	lines.Flush()
	return report(s, cfg, stop)
}

// ownFunctions are patterns for all functions of the program's own files.
func ownFunctions(s *debugger.Session) (patterns []string, err error) {
	for _, f := range s.OwnFiles() {
		p := f + ":*"
		if places, _ := s.FindPlaces(debugger.BreakpointSpec{File: f, EveryFunction: true}); len(places) > 0 {
			patterns = append(patterns, p)
		}
	}
	if len(patterns) == 0 {
		return nil, fmt.Errorf("the program has no source of its own: name the functions to trace, or .* for all")
	}
	return patterns, nil
}

// behind writes behind the lines that wait.
type behind struct {
	lines *repl.GuestOutput
	to    io.Writer
}

func (b behind) Write(p []byte) (int, error) {
	b.lines.Flush()
	return b.to.Write(p)
}
