package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"sphex/aot"
	"sphex/aot/debuginfo"
)

func compileCommand() *cobra.Command {
	var output string
	var verbose bool
	c := &cobra.Command{
		Use:   "compile PROGRAM.wasm -o OBJECT.elf",
		Short: "Compile a module to a native object with its debug information",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("compile takes one module, not %d: sphex %s", len(args), c.Use)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return compile(args[0], output, verbose)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "the object's `file`")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "say what became of the debug information")
	if err := c.MarkFlagRequired("output"); err != nil {
		panic(err)
	}
	return c
}

func compile(input, output string, verbose bool) error {
	module, err := os.ReadFile(input)
	if err != nil {
		return err
	}
	var opts aot.Options
	if verbose {
		opts.Report = func(r *debuginfo.Report) { fmt.Fprint(os.Stderr, r) }
	}
	f, err := aot.Compile(module, opts)
	if err != nil {
		return fmt.Errorf("%s: %w", input, err)
	}
	b, err := f.Bytes()
	if err != nil {
		return err
	}
	key, err := aot.UserKey()
	if err != nil {
		return err
	}
	return os.WriteFile(output, key.Seal(b), 0o644)
}
