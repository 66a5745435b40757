package dap

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"sphex/debugger"
)

// arguments are what a launch or attach configuration says.
type arguments struct {
	Program string
	Args    []string
	Cwd     string   // opened for the program as its working directory
	Dirs    []string // HOST[::GUEST]
	Env     envMap
	EnvFile []string
	Invoke  string
	Stdin   string

	Preload      []string // NAME=FILE
	StubImports  string
	AllowImports []string
	Stdio        stdio
	Console      string
	Core         string
	NoDebug      bool

	StopOnEntry  bool
	JustMyCode   bool
	SourceMap    sourceMap
	Substitute   sourceMap
	SourceRoots  []string
	DebugDirs    []string // searched for .dwo, .dwp and other files with debug information
	Natvis       []string
	MaxStringLen int

	StackTraceDepth int

	InitFile bool

	InitCommands, PreRunCommands, PostRunCommands, StopCommands, ExitCommands, TerminateCommands []string

	Connect  listener
	Address  string
	Host     string
	Port     int
	Token    string
	Instance string

	attach bool
}

// word is one word of a configuration. Everything about it derives from its row: what is understood, the
// schema that editors complete with, and the warning about one that is not known.
type word struct {
	name  string
	also  []string // what other debuggers call it
	types []string // of JSON; the elements of an array are strings
	in    string   // "launch", "attach", or "" for both
	help  string
	enum  []string
	def   any
	set   func(a *arguments) any // where it is decoded to
}

// Console words, as other debuggers have them.
const (
	consoleInternal   = "internalConsole"
	consoleIntegrated = "integratedTerminal"
	consoleExternal   = "externalTerminal"
)

var commandTypes = []string{"array", "string"}

var words = []word{
	{name: "program", types: []string{"string"}, in: "launch", help: "The WebAssembly module to debug, or an object that sphex compile made of one.", set: func(a *arguments) any { return &a.Program }},
	{name: "args", types: []string{"array", "string"}, in: "launch", help: "The program's arguments.", set: func(a *arguments) any { return (*stringList)(&a.Args) }},
	{name: "cwd", types: []string{"string"}, help: "The folder that the program has as its working directory, and that relative paths of this configuration start at.", set: func(a *arguments) any { return &a.Cwd }},
	{name: "dirs", types: []string{"array"}, in: "launch", help: "Directories that the program may use: HOST, or HOST::GUEST where it sees them under another name.", set: func(a *arguments) any { return &a.Dirs }},
	{name: "env", types: []string{"object"}, in: "launch", help: "The program's environment. null takes out a variable that envFile has set.", set: func(a *arguments) any { return &a.Env }},
	{name: "envFile", types: []string{"string", "array"}, in: "launch", help: "Files of NAME=VALUE lines, which are read before env.", set: func(a *arguments) any { return (*stringList)(&a.EnvFile) }},
	{name: "invoke", types: []string{"string"}, in: "launch", help: "An exported function to run in place of _start; args are its parameters.", set: func(a *arguments) any { return &a.Invoke }},
	{name: "preload", types: []string{"array"}, in: "launch", help: "Modules that are instantiated first, so that the program can import from them: NAME=FILE.", set: func(a *arguments) any { return &a.Preload }},
	{name: "stubImports", types: []string{"string"}, in: "launch", help: "Start the program although nothing defines some of its imports: they trap when they are called, or give zero.", enum: []string{"trap", "zero"}, set: func(a *arguments) any { return &a.StubImports }},
	{name: "allowImports", types: []string{"array"}, in: "launch", help: "Import nothing but what these patterns allow: MODULE.NAME, where * stands for any characters.", set: func(a *arguments) any { return &a.AllowImports }},
	{name: "stdin", types: []string{"string"}, in: "launch", help: "A file that is the program's standard input.", set: func(a *arguments) any { return &a.Stdin }},
	{name: "stdio", types: []string{"array", "object", "string", "null"}, in: "launch", help: "Files for the program's standard input, output and error: one for all, a list of three, or an object with stdin, stdout and stderr. null leaves one as it is.", set: func(a *arguments) any { return &a.Stdio }},
	{name: "console", also: []string{"terminal"}, types: []string{"string"}, in: "launch", help: "Where the program's input and output are: the debug console, the editor's terminal, or a terminal of its own.", enum: []string{consoleInternal, consoleIntegrated, consoleExternal}, def: consoleInternal, set: func(a *arguments) any { return (*consoleWord)(&a.Console) }},
	{name: "core", also: []string{"coreFile", "coreDumpPath"}, types: []string{"string"}, in: "launch", help: "A core dump of the program, to look at in place of running it.", set: func(a *arguments) any { return &a.Core }},
	{name: "noDebug", types: []string{"boolean"}, in: "launch", help: "Run without stopping.", def: false, set: func(a *arguments) any { return &a.NoDebug }},

	{name: "stopOnEntry", also: []string{"stopAtEntry"}, types: []string{"boolean"}, help: "Stop in the main function; after an attach, where the program is.", def: false, set: func(a *arguments) any { return &a.StopOnEntry }},
	{name: "justMyCode", types: []string{"boolean"}, help: "Steps that start in your own code stop only there. false lets them stop in libraries, too.", def: true, set: func(a *arguments) any { return &a.JustMyCode }},
	{name: "sourceMap", types: []string{"object", "array"}, help: "Where sources are: {\"path in the debug information\": \"path here\"}, or a list of such pairs. Prefixes of paths are replaced.", set: func(a *arguments) any { return &a.SourceMap }},
	{name: "substitutePath", types: []string{"array", "object"}, help: "The same as Delve writes it: [{\"from\": \"path here\", \"to\": \"path in the debug information\"}].", set: func(a *arguments) any { return (*substitution)(&a.Substitute) }},
	{name: "sourceRoots", also: []string{"sourcePath"}, types: []string{"array", "string"}, help: "Folders under which sources are looked for by the ends of their paths.", set: func(a *arguments) any { return (*stringList)(&a.SourceRoots) }},
	{name: "debugDirs", types: []string{"array"}, help: "Folders that are searched first for files with debug information: .dwo, .dwp, by build id.", set: func(a *arguments) any { return &a.DebugDirs }},
	{name: "natvis", also: []string{"visualizerFile"}, types: []string{"string", "array"}, help: "Natvis files that say how values are shown.", set: func(a *arguments) any { return (*stringList)(&a.Natvis) }},
	{name: "maxStringLen", types: []string{"number"}, help: "How many bytes of a string are shown.", def: 200, set: func(a *arguments) any { return &a.MaxStringLen }},
	{name: "stackTraceDepth", types: []string{"number"}, help: "How many frames of a stack are shown at most. 0: all.", def: 0, set: func(a *arguments) any { return &a.StackTraceDepth }},

	{name: "initFile", types: []string{"boolean"}, in: "launch", help: "Begin with the settings and commands of your own that the terminal begins with: the file that config -file names there.", def: true, set: func(a *arguments) any { return &a.InitFile }},
	{name: "initCommands", types: commandTypes, help: "Commands that are run when the program has been loaded, before breakpoints are set.", set: func(a *arguments) any { return (*stringList)(&a.InitCommands) }},
	{name: "preRunCommands", types: commandTypes, help: "Commands that are run before the program starts, when breakpoints have been set.", set: func(a *arguments) any { return (*stringList)(&a.PreRunCommands) }},
	{name: "postRunCommands", types: commandTypes, help: "Commands that are run when the program has come to its main function, or has been attached to.", set: func(a *arguments) any { return (*stringList)(&a.PostRunCommands) }},
	{name: "stopCommands", types: commandTypes, help: "Commands that are run each time the program stops.", set: func(a *arguments) any { return (*stringList)(&a.StopCommands) }},
	{name: "exitCommands", types: commandTypes, help: "Commands that are run when the program has ended.", set: func(a *arguments) any { return (*stringList)(&a.ExitCommands) }},
	{name: "terminateCommands", also: []string{"preTerminateCommands"}, types: commandTypes, help: "Commands that are run before the program is ended or let go on request.", set: func(a *arguments) any { return (*stringList)(&a.TerminateCommands) }},

	{name: "connect", types: []string{"object", "number", "string"}, in: "attach", help: "Where a host listens: {\"host\": \"127.0.0.1\", \"port\": 4711}, a port, or an address.", set: func(a *arguments) any { return &a.Connect }},
	{name: "address", types: []string{"string"}, in: "attach", help: "Where a host listens: 127.0.0.1:4711, or the path of a socket, unix:/run/user/1000/app.sock.", set: func(a *arguments) any { return &a.Address }},
	{name: "host", types: []string{"string"}, in: "attach", help: "The machine of port.", def: "127.0.0.1", set: func(a *arguments) any { return &a.Host }},
	{name: "port", types: []string{"number"}, in: "attach", help: "The TCP port where a host listens.", set: func(a *arguments) any { return &a.Port }},
	{name: "token", types: []string{"string"}, in: "attach", help: "What a host asks of those who are not its own user on its own machine.", set: func(a *arguments) any { return &a.Token }},
	{name: "instance", types: []string{"string", "number"}, in: "attach", help: "The name or number of the instance to attach to, where the host has several.", set: func(a *arguments) any { return (*nameOrNumber)(&a.Instance) }},
}

// clientWords are those that editors keep for themselves. Those that begin with two underscores are, too.
var clientWords = []string{
	"type", "name", "request", "preLaunchTask", "postDebugTask", "internalConsoleOptions", "debugServer", "presentation",
	"serverReadyAction", "suppressMultipleSessionWarning", "windows", "linux", "osx", "cargo", "restart", "pathFormat", "dap-server-path", "mode",
}

// parseArguments reads a configuration. Words that are not known are told in warnings.
func parseArguments(raw json.RawMessage, attach bool) (a *arguments, warnings []string, err error) {
	a = &arguments{attach: attach, JustMyCode: true, InitFile: true}
	given := map[string]json.RawMessage{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &given); err != nil {
			return nil, nil, fmt.Errorf("the configuration: %w", err)
		}
	}
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	sort.Strings(names)
	request := "launch"
	if attach {
		request = "attach"
	}
	for _, name := range names {
		w := findWord(name)
		switch {
		case w != nil && w.in != "" && w.in != request:
			warnings = append(warnings, fmt.Sprintf("%q has no meaning for %s", name, request))
		case w != nil && (string(given[name]) != "null" || name == "stdio"):
			if err := json.Unmarshal(given[name], w.set(a)); err != nil {
				return nil, nil, fmt.Errorf("%q of the configuration: %w", name, err)
			}
		case w != nil, slices.Contains(clientWords, strings.TrimPrefix(name, ":")), strings.HasPrefix(name, "__"):
		default:
			text := fmt.Sprintf("the configuration's %q is not known", name)
			if near := nearestWord(name); near != "" {
				text += fmt.Sprintf("; did you mean %q?", near)
			}
			warnings = append(warnings, text)
		}
	}
	return a, warnings, nil
}

func findWord(name string) *word {
	for i := range words {
		if w := &words[i]; w.name == name || slices.Contains(w.also, name) {
			return w
		}
	}
	return nil
}

// longestWord is more than any has. What a client sends may be megabytes.
const longestWord = 40

// nearestWord returns the word that somebody may have meant, "" if none is near.
func nearestWord(name string) string {
	best, least := "", 3
	if len(name) > longestWord {
		return ""
	}
	lower := strings.ToLower(name)
	for i := range words {
		for _, n := range append([]string{words[i].name}, words[i].also...) {
			d := distance(lower, strings.ToLower(n))
			if d < least && 2*d < len(name) {
				best, least = n, d
			}
		}
	}
	return best
}

// distance counts the letters to change, add, take away or exchange with their neighbour.
func distance(a, b string) int {
	before, row := []int(nil), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(next[j-1]+1, row[j]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}

// Schema is the JSON schema of launch and attach configurations, as a VS Code extension's package.json holds it
// in configurationAttributes.
func Schema() map[string]any {
	schema := map[string]any{}
	for _, request := range []string{"launch", "attach"} {
		properties := map[string]any{}
		for i := range words {
			w := &words[i]
			if w.in != "" && w.in != request {
				continue
			}
			for k, name := range append([]string{w.name}, w.also...) {
				p := map[string]any{"description": w.help}
				if k > 0 {
					p["description"] = "The same as " + w.name + "."
				}
				if len(w.types) == 1 {
					p["type"] = w.types[0]
				} else {
					p["type"] = w.types
				}
				if slices.Contains(w.types, "array") && w.name != "sourceMap" && w.name != "substitutePath" && w.name != "stdio" {
					p["items"] = map[string]any{"type": "string"}
				}
				if w.enum != nil {
					p["enum"] = w.enum
				}
				if w.def != nil {
					p["default"] = w.def
				}
				properties[name] = p
			}
		}
		r := map[string]any{"properties": properties}
		if request == "launch" {
			r["required"] = []string{"program"}
		}
		schema[request] = r
	}
	return schema
}

// stringList is a list, or one text.
type stringList []string

func (l *stringList) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*l = stringList{one}
		return nil
	}
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("a list of texts is wanted: %w", err)
	}
	*l = list
	return nil
}

// envMap is {NAME: value}; numbers and truth values are as they are written, null is nil.
type envMap map[string]*string

func (m *envMap) UnmarshalJSON(b []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	*m = envMap{}
	for name, raw := range object {
		var text *string
		if json.Unmarshal(raw, &text) != nil {
			if raw[0] == '{' || raw[0] == '[' {
				return fmt.Errorf("the value of %s is no text", name)
			}
			plain := string(raw)
			text = &plain
		}
		(*m)[name] = text
	}
	return nil
}

// nameOrNumber is a text, or a number as one.
type nameOrNumber string

func (n *nameOrNumber) UnmarshalJSON(b []byte) error {
	var number json.Number
	if json.Unmarshal(b, &number) == nil {
		*n = nameOrNumber(number)
		return nil
	}
	return json.Unmarshal(b, (*string)(n))
}

// consoleWord is one of the console words; CodeLLDB has short forms.
type consoleWord string

func (c *consoleWord) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	switch text {
	case consoleInternal, "console":
		*c = consoleInternal
	case consoleIntegrated, "integrated":
		*c = consoleIntegrated
	case consoleExternal, "external":
		*c = consoleExternal
	default:
		return fmt.Errorf("%q is none of %s, %s and %s", text, consoleInternal, consoleIntegrated, consoleExternal)
	}
	return nil
}

// stdio names files for the program's standard input, output and error; "" leaves one as it is.
type stdio [3]string

func (s *stdio) UnmarshalJSON(b []byte) error {
	var one *string
	if json.Unmarshal(b, &one) == nil {
		if one != nil {
			*s = stdio{*one, *one, *one}
		}
		return nil
	}
	var list []*string
	if json.Unmarshal(b, &list) == nil {
		if len(list) > len(s) {
			return fmt.Errorf("there are three: input, output and error")
		}
		for i, f := range list {
			if f != nil {
				s[i] = *f
			}
		}
		return nil
	}
	var object struct{ Stdin, Stdout, Stderr string }
	if err := json.Unmarshal(b, &object); err != nil {
		return fmt.Errorf("a file, a list of three, or an object with stdin, stdout and stderr is wanted")
	}
	*s = stdio{object.Stdin, object.Stdout, object.Stderr}
	return nil
}

// sourceMap is {from: to}, or a list of [from, to] or of {from, to}. from is the path in DWARF.
type sourceMap []debugger.PathMapping

func (m *sourceMap) UnmarshalJSON(b []byte) error {
	var pairs [][2]string
	var objects []struct{ From, To string }
	switch {
	case json.Unmarshal(b, &pairs) == nil:
		for _, p := range pairs {
			*m = append(*m, debugger.PathMapping{From: p[0], To: p[1]})
		}
		return nil
	case json.Unmarshal(b, &objects) == nil:
		for _, o := range objects {
			*m = append(*m, debugger.PathMapping{From: o.From, To: o.To})
		}
		return nil
	}
	var object map[string]*string
	if err := json.Unmarshal(b, &object); err != nil {
		return fmt.Errorf("{\"from\": \"to\"} or a list of pairs is wanted: %w", err)
	}
	for from, to := range object {
		if to != nil { // CodeLLDB's word for a folder that is not to be looked at
			*m = append(*m, debugger.PathMapping{From: from, To: *to})
		}
	}
	// The longest prefix wins, whatever the order of the object.
	sort.Slice(*m, func(i, j int) bool { return len((*m)[i].From) > len((*m)[j].From) })
	return nil
}

// substitution is a sourceMap in Delve's direction: from the path here to that in DWARF.
type substitution sourceMap

func (m *substitution) UnmarshalJSON(b []byte) error {
	if err := (*sourceMap)(m).UnmarshalJSON(b); err != nil {
		return err
	}
	for i := range *m {
		p := &(*m)[i]
		p.From, p.To = p.To, p.From
	}
	return nil
}

// listener is where a host listens: {host, port}, a port, or an address.
type listener struct{ address string }

func (c *listener) UnmarshalJSON(b []byte) error {
	var port int
	var text string
	var object struct {
		Host    string `json:"host"`
		Port    int    `json:"port"`
		Address string `json:"address"`
	}
	switch {
	case json.Unmarshal(b, &port) == nil:
		c.address = hostPort("", port)
	case json.Unmarshal(b, &text) == nil:
		c.address = text
	case json.Unmarshal(b, &object) == nil && (object.Port != 0 || object.Address != ""):
		if c.address = object.Address; c.address == "" {
			c.address = hostPort(object.Host, object.Port)
		}
	default:
		return fmt.Errorf("{\"host\": …, \"port\": …}, a port or an address is wanted")
	}
	return nil
}
