package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/minisign"
)

func compileCommand() *cobra.Command {
	var output string
	var debugDirs []string
	var verbose bool
	var allowed []string
	var sign string
	var fuel bool
	c := &cobra.Command{
		Use:   "compile PROGRAM.wasm -o OBJECT.elf",
		Short: "Compile a module to a native object with its debug information",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("compile takes one module, not %d: sphex %s", len(args), c.Use)
			}
			if output == "" {
				return fmt.Errorf("compile needs a name for the object: sphex %s", c.Use)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var key minisign.SecretKey
			if sign != "" {
				var err error
				if key, err = readSecretKey(sign); err != nil {
					return fmt.Errorf("--sign %s: %w", sign, err)
				}
			}
			if err := compile(args[0], output, debugDirs, verbose, allowed, fuel); err != nil || sign == "" {
				return err
			}
			return aot.Sign(output, key)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "the object's `file`")
	addDebugDirs(c, &debugDirs)
	addAllowed(c, &allowed)
	c.Flags().StringVar(&sign, "sign", "", "sign the object with this secret `key` of minisign: the signature is FILE.minisig beside it")
	c.Flags().BoolVar(&fuel, "fuel", false, "have the code count what it does, so that sphex run --fuel can limit it")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "say what became of the debug information")
	return c
}

func compile(input, output string, debugDirs []string, verbose bool, allowed []string, fuel bool) error {
	policy, err := importPolicy(allowed)
	if err != nil {
		return err
	}
	module, err := os.ReadFile(input)
	if err != nil {
		return err
	}
	opts := aot.Options{Companions: &aot.Companions{Module: input, Dirs: debugDirs}, Imports: policy, Fuel: fuel}
	if verbose {
		opts.Report = func(r *debuginfo.Report) { fmt.Fprint(os.Stderr, r) }
	}
	f, err := aot.Compile(module, opts)
	if err != nil {
		return fmt.Errorf("%s: %w", input, err)
	}
	key, err := aot.UserKey()
	if err != nil {
		return err
	}
	return aot.WriteSealed(output, key, f)
}
