package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sphex/debugger/command"
)

func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "Print the manual page",
		Long:  "Print the manual page in the form that man reads: sphex man | man -l -\nIt is docs/man/sphex.1, and belongs into a folder like ~/.local/share/man/man1.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			writeMan(c.OutOrStdout(), c.Root())
			return nil
		},
	}
}

// helpCommand explains a command of sphex; of a word that is none, whatever the debugger has to say.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about a command, of sphex or of its debugger",
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err == nil && len(rest) == 0 {
				return found.Help()
			}
			in := &command.Interp{Out: c.OutOrStdout()}
			return in.Execute("help " + strings.Join(args, " "))
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, word string) (list []string, how cobra.ShellCompDirective) {
			for _, sub := range c.Root().Commands() {
				if sub.IsAvailableCommand() && strings.HasPrefix(sub.Name(), word) {
					list = append(list, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return list, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// completePrograms makes the shell propose modules and objects where a command wants a program; behind it, files.
func completePrograms(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return []string{"wasm", "wat", "elf", "o"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return nil, cobra.ShellCompDirectiveDefault
}

var requests = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", "")

// roff makes a text harmless for troff, and what is not ASCII its escapes.
func roff(text string) string {
	var b strings.Builder
	for _, r := range requests.Replace(text) {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	return b.String()
}

// paragraph writes a text, whose lines must not begin with what troff takes for a request.
func paragraph(w io.Writer, text string) {
	for _, line := range strings.Split(roff(text), "\n") {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, `\(aq`) {
			line = `\&` + line
		}
		fmt.Fprintln(w, line)
	}
}

// writeMan writes the manual page: what it says comes from the commands, the table of the debugger's commands, and its settings.
func writeMan(w io.Writer, root *cobra.Command) {
	fmt.Fprintf(w, ".\\\" Made by sphex man.\n.TH SPHEX 1 \"\" sphex \"User Commands\"\n.SH NAME\nsphex \\- the source\\-level debugger for WebAssembly\n")
	fmt.Fprintf(w, ".SH SYNOPSIS\n")
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && c.Name() != "completion" {
			fmt.Fprintf(w, ".B sphex %s\n.br\n", roff(c.Use))
		}
	}
	fmt.Fprintf(w, ".SH DESCRIPTION\n")
	paragraph(w, root.Long)
	fmt.Fprintf(w, ".SH COMMANDS\n")
	for _, c := range root.Commands() {
		if !c.IsAvailableCommand() || c.Name() == "completion" || c.Name() == "help" {
			continue
		}
		fmt.Fprintf(w, ".SS sphex %s\n", roff(c.Use))
		text := c.Long
		if text == "" {
			text = c.Short + "."
		}
		paragraph(w, text)
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Name != "help" {
				writeFlag(w, f)
			}
		})
	}
	fmt.Fprintf(w, ".SH COMMANDS OF THE DEBUGGER\nThese are for the prompt of\n.BR \"sphex debug\" ,\nand for the debug console of editors. Each may be shortened to an unambiguous beginning.\n")
	for _, g := range command.Groups {
		fmt.Fprintf(w, ".SS %s\n", roff(string(g)))
		for i := range command.Table {
			c := &command.Table[i]
			if c.Group != g {
				continue
			}
			fmt.Fprintf(w, ".TP\n.B %s\n", roff(strings.TrimSpace(strings.Join(c.Names, ", ")+"  "+c.Args)))
			paragraph(w, c.Short)
			if c.Long != "" {
				paragraph(w, c.Long)
			}
		}
	}
	fmt.Fprintf(w, ".SH SETTINGS\n.B set\nNAME VALUE changes one,\n.B config \\-save\nkeeps what was changed.\n")
	for i := range command.Settings {
		s := &command.Settings[i]
		fmt.Fprintf(w, ".TP\n.B %s  %s\n", roff(s.Name), roff(s.Values))
		paragraph(w, s.Short)
	}
	fmt.Fprintf(w, ".SH FILES\n")
	for _, f := range [][2]string{
		{"$XDG_CONFIG_HOME/sphex/init", "commands that the debugger's prompt begins with; ~/.config stands in for the variable. --no-init leaves them out."},
		{"$XDG_STATE_HOME/sphex/history", "what was typed at the prompt; ~/.local/state stands in."},
		{"$XDG_CACHE_HOME/sphex", "compiled programs; ~/.cache stands in. It may be removed."},
	} {
		fmt.Fprintf(w, ".TP\n.I %s\n", roff(f[0]))
		paragraph(w, f[1])
	}
	fmt.Fprintf(w, ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nno colours, if it has a value.\n")
	fmt.Fprintf(w, ".SH EXIT STATUS\nThat of the program; 134 if it trapped, and 1 if sphex could not do what it was asked for.\n")
}

func writeFlag(w io.Writer, f *pflag.Flag) {
	name, usage := pflag.UnquoteUsage(f)
	head := "--" + f.Name
	if f.Shorthand != "" {
		head = "-" + f.Shorthand + ", " + head
	}
	if name != "" {
		head += " " + name
	}
	fmt.Fprintf(w, ".TP\n.B %s\n", roff(head))
	paragraph(w, usage)
}
