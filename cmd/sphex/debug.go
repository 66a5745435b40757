package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/debugger"
	"sphex/repl"
)

func debugCommand() *cobra.Command {
	var p programFlags
	var commands []string
	var stdin string
	var look terminalFlags
	c := &cobra.Command{
		Use:   "debug [flags] PROGRAM [ARGS...]",
		Short: "Debug a program in the terminal",
		Long:  "Debug a program in the terminal. Commands are read from standard input; when that is no\nterminal, each is echoed, so that the output reads as a transcript. help lists the commands.",
		Args:  needProgram,
		RunE: func(c *cobra.Command, args []string) error {
			p.text, p.laterFrom = debuginfo.TextFills, aot.LargeModule
			noteFlags(c, args)
			cfg, err := p.config(programArguments(args))
			if err != nil {
				return err
			}
			return debug(cfg, commands, stdin, look)
		},
	}
	p.add(c)
	p.addNatvis(c)
	takesArguments(c)
	c.Flags().StringArrayVarP(&commands, "command", "c", nil, "run a debugger `command` before the prompt appears; can be given again")
	look.add(c)
	c.Flags().StringVar(&stdin, "stdin", "", "the program's standard input comes from this `file`")
	return c
}

func debug(cfg debugger.Config, commands []string, stdin string, look terminalFlags) error {
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
	if terminal && !look.view {
		s.OnWait(300*time.Millisecond, tellWait)
	}
	return repl.Run(repl.Config{
		Session:  s,
		In:       io.Reader(os.Stdin),
		Out:      os.Stdout,
		Terminal: terminal,
		History:  historyFile(),
		Commands: commands,
		Init:     look.init(),
		Version:  version(),
		View:     look.view,
		Guest:    guest,
		Lend:     lend,
	})
}

// tellWait says what a command waits for, until that is there.
func tellWait(units int, done <-chan bool) {
	fmt.Fprintf(os.Stderr, "\rReading the debug information of %d units…", units)
	if <-done { // else the line was ended
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}

func isTerminal(f *os.File) bool { return repl.IsTerminal(f) }
