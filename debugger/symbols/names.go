package symbols

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"sphex/aot/debuginfo"
	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

// Names are found through .debug_names where it is ours and covers every unit: then a unit is
// walked only when something in it was meant. Else, and when the index turns out to be
// damaged, all units are walked once. Both ways give the same answers.

// nameIndex is .debug_names, or what stands for it.
type nameIndex interface {
	// Lookup calls yield for each entry of exactly that name, until it returns false.
	Lookup(name string, yield func(index.Entry) bool) error
	// Texts calls yield for every name, until it returns false.
	Texts(yield func(text []byte, id index.ID) bool) error
	// Entries calls yield for each entry of a name, until it returns false.
	Entries(id index.ID, yield func(index.Entry) bool) error
}

// nameIndex returns the index, nil if there is none that can be relied on.
func (t *Table) nameIndex() nameIndex {
	t.indexOnce.Do(func() {
		if t.data.Later != nil {
			t.index.Store(new(nameIndex(t.data.Later)))
			return
		}
		if !t.data.Indexed || len(t.data.Sections.Names) == 0 {
			return
		}
		names, err := index.ParseNames(&t.data.Sections)
		if err != nil {
			t.problem("%v", err)
			return
		}
		covered := map[uint64]bool{}
		for _, off := range names.Units() {
			covered[off] = true
		}
		for _, u := range t.info.Units {
			if !covered[uint64(u.Offset)] {
				t.problem("the index of names does not cover the unit at %#x", uint64(u.Offset))
				return
			}
		}
		t.index.Store(new(nameIndex(names)))
	})
	if x := t.index.Load(); x != nil {
		return *x
	}
	return nil
}

// failed gives the index up, which has a damage, so that the units are to be asked. It reports true when the
// index is as good as before, since only who asks did not wait for an answer: then there is none.
func (t *Table) failed(err error) (interrupted bool) {
	if errors.Is(err, debuginfo.ErrInterrupted) {
		return true
	}
	t.problem("%v", err)
	t.index.Store(nil)
	return false
}

// named is an entry of the index.
type named struct {
	index.Entry
	unit *Unit // nil for one in a type unit
}

func (n *named) offset() info.Offset { return info.Offset(n.Unit + n.DIE) }

// lookup finds the entries of exactly that name, in the order of .debug_info; ok is false if
// there is no index.
func (t *Table) lookup(name string, want func(dwarf.Tag) bool) (found []named, ok bool) {
	return t.lookupIn(name, "", want)
}

// lookupIn is lookup for entries that stand in something in whose name part is; others may be left out.
func (t *Table) lookupIn(name, part string, want func(dwarf.Tag) bool) (found []named, ok bool) {
	names := t.nameIndex()
	if names == nil {
		return nil, false
	}
	look := names.Lookup
	if l := t.data.Later; l != nil && part != "" {
		look = func(name string, yield func(index.Entry) bool) error { return l.LookupIn(name, part, yield) }
	}
	err := look(name, func(e index.Entry) bool {
		if want(e.Tag) {
			found = append(found, named{e, t.unitOf(info.Offset(e.Unit))})
		}
		return true
	})
	if err != nil {
		return nil, t.failed(err)
	}
	slices.SortStableFunc(found, func(a, b named) int { return cmp.Compare(a.offset(), b.offset()) })
	return found, true
}

func isFunction(t dwarf.Tag) bool {
	return t == dwarf.TagSubprogram || t == dwarf.TagInlinedSubroutine
}

func isInlined(t dwarf.Tag) bool { return t == dwarf.TagInlinedSubroutine }

func isVariable(t dwarf.Tag) bool { return t == dwarf.TagVariable || t == dwarf.TagMember }

func isEnumerator(t dwarf.Tag) bool { return t == dwarf.TagEnumerator }

func isNamedType(t dwarf.Tag) bool {
	switch t {
	case dwarf.TagStructureType, dwarf.TagClassType, dwarf.TagUnionType, dwarf.TagEnumerationType, dwarf.TagBaseType, dwarf.TagTypedef:
		return true
	}
	return false
}

// nameQuery is a function's name as somebody wrote it.
type nameQuery struct {
	name, bare string
	impls      bool // Debug::fmt means what implements it, too
}

func newNameQuery(name string) nameQuery {
	name = strings.TrimPrefix(strings.TrimSpace(name), "::")
	return nameQuery{name: name, bare: stripArgs(name)}
}

// keys are what the function may be called in an index of last parts and linkage names.
func (q nameQuery) keys() []string {
	keys := []string{lastPart(q.bare)}
	if q.name != keys[0] {
		keys = append(keys, q.name)
	}
	return keys
}

func (q nameQuery) matches(f *Function) bool {
	if before, _, ok := strings.Cut(f.Name, "thunk to "); ok && (before == "virtual " || before == "non-virtual " || before == "covariant return ") {
		// A thunk has no name of its own: whoever names the function does not mean its thunks.
		return f.Name == q.name || f.Linkage == q.name
	}
	full := stripArgs(f.Name)
	return f.Name == q.name || f.Linkage == q.name || f.Short == q.name ||
		q.bare == q.name && (q.ends(full) || q.ends(Unversioned(full))) ||
		q.impls && q.implementedBy(f.Name) ||
		q.bare != q.name && strings.HasSuffix(f.Name, "::"+q.name)
}

// ends tells whether a full name is that of the query, or ends in it.
func (q nameQuery) ends(full string) bool {
	return full == q.bare || strings.HasSuffix(full, "::"+q.bare)
}

// implementedBy tells whether the query names a function by its trait, or by the type that an implementation elsewhere is for, and
// name is that of such.
func (q nameQuery) implementedBy(name string) bool {
	if q.bare != q.name || !strings.Contains(q.bare, "::") {
		return false
	}
	return slices.ContainsFunc(byImpl(name), q.ends)
}

// Implements tells whether a path names f only by the trait that it implements, or the type that it does so for elsewhere.
func (f *Function) Implements(path string) bool {
	q := newNameQuery(path)
	return q.implementedBy(f.Name) && !q.matches(f)
}

// indexedFunctions is Functions by the index; ok is false if there is none.
func (t *Table) indexedFunctions(q nameQuery) (out []*Function, ok bool) {
	for _, key := range q.keys() {
		found, ok := t.functionsCalled(key, q.part())
		if !ok {
			return nil, false
		}
		out = append(out, t.chosen(q, found)...)
	}
	if len(out) == 0 {
		// The linkage name may say another last part than DW_AT_name does.
		found, ok := t.functionsMangled(lastPart(q.bare))
		if !ok {
			return nil, false
		}
		out = t.chosen(q, found)
	}
	out = append(out, t.plainFunctions(q)...)
	return arrange(out), true
}

// arrange sorts functions, each once: those with code by their entry, then those that were
// inlined only.
func arrange(fs []*Function) []*Function {
	seen := map[*Function]bool{}
	fs = slices.DeleteFunc(fs, func(f *Function) bool {
		again := seen[f]
		seen[f] = true
		return again
	})
	slices.SortStableFunc(fs, func(a, b *Function) int {
		x, y := len(a.Ranges) == 0, len(b.Ranges) == 0
		switch {
		case x != y && x:
			return 1
		case x != y:
			return -1
		case x:
			return cmp.Compare(a.origin, b.origin)
		}
		return cmp.Compare(a.Entry, b.Entry)
	})
	return fs
}

// functionsCalled finds the entries of functions and of inlined calls with DW_AT_name or
// linkage name key, or with the name key and template arguments. part: see lookupIn.
func (t *Table) functionsCalled(key, part string) ([]named, bool) {
	found, ok := t.lookupIn(key, part, isFunction)
	if !ok {
		return nil, false
	}
	// The index has each instance of a template once under the template's name.
	seen := map[string]bool{key: true}
	for _, n := range found {
		e, err := t.info.Entry(n.offset())
		if err != nil {
			continue
		}
		full, _ := entryName(e)
		if !seen[full] && strings.HasPrefix(full, key) && full[len(key)] == '<' {
			seen[full] = true
			more, ok := t.lookupIn(full, part, isFunction)
			if !ok {
				return nil, false
			}
			found = append(found, more...)
		}
	}
	return found, true
}

// functionsMangled finds functions whose linkage name has key somewhere.
func (t *Table) functionsMangled(key string) (found []named, ok bool) {
	names := t.nameIndex()
	if names == nil {
		return nil, false
	}
	var ids []index.ID
	pattern := []byte(longestIdentifier(key))
	is := func(text []byte) bool {
		return len(text) > 2 && text[0] == '_' && (text[1] == 'Z' || text[1] == 'R') && bytes.Contains(text, pattern) &&
			lastPart(stripArgs(displayName(string(text)))) == key
	}
	if texts, ok := t.laterTexts(string(pattern)); ok {
		for _, text := range texts {
			if is([]byte(text)) {
				more, _ := t.lookup(text, isFunction)
				found = append(found, more...)
			}
		}
		return found, true
	}
	err := names.Texts(func(text []byte, id index.ID) bool {
		if is(text) {
			ids = append(ids, id)
		}
		return true
	})
	for _, id := range ids {
		if err != nil {
			break
		}
		err = names.Entries(id, func(e index.Entry) bool {
			if isFunction(e.Tag) {
				found = append(found, named{e, t.unitOf(info.Offset(e.Unit))})
			}
			return true
		})
	}
	if err != nil {
		return nil, t.failed(err)
	}
	return found, true
}

// longestIdentifier is a part of a name that stands as it is in the mangled one.
func longestIdentifier(name string) (longest string) {
	for _, part := range strings.FieldsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r < 0x80
	}) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// chosen are the functions that the query means among those of the entries. Only their units
// are walked.
func (t *Table) chosen(q nameQuery, found []named) []*Function {
	var out []*Function
	matched := map[info.Offset]bool{} // origins of inlined calls
	for _, n := range found {
		if n.unit == nil {
			continue
		}
		e, err := t.info.Entry(n.offset())
		if err != nil {
			continue
		}
		if n.Tag == dwarf.TagInlinedSubroutine {
			o, ok := e.Ref(dwarf.AttrAbstractOrigin)
			if !ok {
				continue
			}
			if _, seen := matched[o]; seen {
				continue
			}
			f := t.abstractFunction(o)
			if matched[o] = q.matches(f); matched[o] {
				out = append(out, f)
			}
			continue
		}
		f := &Function{}
		decl, name := f.names(e)
		if decl.Offset == e.Offset && n.ParentKnown && n.Parent == 0 && displayName(f.Linkage) == "" {
			f.Name, f.Short = name, stripArgs(name) // known without its parents
		} else {
			f.title(decl, name)
		}
		if !q.matches(f) {
			continue
		}
		for _, f := range n.unit.scanned().funcs {
			if f.entry.Offset == e.Offset && t.Function(f.Entry) == f { // else it was replaced by another definition
				out = append(out, f)
			}
		}
	}
	return out
}

// plainFunctions are the functions that the query means and that DWARF does not know, or only
// without a name.
func (t *Table) plainFunctions(q nameQuery) []*Function {
	key := lastPart(q.bare)
	identifier := longestIdentifier(key) == key
	var out []*Function
	for i := range t.data.Funcs {
		fr := &t.data.Funcs[i]
		switch {
		case fr.Name == "":
			if !strings.HasPrefix(key, "wasm function") {
				continue
			}
		case identifier && !strings.Contains(fr.Name, key) && fr.Name != q.name:
			continue
		}
		f := t.plainFunction(fr)
		if !q.matches(f) {
			continue
		}
		// One whose entry lost its name has the linker's; so has one whose entry was made from it.
		if known := t.Function(fr.Body); known == nil || known.Unit == nil {
			out = append(out, f)
		} else if name, _ := entryName(known.entry); name == "" && known.Linkage == fr.Name && q.matches(known) {
			out = append(out, known)
		} else if debuginfo.IsSynthetic(known.Unit.Producer) {
			out = append(out, known)
		}
	}
	return out
}

// copiesOf finds the calls of the function at origin that were inlined.
func (t *Table) copiesOf(origin info.Offset) []inlineCopy {
	if u := t.unitOf(origin); u != nil && t.data.Later != nil && !t.data.Later.Across() {
		var out []inlineCopy
		for _, c := range u.scanned().inlined {
			if c.origin == origin {
				out = append(out, c)
			}
		}
		return out
	}
	if t.nameIndex() != nil {
		if e, err := t.info.Entry(origin); err == nil {
			name, _ := entryName(e)
			if found, ok := t.lookup(name, isInlined); ok {
				var out []inlineCopy
				for _, n := range found {
					e, err := t.info.Entry(n.offset())
					if err != nil {
						continue
					}
					if o, ok := e.Ref(dwarf.AttrAbstractOrigin); ok && o == origin {
						out = append(out, inlineCopy{n.offset(), o})
					}
				}
				return out
			}
		}
	}
	if !t.names() {
		return nil
	}
	return t.copies[origin]
}

// entryName is DW_AT_name of an entry or of what it completes.
func entryName(e info.Entry) (name string, from info.Entry) {
	for range 8 {
		if name = e.Name(); name != "" {
			break
		}
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return name, e
}

// lastName is the last part of a path, whose template arguments may have paths of their own.
func lastName(path string) string {
	depth, start := 0, 0
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '<', '(', '[', '{':
			depth++
		case '>', ')', ']', '}':
			depth--
		case ':':
			if depth <= 0 && strings.HasPrefix(path[i:], "::") {
				start = i + 2
				i++
			}
		}
	}
	return path[start:]
}

// globalsCalled finds the statics and globals with the last part of a name, in the order of
// .debug_info; ok is false if there is no index.
func (t *Table) globalsCalled(name string) (out []*Variable, ok bool) {
	keys := []string{name}
	if last := lastName(name); last != name {
		keys = append(keys, last)
	}
	seen := map[*Variable]bool{}
	for _, key := range keys {
		found, ok := t.lookup(key, isVariable)
		if !ok {
			return nil, false
		}
		for _, n := range found {
			if n.unit == nil {
				continue
			}
			for _, g := range n.unit.scanned().globals {
				if g.entry.Offset == n.offset() && !seen[g] {
					seen[g] = true
					out = append(out, g)
				}
			}
		}
	}
	return out, true
}

// typesCalled finds complete types by the last part of their name.
func (t *Table) typeCalled(name string) (best info.Offset, found, ok bool) {
	last := lastName(name)
	entries, ok := t.lookup(last, isNamedType)
	if !ok {
		return 0, false, false
	}
	if last != name {
		whole, ok := t.lookup(name, isNamedType) // some producers put the path into the name
		if !ok {
			return 0, false, false
		}
		entries = append(whole, entries...)
	}
	suffix := info.Offset(0)
	for _, n := range entries {
		e, err := t.info.Entry(n.offset())
		if err != nil || n.unit == nil || e.Flag(dwarf.AttrDeclaration) {
			continue
		}
		own := e.Name()
		if own == name {
			return n.offset(), true, true
		}
		if own != last {
			continue
		}
		switch full := t.qualifiedByIndex(&n, e, own); {
		case full == name:
			if best == 0 {
				best = n.offset()
			}
		case strings.HasSuffix(full, "::"+name):
			if suffix == 0 || n.offset() < suffix {
				suffix = n.offset()
			}
		}
	}
	if best == 0 {
		best = suffix
	}
	return best, best != 0, true
}

// qualifiedByIndex is qualified without a walk over the unit, where the index knows the parents.
func (t *Table) qualifiedByIndex(n *named, e info.Entry, name string) string {
	if n.ParentKnown && n.Parent == 0 {
		return name
	}
	return qualified(e, name)
}
