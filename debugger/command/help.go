package command

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// runHelp explains a command, a setting, or a topic; alone, it lists what there is.
func runHelp(in *Interp, c *call) error {
	name := strings.ToLower(c.args)
	switch name {
	case "":
		in.writeOverview()
		return nil
	case "all", "commands":
		in.writeHelp()
		return nil
	case "expressions", "expression":
		in.printf("%s", expressionHelp)
		return nil
	case "settings":
		return listSettings(in)
	}
	for i := range Topics {
		if Topics[i].Name == name {
			in.prose(Topics[i].Text)
			return nil
		}
	}
	for _, g := range Groups {
		if first, _, _ := strings.Cut(strings.ToLower(string(g)), " "); name == first && !isName(name) {
			in.writeGroup(g)
			return nil
		}
	}
	if a := in.alias(c.args); a != nil {
		if a.doc != "" {
			in.printf("%s\n\n", a.doc)
		}
		in.printf("%s", a.definition())
		return nil
	}
	if lines, err := translated(c.args); err == nil && len(lines) > 0 && lines[0] != c.args {
		first, _, _ := strings.Cut(lines[0], " ")
		if cmd, err := Find(first); err == nil {
			in.printf("%s is %s here.\n", c.args, cmd.Names[0])
			in.helpCommand(cmd)
			return nil
		}
	}
	if rest, ok := cutWord(c.args, "info"); ok {
		t, err := findTopic(rest)
		if err != nil {
			return err
		}
		in.printf("info %s", t.names[0])
		if t.command != "" {
			in.printf(" is the same as %s.", t.command)
		}
		in.printf("\n")
		return nil
	}
	if rest, ok := cutWord(c.args, "set", "show", "config"); ok {
		c.args = rest
	}
	cmd, err := Find(c.args)
	if s, rest, ok := FindSetting(c.args); ok && rest == "" && err != nil {
		in.printf("%s\n\n  set %s %s\n", s.Short, s.Name, s.Values)
		in.showSetting(s)
		return nil
	}
	if err != nil {
		return err
	}
	in.helpCommand(cmd)
	return nil
}

// isName tells whether a word is the name of a command in full.
func isName(word string) bool {
	return slices.ContainsFunc(Table, func(c Command) bool { return slices.Contains(c.Names, word) })
}

func (in *Interp) helpCommand(cmd *Command) {
	in.prose(cmd.Short)
	in.prose("\n  " + strings.TrimSpace(cmd.Names[0]+" "+cmd.Args))
	if len(cmd.Names) > 1 {
		in.prose("  also: " + strings.Join(cmd.Names[1:], ", "))
	}
	if cmd.Long != "" {
		in.prose("\n" + cmd.Long)
	}
	if cmd.Example != "" {
		in.prose("\nExample: " + cmd.Example)
	}
}

// writeOverview is what help prints alone: the commands by group, names only, and the topics.
func (in *Interp) writeOverview() {
	for _, g := range Groups {
		var names []string
		for i := range Table {
			if Table[i].Group == g {
				names = append(names, Table[i].Names[0])
			}
		}
		in.printf("%s:\n%s", g, wrapped(names, "  ", 78))
	}
	in.printf("Topics:\n")
	for _, t := range Topics {
		in.printf("  help %-12s %s\n", t.Name, t.Short)
	}
	in.printf("  help %-12s %s\n", "expressions", "what print and conditions understand")
	in.printf("  help %-12s %s\n", "settings", "what can be set")
	in.prose("help COMMAND tells more, help all prints a line on each, apropos WORD searches. An empty line repeats the last command.")
}

// wrapped joins words into lines of so many columns.
func wrapped(words []string, indent string, width int) string {
	var b strings.Builder
	line := indent
	for i, w := range words {
		if i < len(words)-1 {
			w += ","
		}
		if len(line)+1+len(w) > width && line != indent {
			b.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += w
	}
	b.WriteString(line + "\n")
	return b.String()
}

// runApropos lists what has a word in its help.
func runApropos(in *Interp, c *call) error {
	if c.args == "" {
		return fmt.Errorf("apropos needs a word")
	}
	word := strings.ToLower(c.args)
	found := 0
	show := func(name, short string, texts ...string) {
		if strings.Contains(strings.ToLower(name+"\n"+short+"\n"+strings.Join(texts, "\n")), word) {
			in.printf("%-24s %s\n", name, short)
			found++
		}
	}
	for i := range Table {
		cmd := &Table[i]
		show(cmd.Names[0], cmd.Short, cmd.Long, strings.Join(cmd.Names, " "))
	}
	for i := range Settings {
		show("set "+Settings[i].Name, Settings[i].Short, strings.Join(Settings[i].Also, " "))
	}
	for _, t := range Topics {
		show("help "+t.Name, t.Short, t.Text)
	}
	if found == 0 {
		return fmt.Errorf("no command's help has %q", c.args)
	}
	return nil
}

// writeHelp lists all commands by group.
func (in *Interp) writeHelp() {
	for _, g := range Groups {
		in.writeGroup(g)
	}
	in.prose("An empty line repeats the last command. help COMMAND tells more.")
}

func (in *Interp) writeGroup(g Group) {
	in.printf("%s:\n", g)
	for i := range Table {
		if cmd := &Table[i]; cmd.Group == g {
			name := cmd.Names[0]
			if len(cmd.Names) > 1 {
				name += " (" + strings.Join(cmd.Names[1:], ", ") + ")"
			}
			in.printf("%s\n", helpRow(name, cmd.Short, in.columns()))
		}
	}
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
			if cmd.Example != "" {
				fmt.Fprintf(w, "\nExample: `%s`\n", cmd.Example)
			}
			if len(cmd.Names) > 1 {
				fmt.Fprintf(w, "\nAlso: `%s`.\n", strings.Join(cmd.Names[1:], "`, `"))
			}
		}
	}
	writeSettings(w)
	writeHabits(w)
}

func writeSettings(w io.Writer) {
	fmt.Fprintf(w, "\n## Settings\n\n`set NAME VALUE` changes one, `show` lists them, `config -save` keeps what was changed for the next sessions of the terminal.\n\n")
	fmt.Fprintf(w, "| setting | values | default | what it does | also known as |\n|---|---|---|---|---|\n")
	bar := strings.NewReplacer("|", "\\|")
	for i := range Settings {
		s := &Settings[i]
		also := ""
		if len(s.Also) > 0 {
			also = "`" + strings.Join(s.Also, "`, `") + "`"
		}
		def := s.Default
		if def != "" {
			def = "`" + strings.TrimRight(def, " ") + "`"
		}
		fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s |\n", s.Name, bar.Replace(s.Values), def, s.Short, also)
	}
}

func writeHabits(w io.Writer) {
	fmt.Fprintf(w, "\n## For those who know gdb or lldb\n\nCommands of several words mean these of ours. Each word may be shortened; the flags that lldb's users know are understood.\n\n")
	fmt.Fprintf(w, "| typed | ours | example |\n|---|---|---|\n")
	for _, h := range habits {
		ours := h.means
		if ours == "" && h.try != "" {
			if lines, err := translated(h.try); err == nil {
				ours, _, _ = strings.Cut(lines[0], " ")
			}
		}
		example := ""
		if h.try != "" {
			example = "`" + h.try + "`"
		}
		fmt.Fprintf(w, "| `%s` | `%s` | %s |\n", strings.ReplaceAll(h.words, ".", ""), ours, example)
	}
}
