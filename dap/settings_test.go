package dap

import (
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
