// Command sphex compiles WebAssembly ahead of time, runs it in a sandbox, and debugs it in
// the terms of its source.
package main

import (
	"errors"
	"fmt"
	"os"
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
	}
	root.Version = version() // --version, too
	root.SetVersionTemplate(versionLine())
	root.Flags().Bool("version", false, "print the version")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
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
