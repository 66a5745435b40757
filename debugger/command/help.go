package command

import (
	"fmt"
	"io"
	"strings"
)

func runHelp(in *Interp, c *call) error {
	if c.args == "" {
		WriteHelp(in.Out)
		return nil
	}
	if c.args == "expressions" || c.args == "expression" {
		in.printf("%s", expressionHelp)
		return nil
	}
	cmd, err := Find(c.args)
	if err != nil {
		return err
	}
	in.printf("%s\n", cmd.Short)
	in.printf("\n  %s\n", strings.TrimSpace(cmd.Names[0]+" "+cmd.Args))
	if len(cmd.Names) > 1 {
		in.printf("  also: %s\n", strings.Join(cmd.Names[1:], ", "))
	}
	if cmd.Long != "" {
		in.printf("\n%s\n", cmd.Long)
	}
	return nil
}

// WriteHelp lists all commands by group.
func WriteHelp(w io.Writer) {
	for _, g := range Groups {
		fmt.Fprintf(w, "%s:\n", g)
		for i := range Table {
			if cmd := &Table[i]; cmd.Group == g {
				name := cmd.Names[0]
				if len(cmd.Names) > 1 {
					name += " (" + strings.Join(cmd.Names[1:], ", ") + ")"
				}
				fmt.Fprintf(w, "  %-40s %s\n", name, cmd.Short)
			}
		}
	}
	fmt.Fprintf(w, "An empty line repeats the last command. help COMMAND tells more.\n")
}

// WriteManual writes the manual of the commands in Markdown.
func WriteManual(w io.Writer) {
	fmt.Fprintf(w, "# Commands of the debugger\n\nThe same commands work in `sphex debug` and in the debug console of an editor. A command may be\nshortened to any unambiguous beginning. An empty line repeats a command that is marked ↻.\n")
	for _, g := range Groups {
		fmt.Fprintf(w, "\n## %s\n", g)
		for i := range Table {
			cmd := &Table[i]
			if cmd.Group != g {
				continue
			}
			repeat := ""
			if cmd.Repeat {
				repeat = " ↻"
			}
			fmt.Fprintf(w, "\n### %s%s\n\n    %s\n\n%s\n", cmd.Names[0], repeat, strings.TrimSpace(cmd.Names[0]+" "+cmd.Args), cmd.Short)
			if cmd.Long != "" {
				fmt.Fprintf(w, "%s\n", cmd.Long)
			}
			if len(cmd.Names) > 1 {
				fmt.Fprintf(w, "\nAlso: `%s`.\n", strings.Join(cmd.Names[1:], "`, `"))
			}
		}
	}
}
