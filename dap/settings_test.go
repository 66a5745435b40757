package dap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sphex/debugger/command"
)

// What a setting is called in launch.json is a word that is understood there.
func TestSettingsHaveWords(t *testing.T) {
	named := 0
	for i := range command.Settings {
		if w := command.Settings[i].Launch; w != "" {
			named++
			if findWord(w) == nil {
				t.Errorf("%s: there is no word %s", command.Settings[i].Name, w)
			}
		}
	}
	if named < 5 {
		t.Errorf("%d settings have words", named)
	}
}

// The limits of a launch configuration hold in the console, too.
func TestConsoleLimits(t *testing.T) {
	s := &server{interp: new(command.Interp)}
	s.launch.MaxStringLen, s.launch.StackTraceDepth = 7, 3
	s.limitConsole()
	for name, want := range map[string]string{"max-string": "7", "frames": "3", "max-items": "64"} {
		if setting, _, ok := command.FindSetting(name); !ok || setting.Get(s.interp) != want {
			t.Errorf("%s is not %s", name, want)
		}
	}
}

// A session begins with the person's own file, of which what prepares is done, unless the configuration refuses it.
func TestInitFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "init")
	if err := os.WriteFile(file, []byte("# mine\nset max-items 1\nset max-string 9\nalias say = echo\nskip function price\nbreak main\nrun\nshell echo no\nnonsense\ndefine three\necho three lines\nend\necho ready\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := func(more map[string]any) (*rawClient, string) {
		c := rawConnect(t, Options{Compile: compile, Init: file})
		c.ask("initialize", map[string]any{}, nil)
		more["program"] = absolute(t, programs+"orders/orders.wasm")
		c.ask("launch", more, nil)
		said := ""
		for at := 0; ; at++ {
			for at == len(c.events) {
				c.next()
			}
			switch e := c.events[at]; e.name {
			case "output":
				said += string(e.body)
				continue
			case "initialized":
				return c, said
			}
		}
	}
	c, said := open(map[string]any{"maxStringLen": 5})
	if !strings.Contains(said, "ready") || !strings.Contains(said, file+":9: unknown command") || strings.Contains(said, "Breakpoint") || strings.Contains(said, ":8:") {
		t.Errorf("%s", said)
	}
	c.contains("a command of one's own", c.text("say it", "repl"), "it")
	c.contains("a definition", c.text("three", "repl"), "three lines")
	c.contains("a setting", c.text("show max-items", "repl"), "max-items is 1")
	c.contains("the configuration's word", c.text("show max-string", "repl"), "max-string is 5")
	c.contains("what steps skip", c.text("skip", "repl"), "price")
	c.contains("breakpoints", c.text("breakpoints", "repl"), "No breakpoints")
	c, said = open(map[string]any{"initFile": false})
	c.want("what it said", said, "")
	c.contains("a setting", c.text("show max-items", "repl"), "max-items is 64")
}
