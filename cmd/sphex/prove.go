package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sphex/aot"
	"sphex/debugger/proof"
	"sphex/runtime/wasi"
)

// proveCommand is for those who work on Sphex: see docs/proof.md.
func proveCommand() *cobra.Command {
	var c proof.Config
	var dirs, runs []string
	var stdin string
	var verbose int
	var plain string
	cmd := &cobra.Command{
		Use:    "prove [flags] MODULE...",
		Short:  "Compare every variable and line of a module's debug information with the native one, while it runs",
		Args:   needProgram,
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			for _, d := range dirs {
				d := directory(d, false)
				c.Dirs = append(c.Dirs, wasi.Dir{Host: d.Host, Guest: d.Guest})
			}
			for _, r := range runs {
				c.Runs = append(c.Runs, strings.Fields(r))
			}
			if stdin != "" {
				b, err := os.ReadFile(stdin)
				if err != nil {
					return err
				}
				c.Stdin = string(b)
			}
			if plain != "" {
				return available(args, plain, c, verbose)
			}
			holds := true
			fmt.Print(proof.Header)
			for _, path := range args {
				module, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				c.Companions = &aot.Companions{Module: path}
				r, err := proof.Prove(module, c)
				if err != nil {
					fmt.Printf("%s: %v\n", path, err)
					continue
				}
				holds = holds && r.Holds()
				r.Row(os.Stdout, path[strings.LastIndexByte(path, '/')+1:])
				for i, e := range r.Exceptions {
					if i == verbose {
						fmt.Printf("    … and %d more\n", len(r.Exceptions)-i)
						break
					}
					fmt.Printf("    %s\n", e.String())
				}
			}
			if !holds {
				return exitStatus(1)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&dirs, "dir", nil, "open a directory for the program: `HOST[::GUEST]`")
	f.StringArrayVar(&runs, "run", nil, "run the program with these `arguments`; may be repeated")
	f.StringVar(&stdin, "stdin", "", "the program's standard input: a `file`")
	f.BoolVar(&c.Instructions, "instructions", false, "look at each instruction that has code, not at statements only")
	f.IntVar(&c.Calls, "calls", 2, "call each function that was not reached this often with made-up arguments")
	f.DurationVar(&c.Time, "time", time.Minute, "how long runs may take")
	f.StringVar(&plain, "plain", "", "count the variables that are shown, of those in scope in the source by this `module`: the same source without optimisation")
	f.IntVar(&verbose, "exceptions", 20, "print at most this many exceptions of a module")
	return cmd
}

// available prints how many of the variables in scope in the source are shown.
func available(paths []string, plain string, c proof.Config, verbose int) error {
	truth, err := os.ReadFile(plain)
	if err != nil {
		return err
	}
	fmt.Print(proof.AvailabilityHeader)
	for _, path := range paths {
		module, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		own := func(file string) bool { return strings.HasPrefix(file, "/src/") || strings.HasPrefix(file, "/corpus/") }
		a, err := proof.Available(path, module, truth, own, c)
		if err != nil {
			return err
		}
		a.Row(os.Stdout, path[strings.LastIndexByte(path, '/')+1:])
		for i, m := range a.Missing {
			if i == verbose {
				fmt.Printf("    … and %d more\n", len(a.Missing)-i)
				break
			}
			fmt.Printf("    allowed and not shown: %s\n", m)
		}
	}
	return nil
}
