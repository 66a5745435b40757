package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sphex/debugger"
	"sphex/debugger/value"
)

// Setting is one row of the table of settings.
type Setting struct {
	Name    string
	Values  string // what it may be: on|off, N, …
	Default string // "" where there is none
	Short   string
	Launch  string   // the word of launch.json for the same, "" if there is none
	Also    []string // the names that gdb's and lldb's users know, words apart by blanks

	list bool // set adds to what is there, and unset takes away
	get  func(*Interp) string
	set  func(*Interp, string) error
}

// options holds the values of settings that are the interpreter's own. Its zero value has the defaults.
type options struct {
	format       value.Format // of values that are asked for without one
	longNames    bool
	pretty       bool
	context      int // lines of source around a place, less one; see contextLines
	frames       int
	noPaging     bool
	color        string
	history      int
	prompt       string
	changedBySet []string // names of settings, in the order in which they were set
}

// The defaults of settings.
const (
	defaultContext = 11
	defaultFrames  = 50
	defaultHistory = 1000
)

// Settings holds every setting.
var Settings []Setting

func init() {
	Settings = []Setting{
		number("max-string", 200, 1<<20, "Bytes of a string that are shown.", "maxStringLen",
			func(o *options) *int { return &o.format.MaxString }, "print characters", "target.max-string-summary-length", "max-string-len"),
		number("max-items", 64, 1<<20, "Elements of an array or a collection that are shown.", "",
			func(o *options) *int { return &o.format.MaxItems }, "print elements", "target.max-children-count", "max-array-values"),
		number("max-depth", 8, 100, "Levels of structures in structures that are shown.", "",
			func(o *options) *int { return &o.format.MaxDepth }, "print max-depth", "target.max-children-depth", "max-variable-recurse"),
		number("max-value", 4096, 1<<22, "Bytes of the text of one value.", "",
			func(o *options) *int { return &o.format.MaxText }),
		{Name: "radix", Values: "2 | 8 | 10 | 16", Default: "10", Short: "The base in which integers are shown.", Also: []string{"output-radix"},
			get: func(in *Interp) string { return strconv.Itoa(radixOf(in.options.format.Base)) }, set: setRadix},
		boolean("raw", false, "Show structures as they are, without the forms that libraries' types have of their own.",
			func(o *options) *bool { return &o.format.Plain }, "print raw-values"),
		boolean("pretty", false, "Show structures that are too long for a line of 80 characters on several.",
			func(o *options) *bool { return &o.pretty }, "print pretty"),
		{Name: "names", Values: "short | long", Default: "short", Short: "The names of types in lists of variables: short, or as the compiler wrote them.",
			get: func(in *Interp) string { return map[bool]string{false: "short", true: "long"}[in.options.longNames] },
			set: func(in *Interp, text string) error {
				if text != "short" && text != "long" {
					return fmt.Errorf("names are short or long, not %q", text)
				}
				in.options.longNames = text == "long"
				return nil
			}},
		number("lines", defaultContext, 1000, "Lines of source that list shows, and those around a stop.", "",
			func(o *options) *int { return &o.context }, "listsize", "stop-line-count-after", "source-list-line-count"),
		number("frames", defaultFrames, 1<<30, "Frames of a deep stack that are shown.", "stackTraceDepth",
			func(o *options) *int { return &o.frames }, "backtrace limit"),
		{Name: "step-libraries", Values: "on | off", Default: "off", Short: "Steps in the program's own code enter libraries, too.",
			get: func(in *Interp) string { return onOff(in.Session.StepsIntoLibraries()) },
			set: func(in *Interp, text string) error {
				on, err := parseBool(text)
				if err != nil {
					return err
				}
				return in.Session.StepIntoLibraries(on)
			}},
		{Name: "scheduler-locking", Values: "on | off", Default: "off", Short: "Only the selected thread runs, and the others stand meanwhile.",
			get: func(in *Interp) string { return onOff(in.Session.RunsAlone()) },
			set: func(in *Interp, text string) error {
				on, err := parseBool(text)
				if err == nil {
					in.Session.RunAlone(on)
				}
				return err
			}},
		{Name: "substitute-path", Values: "FROM TO", Short: "Look for sources under TO that the compiler saw under FROM; can be set again for others.", Launch: "sourceMap",
			Also: []string{"target.source-map"}, list: true, get: getSourceMap, set: setSourceMap},
		{Name: "directories", Values: "FOLDER...", Short: "Look for sources under these folders, too.", Also: []string{"dir"}, list: true,
			get: func(in *Interp) string { return strings.Join(in.Session.SourceRoots(), " ") },
			set: func(in *Interp, text string) error {
				roots := in.Session.SourceRoots()
				if text == "" {
					roots = nil
				}
				return in.Session.SetSourceRoots(append(roots, strings.Fields(text)...))
			}},
		{Name: "args", Values: "ARGS...", Short: "The program's arguments, from its next start on.", Launch: "args", Also: []string{"target.run-args"},
			get: func(in *Interp) string { return joinArguments(in.Session.Args()) },
			set: func(in *Interp, text string) error {
				args, err := splitArguments(text)
				if err != nil {
					return err
				}
				return in.Session.SetArgs(args)
			}},
		{Name: "env", Values: "NAME=VALUE", Short: "The program's environment, from its next start on; can be set again for others.", Launch: "env",
			Also: []string{"environment", "target.env-vars"}, list: true,
			get: func(in *Interp) string { return strings.Join(in.Session.Env(), " ") }, set: setEnv},
		{Name: "paging", Values: "on | off", Default: "on", Short: "Stop at each screenful of what a command prints to a terminal.", Also: []string{"pagination"},
			get: func(in *Interp) string { return onOff(!in.options.noPaging) },
			set: func(in *Interp, text string) error {
				on, err := parseBool(text)
				in.options.noPaging = err == nil && !on
				return err
			}},
		{Name: "color", Values: "on | off", Default: "on", Short: "Colours in a terminal. NO_COLOR in the environment turns them off, too.", Also: []string{"style enabled", "use-color", "colour"},
			get: func(in *Interp) string { return onOff(in.options.color != "off") },
			set: func(in *Interp, text string) error {
				on, err := parseBool(text)
				if err == nil {
					in.options.color = onOff(on)
				}
				return err
			}},
		number("history-size", defaultHistory, 100000, "Lines of history that are kept for later sessions.", "",
			func(o *options) *int { return &o.history }, "history size"),
		{Name: "prompt", Values: "TEXT", Default: "(sphex) ", Short: "What the terminal asks with.",
			get: func(in *Interp) string { return in.Prompt() },
			set: func(in *Interp, text string) error {
				if text != "" {
					text = strings.Trim(text, `"`)
					text = strings.TrimRight(text, " ") + " "
				}
				in.options.prompt = text
				return nil
			}},
	}
}

// number makes a row for a number of which 0, its zero value, means the default.
func number(name string, def, most int, short, launch string, at func(*options) *int, also ...string) Setting {
	return Setting{Name: name, Values: "N", Default: strconv.Itoa(def), Short: short, Launch: launch, Also: also,
		get: func(in *Interp) string {
			if n := *at(&in.options); n > 0 {
				return strconv.Itoa(n)
			}
			return strconv.Itoa(def)
		},
		set: func(in *Interp, text string) error {
			if text == "" {
				*at(&in.options) = 0
				return nil
			}
			if text == "unlimited" {
				text = strconv.Itoa(most)
			}
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				return fmt.Errorf("%s is a number, not %q", name, text)
			}
			if n == 0 || n > most { // to gdb, 0 is without a limit
				n = most
			}
			*at(&in.options) = n
			return nil
		}}
}

func boolean(name string, def bool, short string, at func(*options) *bool, also ...string) Setting {
	return Setting{Name: name, Values: "on | off", Default: onOff(def), Short: short, Also: also,
		get: func(in *Interp) string { return onOff(*at(&in.options)) },
		set: func(in *Interp, text string) error {
			on, err := parseBool(text)
			if err == nil {
				*at(&in.options) = on
			}
			return err
		}}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// parseBool reads what people write for on and off. Nothing is on, as for gdb.
func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "on", "1", "yes", "true", "enable", "auto", "":
		return true, nil
	case "off", "0", "no", "false", "disable":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither on nor off", text)
}

func radixOf(b value.Base) int {
	switch b {
	case value.Hexadecimal:
		return 16
	case value.Octal:
		return 8
	case value.Binary:
		return 2
	}
	return 10
}

func setRadix(in *Interp, text string) error {
	base, ok := map[string]value.Base{"": value.AsDeclared, "2": value.Binary, "8": value.Octal, "10": value.AsDeclared, "16": value.Hexadecimal}[text]
	if !ok {
		return fmt.Errorf("a radix is 2, 8, 10 or 16, not %q", text)
	}
	in.options.format.Base = base
	return nil
}

func getSourceMap(in *Interp) string {
	var out []string
	for _, m := range in.Session.SourceMap() {
		out = append(out, m.From+" "+m.To)
	}
	return strings.Join(out, ", ")
}

// setSourceMap reads FROM TO, or FROM=TO as --map has it; nothing takes all mappings away, FROM alone its own.
func setSourceMap(in *Interp, text string) error {
	from, to, ok := strings.Cut(text, " ")
	if !ok {
		from, to, ok = strings.Cut(text, "=")
	}
	from, to = strings.Trim(from, `"`), strings.Trim(strings.TrimSpace(to), `"`)
	maps := slices.DeleteFunc(in.Session.SourceMap(), func(m debugger.PathMapping) bool { return m.From == from || text == "" })
	if ok && from != "" {
		maps = append(maps, debugger.PathMapping{From: from, To: to})
	}
	return in.Session.SetSourceMap(maps)
}

// setEnv reads NAME=VALUE, or NAME VALUE as gdb has it; nothing takes all away, NAME alone that one.
func setEnv(in *Interp, text string) error {
	if text == "" {
		return in.Session.SetEnv(nil)
	}
	name, val, ok := strings.Cut(text, "=")
	if first, rest, blank := strings.Cut(text, " "); blank && (!ok || len(first) < len(name)) {
		name, val, ok = first, strings.TrimPrefix(strings.TrimSpace(rest), "="), true
	}
	name = strings.TrimSpace(name)
	env := slices.DeleteFunc(in.Session.Env(), func(e string) bool { return strings.HasPrefix(e, name+"=") })
	if ok {
		env = append(env, name+"="+strings.TrimSpace(val))
	}
	return in.Session.SetEnv(env)
}

// FindSetting returns the setting whose name, or one that other debuggers have for it, a text begins with, and what
// stands behind it.
func FindSetting(text string) (s *Setting, rest string, ok bool) {
	length := 0
	for i := range Settings {
		for _, n := range append([]string{Settings[i].Name}, Settings[i].Also...) {
			if r, found := strings.CutPrefix(text, n); found && len(n) > length && (r == "" || r[0] == ' ') {
				s, rest, ok, length = &Settings[i], strings.TrimSpace(r), true, len(n)
			}
		}
	}
	return s, rest, ok
}

// Get returns a setting's value.
func (s *Setting) Get(in *Interp) string { return s.get(in) }

// Set gives a setting a value; "" stands for the default of most, for an empty list, and for on.
func (s *Setting) Set(in *Interp, text string) error {
	if err := s.set(in, text); err != nil {
		return err
	}
	if i := slices.Index(in.options.changedBySet, s.Name); i < 0 {
		in.options.changedBySet = append(in.options.changedBySet, s.Name)
	}
	return nil
}

// contextLines tells how many lines of source are shown before and behind a place.
func (in *Interp) contextLines() (before, behind int) {
	n := in.options.context
	if n <= 0 {
		n = defaultContext
	}
	return (n - 1) / 2, n / 2
}

// Paging tells whether the terminal is to stop at each screenful.
func (in *Interp) Paging() bool { return !in.options.noPaging }

// Color tells whether the terminal may use colours.
func (in *Interp) Color() bool { return in.options.color != "off" }

// HistorySize is how many lines of history are kept.
func (in *Interp) HistorySize() int {
	if in.options.history > 0 {
		return in.options.history
	}
	return defaultHistory
}

// Prompt is what the terminal asks with.
func (in *Interp) Prompt() string {
	if in.options.prompt != "" {
		return in.options.prompt
	}
	return "(sphex) "
}
