package main

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sphex/aot/debuginfo"
	"sphex/debugger"
	"sphex/repl"
)

func debugCommand() *cobra.Command {
	var p programFlags
	var commands []string
	var stdin string
	c := &cobra.Command{
		Use:   "debug [flags] PROGRAM [ARGS...]",
		Short: "Debug a program in the terminal",
		Long:  "Debug a program in the terminal. Commands are read from standard input; when that is no\nterminal, each is echoed, so that the output reads as a transcript. help lists the commands.",
		Args:  needProgram,
		RunE: func(c *cobra.Command, args []string) error {
			p.text, p.later = debuginfo.TextFills, true
			noteFlags(c, args)
			cfg, err := p.config(programArguments(args))
			if err != nil {
				return err
			}
			return debug(cfg, commands, stdin)
		},
	}
	p.add(c)
	p.addNatvis(c)
	takesArguments(c)
	c.Flags().StringArrayVarP(&commands, "command", "c", nil, "run a debugger `command` before the prompt appears; can be given again")
	c.Flags().StringVar(&stdin, "stdin", "", "the program's standard input comes from this `file`")
	return c
}

func debug(cfg debugger.Config, commands []string, stdin string) error {
	terminal := isTerminal(os.Stdin) && isTerminal(os.Stdout)
	guest := &repl.GuestOutput{W: os.Stdout}
	var lend *repl.GuestInput
	switch {
	case stdin != "":
		f, err := os.Open(stdin)
		if err != nil {
			return err
		}
		defer f.Close()
		cfg.Stdin = f
	case terminal:
		lend = repl.NewGuestInput(os.Stdin, guest)
		cfg.Stdin = lend
	}
	cfg.Stdout, cfg.Stderr = guest, guest
	if !isTerminal(os.Stderr) {
		cfg.Stderr = os.Stderr
	}
	cfg.Events = guest.Event
	cfg.CatchPanics = true
	s, err := debugger.Open(context.Background(), cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	return repl.Run(repl.Config{
		Session:  s,
		In:       io.Reader(os.Stdin),
		Out:      os.Stdout,
		Terminal: terminal,
		History:  historyFile(),
		Commands: commands,
		Guest:    guest,
		Lend:     lend,
	})
}

// historyFile is where the terminal keeps what was typed, "" if there is no place for it.
func historyFile() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	dir = filepath.Join(dir, "sphex")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	return filepath.Join(dir, "history")
}

func isTerminal(f *os.File) bool { return repl.IsTerminal(f) }
