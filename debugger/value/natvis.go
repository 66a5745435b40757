package value

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sphex/debugger/natvis"
	"sphex/debugger/symbols"
)

// Natvis is a person's own renderings: the entries of Natvis files, and what became of them. It is safe for
// concurrent use.
type Natvis struct {
	mu     sync.Mutex
	module string // name of the program, for entries that are for another one
	byHead map[string][]candidate
	byType map[*Type][]*visual
	all    []*visual
	global map[string][]*natvis.Intrinsic
	order  int
	search func() []*natvis.File // finds further files; nil when it has
}

// NewNatvis makes renderings of files; where entries are alike, those of the first count. What search finds is
// behind all others; it is called when a value of Rust is shown for the first time.
func NewNatvis(module string, files []*natvis.File, search func() []*natvis.File) *Natvis {
	n := &Natvis{module: module, byHead: map[string][]candidate{}, byType: map[*Type][]*visual{}, global: map[string][]*natvis.Intrinsic{}, search: search}
	n.add(files)
	return n
}

func (n *Natvis) add(files []*natvis.File) {
	for _, f := range files {
		for _, e := range f.Types {
			n.order++
			if !n.isFor(e) {
				continue
			}
			for i := range e.Names {
				p := &e.Names[i]
				n.byHead[p.Head()] = append(n.byHead[p.Head()], candidate{e, p, n.order})
			}
		}
		for _, f := range f.Intrinsics {
			n.global[f.Name] = append(n.global[f.Name], f)
		}
	}
}

// isFor tells whether an entry is for the program: it may be for modules by name.
func (n *Natvis) isFor(e *natvis.Type) bool {
	stem := func(name string) string {
		name = name[strings.LastIndexAny(name, `/\`)+1:]
		if i := strings.LastIndexByte(name, '.'); i > 0 {
			name = name[:i]
		}
		return strings.ToLower(name)
	}
	return len(e.Modules) == 0 || slices.ContainsFunc(e.Modules, func(m string) bool { return stem(m) == stem(n.module) })
}

// SetNatvis makes n the renderings of the types; nil is none.
func (ts *Types) SetNatvis(n *Natvis) { ts.natvis.Store(n) }

// Natvis returns what SetNatvis has set.
func (ts *Types) Natvis() *Natvis { return ts.natvis.Load() }

// candidate is an entry by one of its names.
type candidate struct {
	entry   *natvis.Type
	pattern *natvis.Pattern
	order   int
}

// visual is an entry as it is for one type.
type visual struct {
	set   *Natvis
	entry *natvis.Type
	shows string   // the short name of the values' type
	args  []string // $T1, …
	bases []*field // from the value to the base that the entry is for
	typ   *Type    // of that

	mu     sync.Mutex
	exprs  map[string]parsed
	types  map[string]*Type
	broken error // why it is not used any more
	shown  int   // values
}

type parsed struct {
	expr *Expr
	err  error
}

// visuals returns the entries that fit a type, the best first.
func (n *Natvis) visuals(t *Type) []*visual {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.search != nil && t != nil && t.lang == symbols.LangRust {
		n.add(n.search())
		n.search = nil
		clear(n.byType)
	}
	list, known := n.byType[t]
	if !known {
		list = n.fitting(t)
		n.byType[t] = list
		n.all = append(n.all, list...)
	}
	return list
}

// fitting finds the entries for a type: those for itself before those for its bases.
func (n *Natvis) fitting(t *Type) []*visual {
	if len(n.byHead) == 0 {
		return nil
	}
	var list []*visual
	type level struct {
		t    *Type
		path []*field
	}
	seen := map[*Type]bool{}
	for queue := []level{{t, nil}}; len(queue) > 0 && len(seen) < 100; queue = queue[1:] {
		l := queue[0]
		st := l.t.strip()
		if st == nil || seen[st] || st.kind != typeStruct && st.kind != typeUnion && st.kind != typeEnum {
			continue
		}
		seen[st] = true
		for _, vis := range n.named(l.t, st, l.path) {
			vis.shows = t.short()
			list = append(list, vis)
		}
		m := st.load()
		for i := range m.fields {
			if f := &m.fields[i]; f.base {
				queue = append(queue, level{st.types.at(f.ref), append(slices.Clone(l.path), f)})
			}
		}
	}
	return list
}

// named finds the entries for one of a type's names.
func (n *Natvis) named(t, st *Type, path []*field) []*visual {
	var names []string
	for u, i := t, 0; u != nil && i < 64; u, i = u.Elem(), i+1 {
		if u.name != "" {
			names = append(names, u.name)
		}
		if u == st {
			break
		}
	}
	if st.lang == symbols.LangRust {
		names = append(names, microsoftNames(st)...)
	}
	type found struct {
		candidate
		args []string
	}
	var all []found
	seen := map[*natvis.Type]bool{}
	for _, name := range names {
		parsed := natvis.ParseName(name)
		for _, head := range []string{parsed.Head(), ""} {
			for _, c := range n.byHead[head] {
				if len(path) > 0 && !c.entry.Inheritable || seen[c.entry] {
					continue
				}
				if args, ok := c.pattern.Match(&parsed); ok {
					seen[c.entry] = true
					all = append(all, found{c, args})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int {
		more := func(f found) int { return len(f.args) - f.pattern.Wildcards() } // arguments that a last * took
		return cmp.Or(cmp.Compare(b.entry.Priority, a.entry.Priority), cmp.Compare(more(a), more(b)),
			cmp.Compare(a.pattern.Wildcards(), b.pattern.Wildcards()), cmp.Compare(a.order, b.order))
	})
	var list []*visual
	for _, f := range all {
		list = append(list, &visual{set: n, entry: f.entry, args: f.args, bases: path, typ: st,
			exprs: map[string]parsed{}, types: map[string]*Type{}})
	}
	return list
}

// NatvisUse is what became of an entry with one type.
type NatvisUse struct {
	Entry *natvis.Type
	Type  string // short name
	Shown int    // values that it has rendered
	Err   error  // why it does not
}

// Uses lists what became of the entries whose types were met.
func (n *Natvis) Uses() []NatvisUse {
	if n == nil {
		return nil
	}
	n.mu.Lock()
	all := slices.Clone(n.all)
	n.mu.Unlock()
	var list []NatvisUse
	for _, v := range all {
		v.mu.Lock()
		if v.shown > 0 || v.broken != nil {
			list = append(list, NatvisUse{v.entry, v.shows, v.shown, v.broken})
		}
		v.mu.Unlock()
	}
	return list
}

// visError is what is wrong in an entry, or with the value.
type visError struct {
	line int
	read bool // the value can't be read; the entry is well
	err  error
}

func (e *visError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }

func (e *visError) Unwrap() error { return e.err }

// unread tells whether an error is about the value rather than about the entry.
func unread(err error) bool {
	var e *visError
	return errors.As(err, &e) && e.read
}

// visualState counts what rendering one value takes, so that values that contain themselves end.
type visualState struct {
	depth int
	work  int
}

const (
	maxVisualDepth = 10      // renderings in each other
	maxVisualWork  = 100_000 // expressions for one value

	// maxPointedDepth is how many renderings in each other show what their pointers point at.
	maxPointedDepth = 2
)

func (s *Scope) visual() *visualState {
	if s.visuals == nil {
		s.visuals = &visualState{}
	}
	return s.visuals
}

// natvisShape renders v by a person's own entry; nil if there is none that works.
func (v *Variable) natvisShape() *shape {
	n := v.scope.Types.natvis.Load()
	if n == nil || v.raw {
		return nil
	}
	list := n.visuals(v.typ)
	if len(list) == 0 {
		return nil
	}
	st := v.scope.visual()
	if st.depth == 0 {
		st.work = 0
	}
	if st.depth >= maxVisualDepth || st.work > maxVisualWork {
		return &shape{kind: KindStruct, text: "…"}
	}
	st.depth++
	defer func() { st.depth-- }()
	for _, vis := range list {
		if vis.failed() != nil || !vis.entry.Views.Shown(v.view) {
			continue
		}
		s, err := vis.render(v)
		vis.mu.Lock()
		if err != nil {
			vis.broken = err
		} else {
			vis.shown++
		}
		vis.mu.Unlock()
		if err == nil {
			return s
		}
	}
	return nil
}

func (vis *visual) failed() error {
	vis.mu.Lock()
	defer vis.mu.Unlock()
	return vis.broken
}
