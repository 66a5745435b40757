package proof

import (
	"fmt"
	"slices"
	"sort"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/dwarf/list"
)

// point is a place where execution may stand: before the instruction at wasm, natively at text.
type point struct {
	wasm wasm.CodeOffset
	text abi.TextOffset
}

// function is a function of the module with what both sides' debug information says of it.
type function struct {
	*codemap.Func
	name    string
	unit    string
	in, out info.Entry // the subprograms; out has tag 0 if there is none
	vars    []*variable
	scopes  []scope
	fixed   []constant
	points  []point
	byText  map[abi.TextOffset]int // of points
	first   wasm.CodeOffset        // instruction
	siteAt  map[abi.TextOffset]wasm.CodeOffset
	siteOf  map[wasm.CodeOffset]abi.TextOffset
	state   []status // of the pair (point, variable), point by point
}

func (f *function) status(p, v int) *status { return &f.state[p*len(f.vars)+v] }

// variable is a variable or parameter of a function, or a static.
type variable struct {
	name    string
	in, out info.Entry // out has tag 0 if the output has no such entry
	inAt    location
	outAt   location
	size    uint64       // of its type, 0 if unknown
	cause   string       // why the first of its pairs is not equal
	owner   int          // the innermost inlined call that it belongs to, an index into function.scopes; -1: none
	inside  []list.Range // the block that it stands in
}

// constant is a variable whose entry has its value.
type constant struct {
	in, out info.Entry
	owner   int
	inside  []list.Range
}

// scope is a lexical block or an inlined call.
type scope struct {
	in, out       info.Entry
	owner         int // as in variable
	inside, there []list.Range
}

// location is a DW_AT_location or DW_AT_frame_base.
type location struct {
	here  bool
	code  []byte // if it is one expression
	list  []list.Location
	scope []list.Range // where an expression holds: that of the block that it stands in
	err   error
}

// at returns the expression that holds at an address.
func (l *location) at(addr uint64) ([]byte, bool) {
	if !l.here {
		return nil, false
	}
	if l.list == nil {
		return l.code, l.scope == nil || holds(l.scope, addr)
	}
	for i := range l.list {
		if e := &l.list[i]; !e.Dead && !e.Default && e.Low <= addr && addr < e.High {
			return e.Expr, true
		}
	}
	for i := range l.list {
		if l.list[i].Default {
			return l.list[i].Expr, true
		}
	}
	return nil, false
}

func holds(rs []list.Range, addr uint64) bool {
	for _, r := range rs {
		if r.Low <= addr && addr < r.High {
			return true
		}
	}
	return false
}

func readLocation(e *info.Entry, a dwarf.Attr, scope []list.Range) location {
	v, ok := e.Attr(a)
	if !ok {
		return location{}
	}
	if code, ok := v.Expr(); ok {
		return location{here: true, code: code, scope: scope}
	}
	ls, err := v.Locations(nil)
	if ls == nil {
		ls = []list.Location{}
	}
	return location{here: true, list: ls, err: err}
}

// key tells siblings apart.
func key(e *info.Entry) string {
	line, _ := e.Uint(dwarf.AttrDeclLine)
	call, _ := e.Uint(dwarf.AttrCallLine)
	return fmt.Sprint(e.Tag(), nameOf(e), line, call)
}

// nameOf is an entry's name, or that of the entry that it completes.
func nameOf(e *info.Entry) string {
	d := *e
	for range 8 {
		if n := d.Name(); n != "" {
			return n
		}
		next, ok := d.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = d.Follow(dwarf.AttrSpecification); !ok {
				return ""
			}
		}
		d = next
	}
	return ""
}

// attr reads an attribute of an entry or of what it completes.
func attr(e *info.Entry, a dwarf.Attr) (info.Value, bool) {
	d := *e
	for range 8 {
		if v, ok := d.Attr(a); ok {
			return v, true
		}
		next, ok := d.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = d.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		d = next
	}
	return info.Value{}, false
}

// typeSize is the size of a variable's type, 0 if it is not known.
func typeSize(e *info.Entry) uint64 {
	v, ok := attr(e, dwarf.AttrType)
	for range 16 {
		if !ok {
			return 0
		}
		off, isRef := v.Ref()
		if !isRef {
			return 0
		}
		t, err := e.Unit.Data().Entry(off)
		if err != nil {
			return 0
		}
		if n, has := t.Uint(dwarf.AttrByteSize); has {
			return n
		}
		switch t.Tag() {
		case dwarf.TagPointerType, dwarf.TagReferenceType, dwarf.TagRvalueReferenceType:
			return uint64(e.Unit.AddrSize)
		}
		v, ok = t.Attr(dwarf.AttrType)
		if t.Tag() == dwarf.TagArrayType {
			return 0
		}
	}
	return 0
}

func children(e *info.Entry) []info.Entry {
	var out []info.Entry
	if e.HasChildren() {
		for c := range e.Children() {
			out = append(out, c)
		}
	}
	return out
}

// pairTree pairs the entries below a subprogram, in whose block rs the input's code is.
func (p *proof) pairTree(f *function, in, out *info.Entry, rs []list.Range, natively []list.Range, owner int) {
	var outs []info.Entry
	if out != nil {
		outs = children(out)
	}
	k := 0
	for _, c := range children(in) {
		switch c.Tag() {
		case dwarf.TagSubprogram, dwarf.TagStructureType, dwarf.TagClassType, dwarf.TagUnionType, dwarf.TagEnumerationType:
			continue // has code or statics of its own, and is met by itself
		}
		var mate *info.Entry
		want := key(&c)
		for j := k; j < len(outs); j++ {
			if key(&outs[j]) == want {
				mate, k = &outs[j], j+1
				break
			}
		}
		switch c.Tag() {
		case dwarf.TagVariable, dwarf.TagFormalParameter:
			p.addVariable(f, &c, mate, rs, natively, owner)
		case dwarf.TagLexicalBlock, dwarf.TagInlinedSubroutine, dwarf.TagTryBlock, dwarf.TagCatchBlock, dwarf.TagWithStmt:
			inside, there, inner := rs, natively, owner
			if c.Has(dwarf.AttrLowPC) || c.Has(dwarf.AttrRanges) {
				inside, _ = c.Ranges()
				// No code is at 0: Binaryen writes that for a start which it has lost.
				inside = slices.DeleteFunc(inside, func(r list.Range) bool { return r.Low == 0 })
				if inside == nil {
					inside = []list.Range{}
				}
				s := scope{in: c, inside: inside, owner: owner}
				there = []list.Range{}
				if mate != nil {
					s.out = *mate
					if rs, _ := mate.Ranges(); rs != nil {
						there = rs
					}
					s.there = there
				}
				f.scopes = append(f.scopes, s)
				if c.Tag() == dwarf.TagInlinedSubroutine {
					inner = len(f.scopes) - 1
				}
			}
			p.pairTree(f, &c, mate, inside, there, inner)
		}
	}
}

func (p *proof) addVariable(f *function, in, out *info.Entry, rs, natively []list.Range, owner int) {
	if in.Has(dwarf.AttrConstValue) {
		c := constant{in: *in, owner: owner, inside: rs}
		if out != nil {
			c.out = *out
		}
		f.fixed = append(f.fixed, c)
	}
	if !in.Has(dwarf.AttrLocation) {
		return
	}
	v := &variable{name: nameOf(in), in: *in, inAt: readLocation(in, dwarf.AttrLocation, rs), size: typeSize(in), owner: owner, inside: rs}
	if out != nil {
		v.out, v.outAt = *out, readLocation(out, dwarf.AttrLocation, natively)
	}
	f.vars = append(f.vars, v)
}

// pairFunctions finds the subprograms of both sides and pairs what is in them.
func (p *proof) pairFunctions() {
	byText := map[abi.TextOffset]*codemap.Func{}
	var bodies []*codemap.Func
	for i := range p.object.Map.Funcs {
		f := p.object.Map.Funcs[i].Read()
		byText[f.Text] = f
		bodies = append(bodies, f)
	}
	sort.Slice(bodies, func(i, j int) bool { return bodies[i].Body < bodies[j].Body })
	outs := map[*codemap.Func]info.Entry{}
	for e := range subprograms(p.output) {
		if low, ok := e.Addr(dwarf.AttrLowPC); ok {
			if f := byText[abi.TextOffset(low-abi.TextBase)]; f != nil {
				outs[f] = e
			}
		}
	}
	ins := map[*codemap.Func]info.Entry{}
	exact := map[*codemap.Func]bool{}
	for e := range subprograms(p.input) {
		rs, err := e.Ranges()
		if err != nil || len(rs) == 0 || rs[0].Dead {
			continue
		}
		low, high := rs[0].Low, rs[len(rs)-1].High
		i := sort.Search(len(bodies), func(i int) bool { return uint64(bodies[i].BodyEnd) > low })
		if i == len(bodies) || uint64(bodies[i].Body) > low {
			continue
		}
		f := bodies[i]
		good := high == uint64(f.BodyEnd)
		if !good && low != uint64(f.Body) && low != uint64(p.bodyOf(f).Code) {
			continue // stale: tools that changed the code left it
		}
		if _, has := ins[f]; !has || good && !exact[f] {
			ins[f], exact[f] = e, good
		}
	}
	for _, body := range bodies {
		in, ok := ins[body]
		if !ok {
			continue
		}
		f := &function{Func: body, name: nameOf(&in), in: in, out: outs[body], first: p.bodyOf(body).Code, byText: map[abi.TextOffset]int{},
			siteAt: map[abi.TextOffset]wasm.CodeOffset{}, siteOf: map[wasm.CodeOffset]abi.TextOffset{}}
		for _, s := range f.Sites {
			f.siteAt[s.Text], f.siteOf[s.Wasm] = s.Wasm, s.Text
		}
		if root, err := in.Unit.Root(); err == nil {
			f.unit = root.Name()
		}
		var mate *info.Entry
		var there []list.Range
		if f.out.Tag() != 0 {
			mate = &f.out
			there, _ = f.out.Ranges()
		}
		rs, _ := in.Ranges()
		p.pairTree(f, &in, mate, rs, there, -1)
		f.points = p.pointsOf(f)
		for i, at := range f.points {
			f.byText[at.text] = i
		}
		f.state = make([]status, len(f.points)*len(f.vars))
		p.functions[body.Index] = f
		p.order = append(p.order, f)
	}
}

func (p *proof) bodyOf(f *codemap.Func) *wasm.Body {
	return &p.module.Code[int(f.Index)-p.module.NumImportedFuncs]
}

// pointsOf lists where a function is looked at: at its statements or, asked for it, at each
// instruction that has code.
func (p *proof) pointsOf(f *function) []point {
	valid := map[wasm.CodeOffset]bool{}
	var r wasm.Reader
	var in wasm.Inst
	padding := map[wasm.CodeOffset]bool{}
	for r.Reset(p.module, p.bodyOf(f.Func)); r.Next(&in); {
		valid[in.Offset] = true
		switch in.Op {
		case wasm.OpLoop, wasm.OpCatch, wasm.OpCatchAll:
			// All of a loop's code but a stop site is padding, which a branch back passes over; the code of a
			// catch is the jump over its handler, which an exception passes over.
			padding[in.Offset] = true
		}
	}
	var out []point
	for _, s := range f.Sites {
		if valid[s.Wasm] {
			out = append(out, point{s.Wasm, s.Text})
		}
	}
	if !p.config.Instructions {
		return out
	}
	taken := map[abi.TextOffset]bool{}
	for _, at := range out {
		taken[at.text] = true
	}
	for i, inst := range f.Insts {
		if i > 0 && inst.Wasm < f.Insts[i-1].Wasm {
			break // out-of-line code
		}
		if _, ok := f.siteOf[inst.Wasm]; ok || inst.Text == f.TextEnd || inst.Text < f.BodyText || !valid[inst.Wasm] || padding[inst.Wasm] || taken[inst.Text] {
			continue
		}
		if i+1 < len(f.Insts) {
			// Of several instructions at one place the last is the one to be executed.
			next := f.Insts[i+1]
			if at, ok := f.siteOf[next.Wasm]; next.Text == inst.Text || ok && at == inst.Text {
				continue
			}
		}
		out = append(out, point{inst.Wasm, inst.Text})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].text < out[j].text })
	return out
}

func subprograms(d *info.Data) func(yield func(info.Entry) bool) {
	return func(yield func(info.Entry) bool) {
		for _, u := range d.Units {
			w := u.Walk()
			var e info.Entry
			for w.Next(&e) {
				if e.Tag() != dwarf.TagSubprogram || !e.Has(dwarf.AttrLowPC) && !e.Has(dwarf.AttrRanges) {
					continue
				}
				if !yield(e) {
					return
				}
			}
		}
	}
}

// statics lists the variables outside of functions, by a name that is the same on both sides.
func statics(d *info.Data) (keys []string, of map[string][]info.Entry) {
	of = map[string][]info.Entry{}
	for _, u := range d.Units {
		root, err := u.Root()
		if err != nil {
			continue
		}
		var path []string
		code := 1 << 30 // depth of the subprogram that we are in
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			if e.Depth <= code {
				code = 1 << 30
			}
			for len(path) > e.Depth {
				path = path[:len(path)-1]
			}
			for len(path) < e.Depth {
				path = append(path, "")
			}
			path = append(path, e.Name())
			if e.Tag() == dwarf.TagSubprogram && (e.Has(dwarf.AttrLowPC) || e.Has(dwarf.AttrRanges)) && e.Depth < code {
				code = e.Depth
			}
			if e.Tag() == dwarf.TagVariable && e.Depth < code && e.Has(dwarf.AttrLocation) {
				line, _ := e.Uint(dwarf.AttrDeclLine)
				k := fmt.Sprint(root.Name(), path[1:], nameOf(&e), line)
				if of[k] == nil {
					keys = append(keys, k)
				}
				of[k] = append(of[k], e)
			}
		}
	}
	return keys, of
}

// pairStatics pairs the variables outside of functions.
func (p *proof) pairStatics() {
	_, outs := statics(p.output)
	keys, ins := statics(p.input)
	for _, k := range keys {
		i := -1
		for _, in := range ins[k] {
			if p.removed(&in) {
				p.report.Removed++
				continue
			}
			i++
			v := &variable{name: nameOf(&in), in: in, inAt: readLocation(&in, dwarf.AttrLocation, nil), size: typeSize(&in)}
			if i < len(outs[k]) {
				v.out = outs[k][i]
				v.outAt = readLocation(&v.out, dwarf.AttrLocation, nil)
			}
			p.statics = append(p.statics, v)
		}
	}
	p.staticState = make([]status, len(p.statics))
}

// removed reports whether the linker left a static out: then its address is a mark.
func (p *proof) removed(e *info.Entry) bool {
	l := readLocation(e, dwarf.AttrLocation, nil)
	code, _ := l.at(0)
	ops, err := expr.Decode(nil, code, e.Unit.Format())
	return err == nil && dead(ops, &side{unit: e.Unit})
}
