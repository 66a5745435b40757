package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/debugger"
)

func runCommand() *cobra.Command {
	var p programFlags
	var gdb bool
	form, core := backtraceShort, ""
	listen, wait := "", false
	c := &cobra.Command{
		Use:   "run [flags] PROGRAM [ARGS...]",
		Short: "Run a program; a trap prints a backtrace in source terms and exits with status 134",
		Args:  needProgram,
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(backtraceForms, form) {
				return fmt.Errorf("--backtrace %s: want one of %s", form, strings.Join(backtraceForms, ", "))
			}
			if gdb {
				p.text = debuginfo.TextAlone // gdb's and lldb's steps enter whatever has lines
			}
			if listen != "" {
				p.text, p.laterFrom = debuginfo.TextFills, aot.LargeModule
			}
			if isTerminal(os.Stderr) {
				noteFlags(c, args)
			}
			cfg, err := p.config(programArguments(args))
			if err != nil {
				return err
			}
			cfg.Stdin = os.Stdin
			cfg.ShowNative = gdb
			switch {
			case listen != "" && (gdb || core != ""):
				return fmt.Errorf("--debug-listen goes with neither --gdb nor --coredump")
			case listen != "":
				return runListening(cfg, listen, wait, form)
			case wait:
				return fmt.Errorf("--debug-wait needs --debug-listen")
			}
			cfg.Events = func(e debugger.Event) {
				if t, ok := e.(*debugger.ThreadRefused); ok {
					fmt.Fprintf(os.Stderr, "sphex: note: no thread could begin: %v\n", t.Err)
				}
			}
			return run(cfg, form, core)
		},
	}
	p.add(c)
	takesArguments(c)
	c.Flags().StringVar(&form, "backtrace", backtraceShort, "what a trap prints: short, full (with the arguments' values), json, or none")
	c.Flags().StringVar(&core, "coredump", "", "write a core dump to this `file` when the program traps; sphex core opens it")
	c.Flags().StringVar(&listen, "debug-listen", "", "let debuggers attach at this `address` while the program runs: HOST:PORT or unix:PATH;\nwho is not this user on this machine must know the token in $SPHEX_TOKEN")
	c.Flags().BoolVar(&wait, "debug-wait", false, "with --debug-listen: start when a debugger has attached")
	c.Flags().BoolVar(&gdb, "gdb", false, "show the program to gdb or lldb when they debug this process")
	return c
}

// The forms of a trap's backtrace.
const (
	backtraceShort = "short"
	backtraceFull  = "full"
	backtraceJSON  = "json"
	backtraceNone  = "none"
)

var backtraceForms = []string{backtraceShort, backtraceFull, backtraceJSON, backtraceNone}

// maxFrames is how many frames of a backtrace are printed from its top and from its bottom.
const maxFrames = 40

func run(cfg debugger.Config, form, core string) error {
	s, err := debugger.Open(context.Background(), cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	stop, err := s.Continue()
	if err != nil {
		return err
	}
	if stop.Trap() != nil && core != "" {
		if err := writeCore(s, cfg.Program, core); err != nil {
			fmt.Fprintf(os.Stderr, "sphex: %v\n", err)
		}
	}
	if stop.Trap() != nil && form != backtraceShort {
		return reportAs(s, stop, form)
	}
	return report(s, cfg, stop)
}

// reportAs tells of a trap in another form than the usual one.
func reportAs(s *debugger.Session, stop *debugger.Stop, form string) error {
	if form == backtraceNone {
		fmt.Fprintf(os.Stderr, "sphex: the program trapped%s: %s\n", inThread(stop.Thread), printable(stop.Trap().Text))
		return exitStatus(debugger.TrapStatus)
	}
	r, err := s.Report(reportedFrames)
	if err != nil {
		return err
	}
	if err := writeReport(r, form); err != nil {
		return err
	}
	return exitStatus(debugger.TrapStatus)
}

// writeReport prints what is known of a trap.
func writeReport(r *debugger.Report, form string) error {
	if form == backtraceJSON {
		e := json.NewEncoder(os.Stderr)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	fmt.Fprintf(os.Stderr, "sphex: the program trapped%s: ", inThread(r.Thread))
	return r.Write(os.Stderr, form == backtraceFull)
}

// inThread names a thread that is not the main one.
func inThread(id int) string {
	if id <= 1 {
		return ""
	}
	return fmt.Sprintf(" in thread %d", id)
}

// reportedFrames is how many frames a full backtrace has at most.
const reportedFrames = 200

// report tells how a program that ran by itself has ended.
func report(s *debugger.Session, cfg debugger.Config, stop *debugger.Stop) error {
	if trap := stop.Trap(); trap != nil {
		fmt.Fprintf(os.Stderr, "sphex: the program trapped%s: %s\n", inThread(stop.Thread), printable(trap.Text))
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
