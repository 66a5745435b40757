package debugger

import (
	"fmt"
	"path"
	"strings"

	"sphex/runtime/coredump"
)

// A dump is one of a whole store: of several modules, instances and threads. A session is about one
// program, so that it looks at the instances that are of its module: one, or one for each thread.

// coreOwn finds the instance that the program is: of the module that has its name, else that of the
// innermost frame. index is -1 if the dump lists none.
func (s *Session) coreOwn(d *coredump.Dump) (own coredump.Instance, index int) {
	if len(d.Instances) == 0 {
		return own, -1
	}
	var frames []coredump.Frame
	if len(d.Threads) > 0 {
		frames = d.Threads[0].Frames
	}
	index = -1
	for i := range frames { // the innermost of those that fit
		if k := frames[i].Instance; uint64(k) < uint64(len(d.Instances)) && s.namedLike(d, int(k)) {
			return d.Instances[k], int(k)
		}
	}
	for i := range d.Instances {
		if s.namedLike(d, i) {
			index = i
		}
	}
	if index < 0 {
		index = 0
		if len(frames) > 0 && uint64(frames[0].Instance) < uint64(len(d.Instances)) {
			index = int(frames[0].Instance)
		}
	}
	return d.Instances[index], index
}

// namedLike reports whether instance i of a dump is of a module with the program's name: that of its
// name section, or that of its file.
func (s *Session) namedLike(d *coredump.Dump, i int) bool {
	k := d.Instances[i].Module
	if uint64(k) >= uint64(len(d.Modules)) {
		return false
	}
	name := path.Base(strings.ReplaceAll(d.Modules[k], `\`, "/"))
	return name != "" && name != "." && (name == path.Base(s.image.module.Names().Module) || name == path.Base(s.cfg.Program))
}

// foreign reports whether a frame is one of another module than the program's, of whose functions its
// numbers say nothing.
func foreign(d *coredump.Dump, own int, f *coredump.Frame) bool {
	return own >= 0 && uint64(f.Instance) < uint64(len(d.Instances)) && d.Instances[f.Instance].Module != d.Instances[own].Module
}

// noteCore tells what of a dump is not shown.
func (s *Session) noteCore(d *coredump.Dump, foreign int) {
	if n := len(d.Threads); n > 1 {
		s.coreNotes = append(s.coreNotes, fmt.Sprintf("the core dump has %d threads; the first one, %s, is selected", n, quotedName(d.Threads[0].Name)))
	}
	if foreign > 0 {
		s.coreNotes = append(s.coreNotes, fmt.Sprintf("%s of other modules in the core dump %s left out", count(foreign, "frame"), isAre(foreign)))
	}
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func quotedName(name string) string {
	if name == "" {
		return "which has no name"
	}
	return fmt.Sprintf("%q", name)
}
