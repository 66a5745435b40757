package dap

import (
	"strconv"

	"github.com/google/go-dap"

	"sphex/debugger/command"
)

// prepare runs the person's own file of commands. What it prints is shown, and what is wrong in it said with its line; the launch
// configuration has the last word.
func (s *server) prepare() {
	if s.options.Init == "" || s.launch.attach || !s.launch.InitFile {
		return
	}
	s.consoleMu.Lock()
	errs := s.interp.LoadPreparations(s.options.Init)
	printed := s.console.take()
	s.limitConsole()
	s.consoleMu.Unlock()
	if printed != "" {
		s.w.event("output", &dap.OutputEventBody{Category: "console", Output: printed})
	}
	for _, err := range errs {
		s.outputNote(err.Error())
	}
}

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
