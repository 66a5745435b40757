package command

import (
	"errors"
	"fmt"
	"io"
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

	// Paint renders source lines for the view: file is the name that decides the language.
	// Nil leaves them as they are.
	Paint func(file string, lines []string) []string

	Level int // the selected frame, 0 is the innermost

	listFile string // where list goes on
	listNext int
	listed   bool   // the surroundings of the stop have been listed: list goes on
	last     string // what an empty line repeats

	scripts   map[int][]string // commands of breakpoints
	defining  *definition      // of such commands; nil: a line is a command
	attending bool             // such commands run
	next      *debugger.Stop   // at which one of them has stopped the program
	sourced   int              // files of commands that are being read
}

// Command is one row of the table.
type Command struct {
	Names  []string // the first is its name, the others aliases
	Group  Group
	Args   string // usage behind the name
	Short  string // one line
	Long   string // more lines, optional
	Repeat bool   // an empty line runs it again

	run      func(in *Interp, c *call) error
	complete completer
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
	line = translate(line)
	name, args, _ := strings.Cut(line, " ")
	c := &call{args: strings.TrimSpace(args)}
	c.name, c.format, _ = strings.Cut(name, "/")
	cmd, err := Find(c.name)
	if err != nil {
		in.last = ""
		return err
	}
	in.last = ""
	if cmd.Repeat {
		in.last = line
		if cmd.Names[0] == "list" {
			in.last = name // goes on where it ended
		}
	}
	return cmd.run(in, c)
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
		if n := nearest(name); n != "" {
			return nil, fmt.Errorf("unknown command %q, did you mean %q? (help lists all)", name, n)
		}
		return nil, fmt.Errorf("unknown command %q (help lists all)", name)
	}
	sort.Strings(names)
	return nil, fmt.Errorf("%q is ambiguous: %s", name, strings.Join(names, ", "))
}

// nearest returns the command name with the smallest edit distance, if that is small.
func nearest(name string) string {
	best, dist := "", 3
	for i := range Table {
		for _, n := range Table[i].Names {
			if d := editDistance(name, n); d < dist && len(n) > 2 && 2*d <= len(name) {
				best, dist = n, d
			}
		}
	}
	return best
}

func editDistance(a, b string) int {
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
