package debugger

import "fmt"

// inPreloaded completes what is said of a breakpoint that binds nowhere: the place may be in a preloaded module, which is an instance of
// its own to debuggers.
func (s *Session) inPreloaded(spec *BreakpointSpec, message string) string {
	if spec.File == "" && spec.Function == "" && spec.Pattern == "" || spec.Catch != CatchNothing {
		return message
	}
	for _, p := range s.preloads {
		if places, _ := p.image().bind(spec); len(places) > 0 {
			return fmt.Sprintf("%s in the program's own module, but in %s, which is preloaded: a debugger that attaches to that instance has breakpoints there "+
				"(sphex run --debug-listen ADDRESS --debug-wait --preload %s=FILE …; sphex connect --instance %s ADDRESS)", message, p.Name, p.Name, p.Name)
		}
	}
	return message
}
