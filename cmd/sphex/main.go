// Command sphex compiles WebAssembly ahead of time, runs it in a sandbox, and debugs it in
// the terms of its source.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sphex/debugger"
)

// rootCommand makes the command line.
func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "sphex",
		Short:         "The source-level debugger for WebAssembly",
		Long:          "Sphex compiles a WebAssembly module ahead of time, carries its DWARF through to the native\ncode, runs it in a sandbox, and debugs it there in the terms of its source.",
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2,
		Args: func(root *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return nil
			case strings.HasSuffix(args[0], ".wasm") || strings.HasSuffix(args[0], ".elf"):
				return fmt.Errorf("to do what with %s? sphex debug %[1]s debugs it, sphex run %[1]s runs it", args[0])
			}
			near := "sphex help lists them"
			if names := root.SuggestionsFor(args[0]); len(names) > 0 {
				near = "there is " + strings.Join(names, ", ")
			}
			return fmt.Errorf("there is no command %s: %s", args[0], near)
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.Version = version() // --version, too
	root.SetVersionTemplate(versionLine())
	root.Flags().Bool("version", false, "print the version")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if n := new(strconv.NumError); errors.As(err, &n) {
			text, _, _ := strings.Cut(err.Error(), ": ")
			err = errors.New(text + ": it takes a number")
		}
		return fmt.Errorf("%w (%s --help lists the flags; those of the program stand behind it)", err, c.CommandPath())
	})
	root.AddCommand(runCommand(), debugCommand(), coreCommand(), traceCommand(), dapCommand(), connectCommand(), terminalHelperCommand(), compileCommand(), keygenCommand(), dumpCommand(), proveCommand(), versionCommand(), manCommand())
	root.SetHelpCommand(helpCommand())
	for _, c := range root.Commands() {
		if strings.Contains(c.Use, "PROGRAM") || strings.Contains(c.Use, "MODULE") {
			c.ValidArgsFunction = completePrograms
		}
	}
	return root
}

func main() {
	err := rootCommand().Execute()
	finish()
	var exit exitStatus
	if errors.As(err, &exit) {
		os.Exit(int(exit))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sphex:", printable(err.Error()))
		os.Exit(1)
	}
}

// exitStatus is an error that only sets the status: what there was to say has been said.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// printable keeps names that a module has from commanding the terminal.
func printable(text string) string { return debugger.Printable(text) }
