package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// runSet assigns to a variable, or gives a setting a value.
func runSet(in *Interp, c *call) error {
	if rest, ok := cutWord(c.args, "variable", "var"); ok {
		return in.assign(rest)
	}
	s, rest, ok := FindSetting(c.args)
	if ok && (rest == "" || rest[0] != '=' || strings.HasPrefix(rest, "==")) {
		return s.Set(in, rest)
	}
	if _, _, ok := cutAssignment(c.args); ok {
		return in.assign(c.args)
	}
	if words := acceptedSetting(c.args); words != "" {
		in.printf("%s changes nothing here.\n", words)
		return nil
	}
	if c.args == "" {
		return fmt.Errorf("set what? PLACE = EXPRESSION, or a setting: show lists them")
	}
	name := c.words()[0]
	if near := nearestOf(name, settingNames()); near != "" {
		return fmt.Errorf("there is no setting %s, did you mean %s? A variable is set by set PLACE = EXPRESSION", name, near)
	}
	return fmt.Errorf("set needs PLACE = EXPRESSION, or a setting and its value: show lists them")
}

// cutWord takes one of these words off the front of a text.
func cutWord(text string, words ...string) (rest string, ok bool) {
	for _, w := range words {
		if rest, ok := strings.CutPrefix(text, w+" "); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return text, false
}

// assign assigns to a place.
func (in *Interp) assign(text string) error {
	place, expr, ok := cutAssignment(text)
	if !ok {
		return fmt.Errorf("set needs PLACE = EXPRESSION")
	}
	v, err := in.Session.SetVariable(in.Level, place, expr)
	if err != nil {
		return explain(err)
	}
	in.printf("%s = %s\n", place, v.Format(in.options.format))
	return nil
}

// accepted are settings of gdb and lldb that scripts are full of, and that mean nothing here.
var accepted = []string{
	"confirm", "height", "width", "verbose", "print object", "print static-members", "print vtbl", "print demangle", "print asm-demangle",
	"print array", "print array-indexes", "print union", "print symbol", "print address", "print thread-events", "print inferior-events",
	"print repeats", "print null-stop", "print frame-arguments", "print frame-info", "print entry-values", "print sevenbit-strings",
	"print max-symbolic-offset", "print pascal_static-members", "print finish", "print type",
	"disassembly-flavor", "auto-load", "debuginfod", "history save", "history filename", "history expansion", "breakpoint pending",
	"language", "logging", "startup-with-shell", "disable-randomization", "follow-fork-mode", "detach-on-fork", "non-stop",
	"target.x86-disassembly-flavor", "auto-confirm", "step-mode", "can-use-hw-watchpoints", "unwindonsignal", "max-value-size", "python",
}

// acceptedSetting returns the words of an accepted setting that a text begins with.
func acceptedSetting(text string) string {
	for _, a := range accepted {
		if rest, ok := strings.CutPrefix(text, a); ok && (rest == "" || rest[0] == ' ') {
			return a
		}
	}
	return ""
}

func settingNames() []string {
	var out []string
	for i := range Settings {
		out = append(out, Settings[i].Name)
	}
	return out
}

// runUnset puts a setting back to its default, or takes an entry out of a list.
func runUnset(in *Interp, c *call) error {
	s, rest, ok := FindSetting(c.args)
	if !ok {
		return fmt.Errorf("unset which setting? show lists them")
	}
	if rest != "" && !s.list {
		return fmt.Errorf("unset %s needs no value", s.Name)
	}
	if rest == "" && !s.list && s.Name != "prompt" {
		rest = s.Default
	}
	if err := s.Set(in, rest); err != nil {
		return err
	}
	in.options.changedBySet = slices.DeleteFunc(in.options.changedBySet, func(n string) bool { return n == s.Name && !s.list })
	return nil
}

// runShow prints settings.
func runShow(in *Interp, c *call) error {
	if c.args == "" {
		return listSettings(in)
	}
	if s, rest, ok := FindSetting(c.args); ok && rest == "" {
		in.showSetting(s)
		return nil
	}
	switch c.args {
	case "values", "convenience", "conv":
		return runHistory(in, &call{})
	case "user", "aliases":
		return runAlias(in, &call{})
	case "version":
		return runVersion(in, &call{})
	case "commands":
		if in.Typed == nil {
			return errNotLocal
		}
		typed := in.Typed()
		for i := max(len(typed)-10, 0); i < len(typed); i++ {
			in.printf("%5d  %s\n", i+1, typed[i])
		}
		return nil
	}
	if words := acceptedSetting(c.args); words != "" {
		in.printf("%s means nothing here.\n", words)
		return nil
	}
	found := 0
	for i := range Settings {
		if strings.Contains(Settings[i].Name, c.args) {
			in.showSetting(&Settings[i])
			found++
		}
	}
	if found > 0 {
		return nil
	}
	if near := nearestOf(c.args, settingNames()); near != "" {
		return fmt.Errorf("there is no setting %s, did you mean %s?", c.args, near)
	}
	return fmt.Errorf("there is no setting %s: show lists them", c.args)
}

func (in *Interp) showSetting(s *Setting) {
	v := s.get(in)
	if v == "" {
		v = "(none)"
	}
	in.printf("%s is %s. %s\n", s.Name, strings.TrimRight(v, " "), s.Short)
}

func listSettings(in *Interp) error {
	for i := range Settings {
		s := &Settings[i]
		v := strings.TrimRight(s.get(in), " ")
		if v == "" {
			v = "(none)"
		}
		in.printf("%-16s %-10s %s\n", s.Name, v, s.Short)
	}
	return nil
}

// The lines between which config -save writes; what stands around them stays as its author wrote it.
const (
	savedBegin = "# config -save wrote this, up to the line end of config, and writes it anew each time."
	savedEnd   = "# end of config"
)

// runConfig lists the settings, sets one, or saves what was set.
func runConfig(in *Interp, c *call) error {
	name, rest, _ := strings.Cut(c.args, " ")
	switch name {
	case "", "-list", "list":
		return listSettings(in)
	case "-save", "save":
		return in.saveConfig()
	case "-file", "file":
		if in.ConfigFile == "" {
			return errNoConfig
		}
		in.printf("%s\n", in.ConfigFile)
		return nil
	case "alias":
		return runAlias(in, &call{args: configAlias(rest)})
	}
	if rest == "" {
		return runShow(in, &call{args: name})
	}
	return runSet(in, &call{args: c.args})
}

// configAlias turns COMMAND NAME, the order that Delve has, into ours.
func configAlias(text string) string {
	i := strings.LastIndexByte(text, ' ')
	if i < 0 {
		return text
	}
	return text[i+1:] + " = " + text[:i]
}

var errNoConfig = fmt.Errorf("there is no file for settings here: it belongs to the terminal")

// saveConfig writes what was set and the aliases to the file of commands that the terminal reads when it starts.
func (in *Interp) saveConfig() error {
	if in.ConfigFile == "" {
		return errNoConfig
	}
	old, err := readFile(in.ConfigFile)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	before, rest, found := strings.Cut(old, savedBegin+"\n")
	after := ""
	if found {
		_, after, _ = strings.Cut(rest, savedEnd+"\n")
	}
	if before != "" && !strings.HasSuffix(before, "\n") {
		before += "\n"
	}
	var b strings.Builder
	for i := range Settings {
		s := &Settings[i]
		if !slices.Contains(in.options.changedBySet, s.Name) || s.Name == "args" || s.Name == "env" {
			continue // those two are the program's, and not the person's
		}
		switch v := s.get(in); {
		case s.Name == "substitute-path":
			for _, m := range in.Session.SourceMap() {
				fmt.Fprintf(&b, "set %s %s %s\n", s.Name, m.From, m.To)
			}
		case v != s.Default:
			fmt.Fprintf(&b, "set %s %s\n", s.Name, strings.TrimRight(v, " "))
		}
	}
	for _, a := range in.aliases {
		fmt.Fprint(&b, a.definition())
	}
	text := before + savedBegin + "\n" + b.String() + savedEnd + "\n" + after
	if err := os.MkdirAll(filepath.Dir(in.ConfigFile), 0o700); err != nil {
		return err
	}
	if err := writeFile(in.ConfigFile, text); err != nil {
		return err
	}
	in.printf("Saved to %s, which the terminal reads when it starts.\n", in.ConfigFile)
	return nil
}

// LoadPreparations is LoadConfig for a view that is no terminal and begins the program by itself: commands that let the program run, set
// breakpoints or need a terminal are left out.
func (in *Interp) LoadPreparations(file string) []error {
	in.preparing = true
	defer func() { in.preparing = false }()
	return in.LoadConfig(file)
}

// prepares tells whether a command has a place among preparations.
func (c *Command) prepares() bool {
	switch c.Names[0] {
	case "exit", "tui", "shell", "make", "cd", "pwd":
		return false
	case "skip":
		return true
	}
	return c.Group != Running && c.Group != Breaking
}

// LoadConfig runs the commands of a file that need not be there. An error of one line does not keep the others from
// being run: they are returned together.
func (in *Interp) LoadConfig(file string) []error {
	text, err := readFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return []error{err}
	}
	return in.runLines(file, text, true)
}
