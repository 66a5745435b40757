package debugger

import (
	"fmt"
	"sort"
	"sync"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/aot/wasm/wat"
	"sphex/debugger/symbols"
	"sphex/debugger/value"
)

// image is what does not change while a program runs: the object, its module, its symbols.
// It outlives restarts.
type image struct {
	object *object.File
	module *wasm.Module
	table  *symbols.Table
	types  *value.Types
	funcs  []*codemap.Func // ascending by Text
	text   func() *wat.Text
	// hasSource tells whether the program has a source of its own. If not, the module's text is
	// its source; else that only stands in for what has none.
	hasSource func() bool
	panics    func() []panicFunction // see panicFunctions

	mu         sync.Mutex
	statements map[abi.TextOffset][]statement // by the function's first text offset
	calls      map[abi.TextOffset][]callSite
	results    map[abi.TextOffset]*resultPlace
	futures    map[abi.TextOffset]*futureBody
	chains     map[abi.TextOffset][]*symbols.Frame
	positions  map[abi.TextOffset][]level // see levelsIn

	macroMu sync.Mutex
	macros  map[*symbols.Unit]*sourceMacros
}

// newImage opens the symbols of an object whose module is m.
func newImage(o *object.File, m *wasm.Module) *image {
	im := &image{
		object:     o,
		module:     m,
		statements: map[abi.TextOffset][]statement{},
		calls:      map[abi.TextOffset][]callSite{},
		results:    map[abi.TextOffset]*resultPlace{},
		futures:    map[abi.TextOffset]*futureBody{},
		chains:     map[abi.TextOffset][]*symbols.Frame{},
		positions:  map[abi.TextOffset][]level{},
	}
	for i := range o.Map.Funcs {
		f := &o.Map.Funcs[i]
		im.funcs = append(im.funcs, f)
	}
	sort.Slice(im.funcs, func(i, j int) bool { return im.funcs[i].Text < im.funcs[j].Text })
	im.table = symbols.Open(o)
	im.types = value.NewTypes(im.table)
	if len(m.Memories) > 0 && m.Memories[0].Is64 {
		im.types.Wide()
	}
	im.text = sync.OnceValue(func() *wat.Text { return wat.NewText(m) })
	im.hasSource = sync.OnceValue(im.findSource)
	im.panics = sync.OnceValue(im.findPanics)
	return im
}

// function returns the code map of the function that holds pc, or nil.
func (im *image) function(pc abi.TextOffset) *codemap.Func {
	i := sort.Search(len(im.funcs), func(i int) bool { return im.funcs[i].Text > pc })
	if i == 0 || pc >= im.funcs[i-1].TextEnd {
		return nil
	}
	return im.funcs[i-1].Read()
}

// thunk returns the thunk that holds pc, or nil.
func (im *image) thunk(pc abi.TextOffset) *codemap.Thunk {
	for i := range im.object.Map.Thunks {
		if t := &im.object.Map.Thunks[i]; pc >= t.Text && pc < t.TextEnd {
			return t
		}
	}
	return nil
}

// importName returns the name of the imported function i: module.name.
func (im *image) importName(i uint32) string {
	n := uint32(0)
	for k := range im.module.Imports {
		if imp := &im.module.Imports[k]; imp.Kind == wasm.ExternFunc {
			if n == i {
				return imp.Module + "." + imp.Name
			}
			n++
		}
	}
	return fmt.Sprintf("import %d", i)
}

// wasmOffset returns the wasm instruction that the text at pc belongs to.
func wasmOffset(f *codemap.Func, pc abi.TextOffset) (wasm.CodeOffset, bool) {
	f.Read()
	if i := sort.Search(len(f.Traps), func(i int) bool { return f.Traps[i].Text >= pc }); i < len(f.Traps) && f.Traps[i].Text == pc {
		return f.Traps[i].Wasm, true
	}
	if i := sort.Search(len(f.Sites), func(i int) bool { return f.Sites[i].Text >= pc }); i < len(f.Sites) && f.Sites[i].Text == pc {
		return f.Sites[i].Wasm, true
	}
	insts := f.Insts
	i := sort.Search(len(insts), func(i int) bool { return insts[i].Text > pc })
	if i == 0 {
		return f.Body, false
	}
	return insts[i-1].Wasm, true
}

// textOffsets returns where the code of the wasm instruction at or behind code begins. A
// function's size field and local declarations are no instructions: its first one is meant.
func (im *image) textOffset(code wasm.CodeOffset) (abi.TextOffset, bool) {
	for _, f := range im.funcs {
		if code < f.Body || code >= f.BodyEnd {
			continue
		}
		best, found := wasm.CodeOffset(0), false
		var text abi.TextOffset
		for _, s := range f.Read().Sites {
			if s.Wasm == code {
				return s.Text, true
			}
		}
		for _, in := range f.Insts {
			if in.Wasm >= code && (!found || in.Wasm < best) {
				best, text, found = in.Wasm, in.Text, true
			}
		}
		return text, found
	}
	return 0, false
}

// functionStatements returns the statements of the physical function that holds pc,
// ascending by text, without those in its prologue.
func (im *image) functionStatements(pc abi.TextOffset) []statement {
	f := im.function(pc)
	if f == nil {
		return nil
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	if s, ok := im.statements[f.Text]; ok {
		return s
	}
	s := im.readStatements(f)
	im.statements[f.Text] = s
	return s
}

func (im *image) readStatements(f *codemap.Func) []statement {
	fn := im.table.Function(f.BodyText)
	if fn == nil {
		return nil
	}
	rows := im.table.Rows(fn)
	prologue := im.table.PrologueEnd(fn)
	var list []statement
	seen := map[frameKey]bool{}
	for i := range rows {
		r := &rows[i]
		if !r.Stmt || r.Line == 0 || r.Text < f.BodyText || r.Text >= f.TextEnd {
			continue
		}
		st := statement{text: r.Text, levels: im.levels(r.Text)}
		if len(st.levels) == 0 {
			continue
		}
		for k := range st.levels {
			l := &st.levels[k]
			l.starts = k > 0 && !seen[l.key]
			seen[l.key] = true
		}
		if r.Text < prologue {
			continue
		}
		if n := len(list); n > 0 && list[n-1].text == r.Text {
			for k := range list[n-1].levels {
				if k < len(st.levels) && list[n-1].levels[k].starts && list[n-1].levels[k].key == st.levels[k].key {
					st.levels[k].starts = true
				}
			}
			list[n-1] = st
			continue
		}
		list = append(list, st)
	}
	return list
}

// mostChains bounds how many are kept.
const mostChains = 1 << 14

// remembered returns what m has for key, or finds it out and keeps it; m is emptied when it has as many as most.
// Two goroutines may find out the same.
func remembered[K comparable, V any](mu *sync.Mutex, m map[K]V, most int, key K, find func() V) V {
	mu.Lock()
	v, ok := m[key]
	mu.Unlock()
	if ok {
		return v
	}
	v = find()
	mu.Lock()
	defer mu.Unlock()
	if len(m) >= most {
		clear(m)
	}
	m[key] = v
	return v
}

// chain is symbols.Table.Frames, which is remembered: stacks of recursions ask for few addresses again and again.
func (im *image) chain(pc abi.TextOffset) []*symbols.Frame {
	return remembered(&im.mu, im.chains, mostChains, pc, func() []*symbols.Frame { return im.table.Frames(pc) })
}

// levelsIn is levels, which is remembered: steps ask for the same callers again and again.
func (im *image) levelsIn(pc abi.TextOffset) []level {
	return remembered(&im.mu, im.positions, mostChains, pc, func() []level { return im.levels(pc) })
}

// levels returns the logical frames at pc, outermost first.
func (im *image) levels(pc abi.TextOffset) []level {
	frames := im.table.Frames(pc)
	ls := make([]level, len(frames))
	for i, fr := range frames {
		depth := len(frames) - 1 - i
		l := &ls[depth]
		l.file, l.line, l.column = fr.File, fr.Line, fr.Column
		l.key = keyOf(fr, depth)
	}
	return ls
}

func keyOf(f *symbols.Frame, depth int) frameKey {
	k := frameKey{depth: depth}
	if f.Func != nil {
		k.name = f.Func.Name
	}
	if len(f.Ranges) > 0 {
		k.lo, k.hi = f.Ranges[0].Lo, f.Ranges[0].Hi
	}
	return k
}

// hasLines tells whether the function that holds pc has statements to stop at.
func (im *image) hasLines(pc abi.TextOffset) bool { return len(im.functionStatements(pc)) > 0 }
