package command

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"sort"
	"strings"

	"sphex/debugger"
)

// ErrQuit is what the exit command returns.
var ErrQuit = errors.New("quit")

// Interp runs commands against a session. It belongs to one goroutine.
type Interp struct {
	Session *debugger.Session
	Out     io.Writer

	// Resume runs a function that lets the program run. Nil calls it; a view puts its own
	// bookkeeping around it. A nil stop without an error means that the view will show the
	// stop by itself.
	Resume func(func() (*debugger.Stop, error)) (*debugger.Stop, error)

	// During runs a function that may let the program run for a while and leaves it where it stands; a view lets
	// its user interrupt that. Nil calls it.
	During func(func())

	// Style gives a text of a role its colour. Nil leaves it as it is.
	Style func(s Style, text string) string

	// Local says that the person sits at this process, whose shell, folder and files are then at hand.
	Local bool
	// Aside runs a command of the system's shell with the terminal given to it; the view may set what it reads and writes.
	Aside func(cmd *exec.Cmd, run func())
	// View opens the full-screen view, or tells why not; name is what layout was asked for.
	View func(name string) error
	// Brief says that the view shows the source by itself: a stop is told in one line.
	Brief bool
	// ConfigFile is where config -save writes, "" where there is no such file.
	ConfigFile string
	// Version is what version prints.
	Version string
	// Typed returns what was typed, the oldest first; nil where nobody keeps it.
	Typed func() []string

	// Columns is how many columns the terminal has, 0 if that is not known; texts of help are broken for it. Nil: it is not known.
	Columns func() int

	// Paint renders source lines for the view: file is the name that decides the language.
	// Nil leaves them as they are.
	Paint func(file string, lines []string) []string

	Level int // the selected frame, 0 is the innermost

	thread int // that has been told of last; 0: the first
	stops  int // so far

	listFile  string // where list goes on
	listFirst int    // what it has shown
	listNext  int
	listed    bool   // the surroundings of the stop have been listed: list goes on
	found     int    // line that search has found last
	last      string // what an empty line repeats

	scripts   map[int][]string // commands of breakpoints
	defining  *definition      // of such commands; nil: a line is a command
	attending bool             // such commands run
	next      *debugger.Stop   // at which one of them has stopped the program
	sourced   int              // files of commands that are being read
	preparing bool             // such a file is read for a view that lets nothing run

	options     options
	aliases     []*alias
	aliasDepth  int // of aliases that run
	performed   int // commands that the present line has come to through aliases
	displays    []*displayed
	lastDisplay int
	hooking     bool // the commands of hook-stop run
}

// Command is one row of the table.
type Command struct {
	Names  []string // the first is its name, the others aliases
	Group  Group
	Args   string // usage behind the name
	Short  string // one line
	Long   string // more lines, optional
	Repeat bool   // an empty line runs it again

	Example string // for the help

	run      func(in *Interp, c *call) error
	complete completer
	whole    bool // complete gets all arguments, and not just their last word
}

// Group orders commands in help and in the manual.
type Group string

const (
	Running  Group = "Running the program"
	Breaking Group = "Breakpoints"
	Data     Group = "Variables, memory and registers"
	Stack    Group = "The stack"
	Source   Group = "Source and code"
	Other    Group = "Other"
)

// Groups lists the groups in the order of help.
var Groups = []Group{Running, Breaking, Data, Stack, Source, Other}

// call is one command line, taken apart.
type call struct {
	name   string
	format string // the part behind a slash: x of p/x
	args   string
}

// words splits the arguments at blanks.
func (c *call) words() []string { return strings.Fields(c.args) }

// Execute runs one command line. An empty line repeats the last command that allows it. The
// error is the user's to see; ErrQuit means that the user wants to leave.
func (in *Interp) Execute(line string) error {
	line = strings.TrimSpace(line)
	if in.defining != nil {
		return in.define(line)
	}
	if line == "" {
		if in.last == "" {
			return nil
		}
		line = in.last
	}
	in.last = ""
	if line[0] == '#' {
		return nil
	}
	if a, format, args := in.aliasOf(line); a != nil {
		return in.perform(a, format, args)
	}
	lines, err := translated(line)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if in.defining != nil {
			err = in.define(l)
		} else {
			err = in.run(l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// run runs a command of ours.
func (in *Interp) run(line string) error {
	if line == "" {
		return fmt.Errorf("the command needs more words: help tells of each")
	}
	name, args := cutCommand(line)
	c := &call{args: args}
	c.name, c.format, _ = strings.Cut(name, "/")
	cmd, err := Find(c.name)
	if err != nil {
		return err
	}
	if in.preparing && !cmd.prepares() {
		return nil
	}
	if cmd.Repeat {
		in.last = line
		if cmd.Names[0] == "list" {
			in.last = name // goes on where it ended
		}
	}
	return cmd.run(in, c)
}

// cutCommand splits a line behind the name of its command. A mark may stand right before what it is about: !ls, x/2i.
func cutCommand(line string) (name, args string) {
	if line[0] == '!' {
		return "!", strings.TrimSpace(line[1:])
	}
	name, args, _ = strings.Cut(line, " ")
	return name, strings.TrimSpace(args)
}

// aliasOf finds the person's own command that a line begins with.
func (in *Interp) aliasOf(line string) (a *alias, format, args string) {
	name, args := cutCommand(line)
	name, format, _ = strings.Cut(name, "/")
	return in.alias(name), format, args
}

// Find returns the command that a name, an alias or an unambiguous beginning of a name means.
func Find(name string) (*Command, error) {
	for i := range Table {
		for _, n := range Table[i].Names {
			if n == name {
				return &Table[i], nil
			}
		}
	}
	var found []*Command
	var names []string
	for i := range Table {
		if n := Table[i].Names[0]; name != "" && strings.HasPrefix(n, name) {
			found = append(found, &Table[i])
			names = append(names, n)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		if what, ok := elsewhere[name]; ok {
			return nil, fmt.Errorf("%s is no command here: %s", name, what)
		}
		var all []string
		for i := range Table {
			all = append(all, Table[i].Names...)
		}
		if n := nearestOf(name, all); n != "" {
			return nil, fmt.Errorf("unknown command %q, did you mean %q? (help lists all)", name, n)
		}
		return nil, fmt.Errorf("unknown command %q (help lists all, apropos WORD finds some)", name)
	}
	// print, of print and printf.
	slices.SortFunc(found, func(a, b *Command) int { return strings.Compare(a.Names[0], b.Names[0]) })
	if !slices.ContainsFunc(found, func(c *Command) bool { return !strings.HasPrefix(c.Names[0], found[0].Names[0]) }) {
		return found[0], nil
	}
	sort.Strings(names)
	return nil, fmt.Errorf("%q is ambiguous: %s", name, strings.Join(names, ", "))
}

// nearestOf returns the name with the smallest edit distance, if that is small.
func nearestOf(name string, names []string) string {
	best, dist := "", 3
	for _, n := range names {
		if d := editDistance(name, n); d < dist && len(n) > 2 && 2*d <= len(name) {
			best, dist = n, d
		}
	}
	return best
}

// editDistance counts the letters to change, to add or to drop; two that changed places count once.
func editDistance(a, b string) int {
	if len(a) == len(b) {
		for i := 0; i+1 < len(a); i++ {
			if a[i] != b[i] && a[i] == b[i+1] && a[i+1] == b[i] && a[:i]+a[i+2:] == b[:i]+b[i+2:] {
				return 1
			}
		}
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			above := row[j]
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j]+1, row[j-1]+1, diagonal+cost)
			diagonal = above
		}
	}
	return row[len(b)]
}

func (in *Interp) printf(format string, args ...any) { fmt.Fprintf(in.Out, format, args...) }

// frame returns the selected frame.
func (in *Interp) frame() (*debugger.Frame, error) {
	fs, _, err := in.Session.Frames(in.Level, 1)
	if err != nil {
		return nil, err
	}
	if len(fs) == 0 {
		return nil, fmt.Errorf("there is no frame %d", in.Level)
	}
	return fs[0], nil
}
