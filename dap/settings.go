package dap

import (
	"strconv"

	"sphex/debugger/command"
)

// limitConsole makes the limits of the launch configuration those of the console's commands, too, which have settings for them.
func (s *server) limitConsole() {
	for word, n := range map[string]int{"maxStringLen": s.launch.MaxStringLen, "stackTraceDepth": s.launch.StackTraceDepth} {
		for i := range command.Settings {
			if setting := &command.Settings[i]; setting.Launch == word && n > 0 {
				_ = setting.Set(s.interp, strconv.Itoa(n)) // a number is what it takes
			}
		}
	}
}
