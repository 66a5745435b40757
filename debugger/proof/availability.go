package proof

import (
	"fmt"
	"slices"

	"sphex/aot/abi"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// Availability counts variables as a person meets them: at each statement of the program's own
// source, those that are in scope in the source. What is in scope is told by another module,
// made of the same source without optimisation, which drops none.
type Availability struct {
	Statements int
	// Of the pairs of a statement and a variable in scope, by the debug information.
	Said Extents

	// The same at the statements that a run reached, where the debugger itself was asked.
	Stops int
	Asked Extents

	Statics, StaticAllowed, StaticShown int // of the program's own source
	// Missing are what is allowed and not shown.
	Missing []string
}

// Extents counts variables in scope.
type Extents struct {
	InScope int
	Whole   int // the module's DWARF gives a place or a value for all of it
	Part    int // it does so for some of it, such as the length of a slice and not its pointer
	// Of these, shown.
	WholeShown, PartShown int
}

func (e *Extents) add(allowed extent, shown bool) {
	e.InScope++
	switch {
	case allowed == whole:
		e.Whole++
		if shown {
			e.WholeShown++
		}
	case allowed == part:
		e.Part++
		if shown {
			e.PartShown++
		}
	}
}

// extent says how much of a variable is known.
type extent uint8

const (
	nothing extent = iota
	part
	whole
)

// declaration is where a function or a variable is declared; it names it across modules.
type declaration struct {
	name string
	file string // of functions, and no name
	line uint64
}

// sourceScopes is what is in scope at the lines of functions.
type sourceScopes map[declaration]map[uint32]map[declaration]bool

// Available measures a module at path. plain is one of the same source that was compiled
// without optimisation; own tells the program's own source files.
func Available(path string, module, plain []byte, own func(file string) bool, c Config) (*Availability, error) {
	truth, err := prepare(plain, c)
	if err != nil {
		return nil, err
	}
	scopes := truth.sourceScopes(own)
	p, err := prepare(module, c)
	if err != nil {
		return nil, err
	}
	a := &Availability{}
	q := &question{proof: p, scopes: scopes, own: own, places: map[abi.TextOffset]place{}, counts: a}
	lines := readLines(p.input)
	for _, f := range p.order {
		heights := p.machine.Heights(f.Index)
		for _, at := range f.points {
			fn, owner, line, ok := p.ownFrame(f, at, lines, own)
			if !ok {
				continue
			}
			names := scopes.at(fn, line)
			if names == nil {
				continue
			}
			a.Statements++
			q.places[at.text] = place{f, at, heights[at.wasm]}
			here, there := p.located(q.places[at.text], owner)
			for d := range names {
				a.Said.add(here[d], there[d] >= here[d])
				if there[d] < here[d] {
					a.Missing = append(a.Missing, fmt.Sprintf("%s line %d: %s", f.name, line, d.name))
				}
			}
		}
	}
	p.availableStatics(truth, own, a)
	return a, q.run(path, c)
}

// place is a point of a function, with the height of the operand stack there.
type place struct {
	f      *function
	at     point
	height int
}

// declared is where an entry, or what it completes, is declared.
func (p *proof) declared(e *info.Entry) (file string, line uint64) {
	d := *e
	for range 8 {
		if n, ok := d.Uint(dwarf.AttrDeclLine); ok {
			line = n
			if n, ok := d.Uint(dwarf.AttrDeclFile); ok {
				prog, ok := p.programs[d.Unit]
				if !ok {
					prog, _ = program(d.Unit)
					p.programs[d.Unit] = prog
				}
				if prog != nil {
					file = prog.Path(n)
				}
			}
			return file, line
		}
		next, ok := d.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = d.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		d = next
	}
	return "", 0
}

// sourceScopes collects what is in scope at each line of the program's own functions.
func (p *proof) sourceScopes(own func(string) bool) sourceScopes {
	out := sourceScopes{}
	lines := readLines(p.input)
	for _, f := range p.order {
		file, at := p.declared(&f.in)
		if !own(file) {
			continue
		}
		fn := declaration{file: file, line: at}
		for _, x := range f.points {
			src, ok := lines.source(uint64(x.wasm))
			if !ok || src.line == 0 || src.path != file {
				continue
			}
			if out[fn] == nil {
				out[fn] = map[uint32]map[declaration]bool{}
			}
			set := out[fn][src.line]
			if set == nil {
				set = map[declaration]bool{}
				out[fn][src.line] = set
			}
			for _, v := range f.vars {
				_, line := p.declared(&v.in)
				if _, ok := v.inAt.at(uint64(x.wasm)); ok && v.owner < 0 && v.name != "" && !artificial(&v.in) && inScope(v, line, src.line) {
					set[declaration{name: v.name, line: line}] = true
				}
			}
			for d := range set { // the last of a name hides the others
				for e := range set {
					if e.name == d.name && e.line < d.line {
						delete(set, e)
					}
				}
			}
		}
	}
	return out
}

// artificial reports whether the compiler made a variable that nobody wrote; C++'s this is meant.
func artificial(e *info.Entry) bool {
	v, ok := attr(e, dwarf.AttrArtificial)
	yes, _ := v.Flag()
	return ok && yes && nameOf(e) != "this"
}

// inScope reports whether a variable that is declared at a line is in scope where a statement of
// another line begins: a local is from its declaration's end on.
func inScope(v *variable, declared uint64, line uint32) bool {
	return declared < uint64(line) || declared == uint64(line) && v.in.Tag() == dwarf.TagFormalParameter
}

// at returns what is in scope at a line: what the last line at or before it tells.
func (s sourceScopes) at(fn declaration, line uint32) map[declaration]bool {
	var best uint32
	var out map[declaration]bool
	for l, set := range s[fn] {
		if l <= line && l >= best {
			best, out = l, set
		}
	}
	return out
}

// source returns the row that holds at an address.
func (t *lineTable) source(addr uint64) (s source, ok bool) {
	t.over(addr, func(q *sequence) bool {
		if x, _ := q.at(addr); x != nil {
			s, ok = x.source, true
		}
		return !ok
	})
	return s, ok
}

// ownFrame finds the innermost frame at a point that is of the program's own source: its
// function, the inlined call that it is (-1: none), and the line where it stands.
func (p *proof) ownFrame(f *function, at point, lines *lineTable, own func(string) bool) (fn declaration, owner int, line uint32, ok bool) {
	src, found := lines.source(uint64(at.wasm))
	if !found || src.line == 0 {
		return fn, 0, 0, false
	}
	owner, line = -1, src.line
	for i := range f.scopes { // parents stand before children
		s := &f.scopes[i]
		if s.in.Tag() == dwarf.TagInlinedSubroutine && holds(s.inside, uint64(at.wasm)) {
			owner = i
		}
	}
	for {
		e := &f.in
		if owner >= 0 {
			e = &f.scopes[owner].in
		}
		if file, at := p.declared(e); own(file) {
			return declaration{file: file, line: at}, owner, line, true
		}
		if owner < 0 {
			return fn, 0, 0, false
		}
		line = p.callPlace(e).line
		owner = f.scopes[owner].owner
	}
}

// located tells which variables of a frame have a place or a value, by the input and by the
// output.
func (p *proof) located(x place, owner int) (here, there map[declaration]extent) {
	f, at := x.f, x.at
	here, there = map[declaration]extent{}, map[declaration]extent{}
	text := abi.TextBase + uint64(at.text)
	for _, v := range f.vars {
		if v.owner != owner || !holds(v.inside, uint64(at.wasm)) {
			continue
		}
		_, line := p.declared(&v.in)
		d := declaration{name: v.name, line: line}
		if code, ok := v.inAt.at(uint64(at.wasm)); ok && x.has(code, v.in.Unit) {
			here[d] = max(here[d], says(code, v.in.Unit, v.size))
		}
		if v.out.Tag() == 0 {
			continue
		}
		if code, ok := v.outAt.at(text); ok {
			there[d] = max(there[d], says(code, v.out.Unit, v.size))
		}
	}
	for i := range f.fixed {
		c := &f.fixed[i]
		if c.owner != owner || !holds(c.inside, uint64(at.wasm)) {
			continue
		}
		_, line := p.declared(&c.in)
		d := declaration{name: nameOf(&c.in), line: line}
		here[d] = whole
		if c.out.Tag() != 0 && c.out.Has(dwarf.AttrConstValue) {
			there[d] = whole
		}
	}
	return here, there
}

// says tells how much an expression says of a variable of a size.
func says(code []byte, u *info.Unit, size uint64) extent {
	ops, err := expr.Decode(nil, code, u.Format())
	if err != nil || len(ops) == 0 {
		return nothing
	}
	var known, covered uint64 // bits
	fresh := true             // nothing stands before the next piece
	for _, o := range ops {
		switch o.Code {
		case dwarf.OpPiece, dwarf.OpBitPiece:
			bits := o.A
			if o.Code == dwarf.OpPiece {
				bits *= 8
			}
			if covered += bits; !fresh {
				known += bits
			}
			fresh = true
		case dwarf.OpNop:
		default:
			fresh = false
		}
	}
	switch {
	case covered == 0: // no pieces
		return whole
	case known == 0:
		return nothing
	case known < covered || covered < 8*size:
		return part
	}
	return whole
}

// has reports whether the operands that an expression names are there: producers let ranges begin
// too early and end too late.
func (x *place) has(code []byte, u *info.Unit) bool {
	ops, _ := expr.Decode(nil, code, u.Format())
	return !slices.ContainsFunc(ops, func(o expr.Op) bool {
		return o.Code == dwarf.OpWASMLocation && o.A == 2 && int(o.B) >= x.height
	})
}

// availableStatics counts the statics of the program's own source.
func (p *proof) availableStatics(truth *proof, own func(string) bool, a *Availability) {
	here, there := map[declaration]bool{}, map[declaration]bool{}
	for i, v := range p.statics {
		_, line := p.declared(&v.in)
		d := declaration{name: v.name, line: line}
		here[d] = here[d] || p.staticState[i] != undescribed
		code, ok := v.outAt.at(0)
		there[d] = there[d] || v.out.Tag() != 0 && ok && says(code, v.out.Unit, v.size) != nothing
	}
	for _, v := range truth.statics {
		file, line := truth.declared(&v.in)
		d := declaration{name: v.name, line: line}
		if !own(file) || v.name == "" {
			continue
		}
		a.Statics++
		if here[d] {
			a.StaticAllowed++
		}
		if there[d] {
			a.StaticShown++
		} else if here[d] {
			a.Missing = append(a.Missing, "static "+v.name)
		}
	}
}
