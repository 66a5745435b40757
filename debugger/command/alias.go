package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// alias is a command of the person's own: a text that stands for the beginning of a line, or several lines.
type alias struct {
	name  string
	text  string   // "" if there are lines
	lines []string // of define
	doc   string   // what document said
}

// mostAliases bounds how deep aliases may stand in each other.
const mostAliases = 16

// How many commands one line may come to through aliases, and how long one of them may become.
const (
	mostPerformed   = 10_000
	mostAliasedText = 64 << 10
)

var (
	errAliasDepth  = errors.New("aliases stand in each other without end")
	errAliasWork   = fmt.Errorf("through aliases, this line comes to more than %d commands", mostPerformed)
	errAliasedText = fmt.Errorf("through aliases, this line becomes longer than %d bytes", mostAliasedText)
)

// definition is what makes the alias again.
func (a *alias) definition() string {
	if len(a.lines) == 0 {
		return fmt.Sprintf("alias %s = %s\n", a.name, a.text)
	}
	text := fmt.Sprintf("define %s\n  %s\nend\n", a.name, strings.Join(a.lines, "\n  "))
	if a.doc != "" {
		text += fmt.Sprintf("document %s\n  %s\nend\n", a.name, a.doc)
	}
	return text
}

func (in *Interp) alias(name string) *alias {
	for _, a := range in.aliases {
		if a.name == name {
			return a
		}
	}
	return nil
}

// aliasNames lists the person's own commands.
func (in *Interp) aliasNames() (names []string) {
	for _, a := range in.aliases {
		names = append(names, a.name)
	}
	return names
}

// goodAliasName tells whether a word may be the name of a command: the commands by which one gets away again may not.
func goodAliasName(name string) error {
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" || name[0] >= '0' && name[0] <= '9' {
		return fmt.Errorf("%q can't be the name of a command: it has letters, digits, - and _", name)
	}
	if slices.Contains([]string{"alias", "unalias", "exit", "quit", "help", "end", "define"}, name) {
		return fmt.Errorf("%s stays what it is", name)
	}
	return nil
}

// runAlias makes an alias, alias NAME = COMMAND, or lists them.
func runAlias(in *Interp, c *call) error {
	if c.args == "" {
		if len(in.aliases) == 0 {
			in.printf("No aliases. alias NAME = COMMAND makes one.\n")
		}
		for _, a := range in.aliases {
			in.printf("%s", a.definition())
		}
		return nil
	}
	text := strings.TrimSpace(strings.TrimPrefix(c.args, "-a ")) // gdb's -a: no completion
	text = strings.TrimPrefix(text, "-- ")
	name, rest, _ := strings.Cut(text, " ")
	name, behind, joined := strings.Cut(name, "=")
	if joined {
		rest = behind + " " + rest
	}
	rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "="))
	if rest == "" {
		a := in.alias(name)
		if a == nil {
			return fmt.Errorf("there is no alias %s: alias NAME = COMMAND makes one", name)
		}
		in.printf("%s", a.definition())
		return nil
	}
	if err := goodAliasName(name); err != nil {
		return err
	}
	lines, err := translated(rest)
	if err != nil {
		return err
	}
	first, _ := cutCommand(lines[0])
	first, _, _ = strings.Cut(first, "/")
	if _, err := Find(first); err != nil && in.alias(first) == nil {
		return err
	}
	in.setAlias(&alias{name: name, text: rest})
	return nil
}

func (in *Interp) setAlias(a *alias) {
	in.dropAlias(a.name)
	in.aliases = append(in.aliases, a)
}

func (in *Interp) dropAlias(name string) bool {
	n := len(in.aliases)
	in.aliases = slices.DeleteFunc(in.aliases, func(a *alias) bool { return a.name == name })
	return len(in.aliases) < n
}

func runUnalias(in *Interp, c *call) error {
	if !in.dropAlias(c.args) {
		return fmt.Errorf("there is no alias %q", c.args)
	}
	return nil
}

// runDefine takes the lines of a command of the person's own.
func runDefine(in *Interp, c *call) error {
	name := c.args
	if err := goodAliasName(name); err != nil {
		return err
	}
	in.take("a command", func(lines []string) error {
		if len(lines) == 0 {
			in.dropAlias(name)
			return nil
		}
		in.setAlias(&alias{name: name, lines: lines})
		return nil
	})
	return nil
}

// runDocument takes the help of such a command.
func runDocument(in *Interp, c *call) error {
	a := in.alias(c.args)
	if a == nil {
		return fmt.Errorf("there is no command %q of your own: define makes one", c.args)
	}
	in.take("a description", func(lines []string) error {
		a.doc = strings.Join(lines, "\n  ")
		return nil
	})
	return nil
}

// perform runs an alias with what stands behind its name. In several lines, $arg0, $arg1 … are the words of it and $argc is
// their number; in one line, %1, %2 … are, and else they stand at its end.
func (in *Interp) perform(a *alias, format, args string) error {
	if in.aliasDepth == mostAliases {
		return errAliasDepth
	}
	if in.aliasDepth == 0 {
		in.performed = 0
	}
	in.aliasDepth++
	defer func() { in.aliasDepth-- }()
	words := strings.Fields(args)
	if len(a.lines) == 0 {
		text := a.text
		if format != "" {
			first, rest, _ := strings.Cut(text, " ")
			text = strings.TrimSpace(first + "/" + format + " " + rest)
		}
		filled := substitute(text, "%", 1, words)
		if filled == text {
			filled += " " + args
		}
		return in.executeAliased(strings.TrimSpace(filled))
	}
	for _, line := range a.lines {
		line = strings.ReplaceAll(line, "$argc", fmt.Sprint(len(words)))
		err := in.executeAliased(substitute(line, "$arg", 0, words))
		switch {
		case errors.Is(err, errAliasWork), errors.Is(err, errAliasedText):
			return err
		case err != nil:
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	return nil
}

// executeAliased runs a command that an alias has come to.
func (in *Interp) executeAliased(line string) error {
	if in.performed++; in.performed > mostPerformed {
		return errAliasWork
	}
	if len(line) > mostAliasedText {
		return errAliasedText
	}
	return in.Execute(line)
}

// substitute replaces mark and a number by the word of that number, counted from first.
func substitute(text, mark string, first int, words []string) string {
	for n := 9; n >= 0; n-- {
		key := fmt.Sprint(mark, n+first)
		if strings.Contains(text, key) {
			word := ""
			if n < len(words) {
				word = words[n]
			}
			text = strings.ReplaceAll(text, key, word)
		}
	}
	return text
}
