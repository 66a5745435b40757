package debuginfo

import (
	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

// laterName is a name of a unit's index.
type laterName struct {
	index.Entry
	text     string
	template uint32 // of the name without template arguments: where the name with them is, + 1; else 0
}

// Lookup calls yield for the entries of exactly that name, as index.Names does. It translates the units
// in which there may be such, or, when those are many, all; see Until for who does not wait for them.
func (l *Later) Lookup(name string, yield func(index.Entry) bool) error {
	return l.LookupIn(name, "", yield)
}

// LookupIn is Lookup for entries that stand in something in whose name part is, verbatim; others may be
// left out.
func (l *Later) LookupIn(name, part string, yield func(index.Entry) bool) error {
	units, ok := l.mayHave(name, part)
	asker := l.asker.Load()
	if ok {
		inParallel(len(units), func() func(int) {
			return func(k int) {
				if !asker.stopped() {
					l.namesIn(units[k])
				}
			}
		})
	}
	if !ok || asker.stopped() || l.finished.Load() != nil { // meanwhile, so that there may be no names
		all, err := l.allNames()
		if err != nil {
			return err
		}
		return all.Lookup(name, yield)
	}
	templates := map[uint32]bool{}
	for _, i := range units {
		for k := range l.units[i].names {
			n := &l.units[i].names[k]
			if n.text != name {
				continue
			}
			if n.template != 0 {
				if templates[n.template] {
					continue
				}
				templates[n.template] = true
			}
			if !yield(n.Entry) {
				return nil
			}
		}
	}
	return nil
}

// LinkageNamesWith returns strings among which are all linkage names of C++ and Rust that have a part; ok is
// false if they cannot be found without all units, and when those are there.
func (l *Later) LinkageNamesWith(part string) (texts []string, ok bool) {
	if part == "" {
		return nil, false
	}
	l.reading.RLock()
	defer l.reading.RUnlock()
	if l.begun == nil {
		return nil, false
	}
	if l.search.other {
		return nil, false
	}
	if texts, ok = appendLinkageNames(nil, l.str, part); !ok {
		return nil, false
	}
	for i := range l.search.units {
		if l.search.units[i].inline {
			if texts, ok = appendLinkageNames(texts, l.begun.units[i].in.Bytes(), part); !ok {
				return nil, false
			}
		}
	}
	return texts, true
}

// appendLinkageNames appends those strings of data that may be linkage names with a part; ok is false if there are
// too many.
func appendLinkageNames(texts []string, data []byte, part string) (_ []string, ok bool) {
	spans, ok := stringsWith(data, part, mostPlaces-len(texts))
	if !ok {
		return nil, false
	}
	room := len(data) + 1<<20 // strings overlap, but not at length
	for _, s := range spans {
		text, _ := dwarf.String(data, s.lo)
		for i := range text {
			if i <= int(s.hi-s.lo) && text[i] == '_' && i+1 < len(text) && (text[i+1] == 'Z' || text[i+1] == 'R') {
				if room -= len(text) - i; room < 0 {
					return nil, false
				}
				texts = append(texts, string(text[i:]))
			}
		}
	}
	return texts, true
}

// Texts calls yield for every name, as index.Names does. It translates all units.
func (l *Later) Texts(yield func(text []byte, id index.ID) bool) error {
	all, err := l.allNames()
	if err != nil {
		return err
	}
	return all.Texts(yield)
}

// Entries calls yield for each entry of a name, as index.Names does.
func (l *Later) Entries(id index.ID, yield func(index.Entry) bool) error {
	all, err := l.allNames()
	if err != nil {
		return err
	}
	return all.Entries(id, yield)
}

// allNames is the finished index.
func (l *Later) allNames() (*index.Names, error) {
	if err := l.Wait(); err != nil {
		return nil, err
	}
	return l.finished.Load().names, nil
}

// namesIn returns the names of a unit, in which they are collected as those of all are for the index.
func (l *Later) namesIn(i int) []laterName {
	u := &l.units[i]
	u.namesOnce.Do(func() {
		if _, err := l.data.Units[i].Bases(); err != nil {
			return
		}
		a := u.made.Load()
		if a == nil {
			return // everything was translated meanwhile, so that nobody asks
		}
		x := &nameIndexer{
			info: a.Sections.Info, abbrev: a.Sections.Abbrev, str: l.str, memory: byte(dwarf.OpBreg0) + l.memory,
			tables: map[uint32][]namePlan{},
			across: func(n uint32) entryNames { return l.namesAcross(a, n) },
		}
		body := indexedUnit{first: uint32(l.data.Units[i].First - l.data.Units[i].Offset), end: uint32(len(x.info)), plans: x.table(0)}
		w := nameWalk{x: x, u: &body, cache: &namesCache{}, seen: map[uint32]bool{}}
		w.walk()
		texts := make([]string, len(w.names))
		for k := range w.names {
			text, _ := dwarf.String(x.str, uint64(w.names[k].Str))
			texts[k] = string(text)
		}
		for _, n := range body.inline {
			texts[n.at] = n.text
		}
		entry := func(k int, text string, template uint32) {
			n := &w.names[k]
			e := index.Entry{Unit: uint64(info.LaterOffset(i, 0)), DIE: uint64(n.DIE), Tag: n.Tag}
			switch {
			case n.Parent == index.ParentUnit:
				e.ParentKnown = true
			case n.Parent >= 0:
				e.ParentKnown, e.Parent = true, uint64(w.names[n.Parent].DIE)
			}
			u.names = append(u.names, laterName{e, text, template})
		}
		for k := range w.names {
			entry(k, texts[k], 0)
		}
		for _, t := range w.templates {
			entry(t.at, texts[t.at][:t.length], w.names[t.at].Str+1)
		}
	})
	return u.names
}

// namesAcross are the names of the entry that a reference across units means, in a unit that was
// translated alone.
func (l *Later) namesAcross(a *info.Alone, n uint32) entryNames {
	names := entryNames{name: noString, linkage: noString}
	key, ok := a.Key(uint64(n))
	if !ok {
		return names
	}
	off, ok := l.place(key)
	for range 8 {
		if !ok {
			break
		}
		e, err := l.data.Entry(off)
		if err != nil {
			break
		}
		var next info.Value
		for v := range e.Attrs() {
			at, known := v.StrOffset()
			switch v.Attr {
			case dwarf.AttrName:
				if names.name != noString || names.inline != "" {
				} else if known {
					names.name = uint32(at)
				} else if v.Form == dwarf.FormString {
					names.inline, _ = v.Str()
				}
			case dwarf.AttrLinkageName, dwarf.AttrMIPSLinkageName:
				if known && names.linkage == noString {
					names.linkage = uint32(at)
				}
			case dwarf.AttrAbstractOrigin:
				next = v
			case dwarf.AttrSpecification:
				if next.Attr == 0 {
					next = v
				}
			}
		}
		off, ok = next.Ref()
	}
	return names
}
