package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// What stands behind PROGRAM is the program's own, flags too, as with gdb --args, node or python: so a cargo
// runner works, which puts no -- between. A -- right behind PROGRAM is allowed, and not passed on.

// takesArguments makes a command leave everything behind its first argument to the program.
func takesArguments(c *cobra.Command) {
	c.Flags().SetInterspersed(false)
}

// programArguments drops the -- behind the program, which is the first of args.
func programArguments(args []string) []string {
	if len(args) > 1 && args[1] == "--" {
		return append(args[:1:1], args[2:]...)
	}
	return args
}

// noteFlags tells of flags behind the program that a person may have meant for us. Whoever writes -- has said what he means.
func noteFlags(c *cobra.Command, args []string) {
	if len(args) > 1 && args[1] == "--" {
		return
	}
	for _, a := range args[1:] {
		name, _, _ := strings.Cut(strings.TrimLeft(a, "-"), "=")
		long := strings.HasPrefix(a, "--") && c.Flags().Lookup(name) != nil
		short := len(a) == 2 && a[0] == '-' && c.Flags().ShorthandLookup(a[1:]) != nil
		if long || short {
			fmt.Fprintf(os.Stderr, "sphex: note: %s behind %s is passed to the program; flags of sphex stand before it (-- behind it ends this note)\n", a, printable(args[0]))
			return
		}
	}
}
