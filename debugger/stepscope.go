package debugger

import (
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
)

// stepScope says where steps may stop. One that starts in the user's own code stays in it:
// nobody wants to walk through a standard library, let alone one whose source is not there.
// Own is a file that is in no folder of libraries and on this machine; if none of the program's
// files is here, the first suffices. What a step leaves out
// it runs through, with stops where that calls back. A step that starts elsewhere, and every
// step with Config.StepIntoLibraries, stops wherever there are lines. The module's own text, where
// it only stands in for a source that some functions lack, counts when the step starts in it.
type stepScope struct {
	im       *image
	own      func(file string) bool // nil: every file
	skipped  func(*level) bool      // what the user's rules leave out; nil: nothing
	escaping []uint32               // functions that an indirect call may reach
	entries  map[abi.TextOffset][]planStop
	rowless  map[abi.TextOffset]bool // which functions have no rows in the scope
	through  map[abi.TextOffset][]planStop
	byIndex  map[uint32]*codemap.Func
	sets     map[planKey]*planSet
	held     int // addresses in sets
}

func newStepScope(im *image, escaping []uint32, own func(string) bool) *stepScope {
	return &stepScope{
		im: im, own: own, escaping: escaping,
		entries: map[abi.TextOffset][]planStop{}, rowless: map[abi.TextOffset]bool{}, through: map[abi.TextOffset][]planStop{},
	}
}

// stepScopeFor returns the scope of a step that starts in file.
func (s *Session) stepScopeFor(file string) *stepScope {
	if s.scopeOf != file || s.scopeFor == nil { // to ask for files costs more than the rest of a step
		s.scopeOf, s.scopeFor = file, s.findStepScope(file)
	}
	return s.scopeFor
}

func (s *Session) findStepScope(file string) *stepScope {
	switch {
	case file != "" && !s.cfg.StepIntoLibraries && s.ownFile(file):
		return s.ownScope
	case s.standsIn(file):
		return s.fullScope
	}
	return s.sourceScope
}

// standsIn reports whether a file is the module's own text in a program that has another source.
func (s *Session) standsIn(file string) bool {
	return debuginfo.IsText(file) && s.imageNow().hasSource()
}

// findSource tells whether any file but the text is the program's own, be it here or not.
func (im *image) findSource() bool {
	return im.table.HasCode(func(file string) bool {
		return !isLibrary(file) && !debuginfo.IsText(file)
	})
}

// libraryFolders are parts of the paths of files that are not the user's own.
var libraryFolders = []string{"/rustc/", "/.rustup/", "/.cargo/", "/usr/", "/include/c++/", "/wasi-libc/", "/wasi-sysroot/",
	"/sysroot/include/", "libc-bottom-half/", "libc-top-half/", "/dlmalloc/", "/emsdk/", "/libcxx/src/", "/libcxx/include/", "/libcxxabi/src/", "/libcxxabi/include/", "/compiler-rt/lib/"}

func isLibrary(file string) bool {
	file = "/" + file // it may be relative
	for _, f := range libraryFolders {
		if strings.Contains(file, f) {
			return true
		}
	}
	return false
}

func (s *Session) ownFile(file string) bool {
	if isLibrary(file) || s.standsIn(file) {
		return false
	}
	return s.HasSource(file) || !s.hasSources()
}

// findSources tells whether any file of the program's own is on this machine.
func (s *Session) findSources() bool {
	for _, f := range s.Files() {
		if s.HasSource(f) && !isLibrary(f) && !s.standsIn(f) {
			return true
		}
	}
	return false
}

func (p *stepScope) owns(l *level) bool {
	return l.line > 0 && (p.own == nil || p.own(l.file)) && (p.skipped == nil || !p.skipped(l))
}

// forget drops what was found out, since the rules have changed.
func (p *stepScope) forget() {
	clear(p.entries)
	clear(p.rowless)
	clear(p.through)
	p.sets = nil
}

// withoutSkips is the scope for a step that starts in a function which is to be skipped.
func (p *stepScope) withoutSkips() *stepScope { return newStepScope(p.im, p.escaping, p.own) }

// inner returns the smallest number of frames, at least least, whose innermost is in the
// scope; 0 if there is none.
func (p *stepScope) inner(levels []level, least int) int {
	for n := least; n <= len(levels); n++ {
		if p.owns(&levels[n-1]) {
			return n
		}
	}
	return 0
}

// outer returns the largest number of frames, at most most, whose innermost is in the scope; 0
// if there is none.
func (p *stepScope) outer(levels []level, most int) int {
	for n := min(most, len(levels)); n > 0; n-- {
		if p.owns(&levels[n-1]) {
			return n
		}
	}
	return 0
}

// statements chooses the statements where a step ends, as planStatements does.
func (p *stepScope) statements(kind stepKind, from origin, list []statement) []planStop {
	var stops []planStop
	for _, stop := range planStatements(kind, from, list) {
		levels := statementAt(list, stop.text).levels
		n := stop.shown
		if !kind.within() {
			n = p.inner(levels, n)
		} else if !p.owns(&levels[n-1]) {
			n = 0
		}
		if n > 0 {
			stops = append(stops, planStop{stop.text, n})
		}
	}
	return stops
}

// enter returns where a step into f stops: at its first statement, or, when f is not in the
// scope, wherever code that is has been inlined into it. Unless it is to be exact, functions of which neither a
// line nor a call that was inlined is in the scope are left out, which costs less.
func (p *stepScope) enter(f *codemap.Func, exact bool) []planStop {
	if stops, ok := p.entries[f.Text]; ok {
		return stops
	}
	if !exact {
		rowless, known := p.rowless[f.Text]
		if !known {
			rowless = !p.hasRows(f)
			p.rowless[f.Text] = rowless
		}
		if rowless {
			return nil
		}
	}
	var stops []planStop
	list := p.im.functionStatements(f.BodyText)
	for i := range list {
		least := outermost(list[i].levels)
		if i == 0 && p.owns(&list[i].levels[0]) {
			stops = []planStop{{list[i].text, p.inner(list[i].levels, least)}}
			if stops[0].shown == 0 {
				stops[0].shown = least
			}
			break
		}
		if n := p.inner(list[i].levels, least); n > 0 {
			stops = append(stops, planStop{list[i].text, n})
		}
	}
	p.entries[f.Text] = stops
	return stops
}

// atStart reports whether a step into f always ends at these stops, since the only one is its first statement.
func (p *stepScope) atStart(f *codemap.Func, entry []planStop) bool {
	return len(entry) == 1 && entry[0].text == p.im.functionStatements(f.BodyText)[0].text
}

// hasRows tells, without reading statements, whether a row of f is in the scope or the place of a call that was
// inlined: what is inlined may consist of a library's lines alone.
func (p *stepScope) hasRows(f *codemap.Func) bool {
	fn := p.im.table.Function(f.BodyText)
	if fn == nil {
		return false
	}
	last := ""
	for _, r := range p.im.table.Rows(fn) {
		if !r.Stmt || r.Line == 0 || r.File == last {
			continue
		}
		if last = r.File; p.own == nil || p.own(last) {
			return true
		}
	}
	return fn.InlinesCallIn(func(file string) bool { return p.own == nil || p.own(file) })
}

// maxThrough bounds how many functions are looked at for calls back.
const maxThrough = 20000

// callbacks returns the stops in functions of the scope that f, which is not in it, may call:
// directly, through other functions outside of the scope, or through a table.
func (p *stepScope) callbacks(f *codemap.Func) []planStop {
	if stops, ok := p.through[f.Text]; ok {
		return stops
	}
	var stops []planStop
	seen := map[abi.TextOffset]bool{f.Text: true}
	todo := []*codemap.Func{f}
	visit := func(g *codemap.Func) {
		if g == nil || seen[g.Text] || len(seen) > maxThrough {
			return
		}
		seen[g.Text] = true
		entry := p.enter(g, false)
		stops = append(stops, entry...)
		if !p.atStart(g, entry) {
			todo = append(todo, g) // it may call without coming to what is inlined
		}
	}
	tables := false
	for len(todo) > 0 {
		g := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, c := range p.im.functionCalls(g) {
			switch {
			case c.kind == direct:
				visit(p.im.function(c.target))
			case !tables:
				tables = true
				for _, i := range p.escaping {
					visit(p.index(i))
				}
			}
		}
	}
	p.through[f.Text] = stops
	return stops
}

func (p *stepScope) index(i uint32) *codemap.Func {
	if p.byIndex == nil {
		p.byIndex = map[uint32]*codemap.Func{}
		for _, f := range p.im.funcs {
			p.byIndex[f.Index] = f
		}
	}
	return p.byIndex[i]
}
