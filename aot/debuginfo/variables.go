package debuginfo

import (
	"cmp"
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// place writes where a variable is: an expression or a location list. It reports whether
// there is anything to write.
func (u *unit) place(e *info.Entry, v info.Value, s *scope) bool {
	u.entries = u.entries[:0]
	implied := u.in.Version < 4 && v.Attr == dwarf.AttrLocation // see expr.Implied
	if code, ok := v.Expr(); ok {
		if implied {
			code = expr.Implied(code, u.in.Format(), e.Scalar(), s.frameLocal)
		}
		var key uint64
		if s.fn != nil {
			u.known.enter(s)
			key = exprKey(code)
			if native, ok := u.known.find(key, &codemap.Place{}); ok && key != 0 {
				u.out.Expr(v.Attr, native, nil)
				return len(native) > 0
			}
		}
		ops, err := u.decode(u.ops[:0], code)
		u.ops = ops
		if err != nil {
			u.lost(e, "location", err)
			return false
		}
		if !usesOperands(ops) {
			u.at(s, 0)
			ops, err = u.x.translate(ops, location)
			if err != nil {
				u.lost(e, "location", err)
				return false
			}
			native, refs, err := u.encode(ops)
			if err != nil {
				u.lost(e, "location", err)
				return false
			}
			u.know(key, &codemap.Place{}, native, refs)
			u.partial(e)
			u.out.Expr(v.Attr, native, refs)
			return len(native) > 0
		}
		for _, r := range s.code {
			u.locate(e, ops, s, r)
		}
	} else if !u.exhausted() {
		var err error
		u.locs, err = v.Locations(u.locs[:0])
		if err != nil {
			u.lost(e, "location list", err)
		}
		u.spend(len(u.locs))
		if implied {
			scalar := e.Scalar()
			for i := range u.locs {
				u.locs[i].Expr = expr.Implied(u.locs[i].Expr, u.in.Format(), scalar, s.frameLocal)
			}
		}
		var deflt []byte // expression that holds wherever no other does
		hasDefault := false
		u.covered = u.covered[:0]
		u.known.enter(s)
		for i := range u.locs {
			l := &u.locs[i]
			if l.Dead {
				continue
			}
			if l.Default {
				deflt, hasDefault = l.Expr, true
				continue
			}
			key := exprKey(l.Expr)
			depth, operand := operandAlone(l.Expr)
			var code []byte
			var ops []expr.Op
			known := false
			if !operand {
				if code, known = u.known.find(key, &codemap.Place{}); !known {
					ops, err = u.decode(u.ops[:0], l.Expr)
					u.ops = ops
					if err != nil {
						u.lost(e, "location", err)
						continue
					}
				}
			}
			fn := s.fn
			if fn == nil || l.Low < uint64(fn.Body) || l.Low >= uint64(fn.BodyEnd) {
				if l.Low < l.High {
					u.lostWhy(e, "location", "it holds outside of its function")
				}
				continue
			}
			u.pieces = u.rangesIn(fn, u.pieces[:0], l.Low, l.High)
			u.key = key
			for _, r := range u.pieces {
				switch r.lo = max(r.lo, fn.BodyText); {
				case r.lo >= r.hi:
				case operand:
					u.locateOperand(e, l.Expr, depth, s, r)
				case known:
					u.spend(1)
					u.holds(r.lo, r.hi, code, nil)
				default:
					u.locate(e, ops, s, r)
				}
			}
			u.key = 0
			u.covered = append(u.covered, u.pieces...)
		}
		if hasDefault {
			u.defaultPlace(e, deflt, s)
		}
	}
	if len(u.entries) == 0 {
		u.out.Expr(v.Attr, nil, nil) // a place that is nowhere: optimised out
		return false
	}
	u.entries = ascending(u.entries)
	u.out.Locs(v.Attr, u.entries, u.base)
	return true
}

// locate appends the location list entries for an expression that holds in r.
func (u *unit) locate(e *info.Entry, ops []expr.Op, s *scope, r textRange) {
	if s.fn == nil {
		u.lostWhy(e, "location", "it is outside of all functions")
		return
	}
	r.lo = max(r.lo, s.fn.BodyText) // before it, nothing is at its place
	if r.lo >= r.hi {
		return
	}
	u.changes = u.changes[:0]
	if usesOperands(ops) {
		u.changes = s.fn.operandChanges(u.changes, ops, r.lo, r.hi)
	}
	u.spend(1 + len(u.changes))
	var failed, missing error
	holds := false
	for i := 0; i <= len(u.changes); i++ {
		lo, hi := r.lo, r.hi
		if i > 0 {
			lo = u.changes[i-1]
		}
		if i < len(u.changes) {
			hi = u.changes[i]
		}
		if err := u.locateAt(ops, s, lo, hi); err != nil {
			failed = err
		} else {
			holds = true
			missing = cmp.Or(missing, u.x.missing)
		}
	}
	u.x.missing = missing
	u.partial(e)
	if failed != nil && !holds {
		u.lost(e, "location", failed)
	}
}

// locateOperand is locate for an expression that is a single operand (see operandAlone), whose number is
// depth. The operand's moves are read once, for where they are and for what they say.
func (u *unit) locateOperand(e *info.Entry, code []byte, depth uint64, s *scope, r textRange) {
	moves := s.fn.moves()
	i := u.moves.upTo(s.fn, moves, r.lo)
	var last *codemap.StackMove // that has to do with the operand
	for k := i - 1; k >= 0 && last == nil; k-- {
		if m := &moves[k]; concerns(m, depth) {
			last = m
		}
	}
	pieces, holds := 0, false
	var ops []expr.Op
	var failed error
	for lo := r.lo; lo < r.hi; {
		// [lo, hi) is until the next address with a move of the operand.
		next := last
		hi := r.hi
		for ; i < len(moves) && moves[i].Text < r.hi; i++ {
			m := &moves[i]
			if !concerns(m, depth) {
				continue
			}
			if hi == r.hi {
				hi = m.Text
			} else if m.Text > hi {
				break
			}
			next = m
		}
		pieces++
		place, err := s.fn.placeOf(last)
		if err == nil {
			native, ok := u.known.find(u.key, &place)
			if ok {
				u.holds(lo, hi, native, nil)
			} else {
				if ops == nil {
					ops, err = u.decode(u.ops[:0], code)
					u.ops = ops
				}
				if err == nil {
					u.x.found = foundOperand{depth, &place}
					err = u.locateAs(ops, s, lo, hi, u.key, &place)
					u.x.found = foundOperand{}
				}
			}
		}
		if err != nil {
			failed = err
		} else {
			holds = true
		}
		lo, last = hi, next
	}
	u.spend(pieces)
	if failed != nil && !holds {
		u.lost(e, "location", failed)
	}
}

// partial reports a piece of the expression translated last that is nowhere.
func (u *unit) partial(e *info.Entry) {
	if u.x.missing != nil {
		u.lost(e, "a part of a location", u.x.missing)
		u.x.missing = nil
	}
}

// locateAt appends the entry for [lo, hi), in which all places stay the same.
func (u *unit) locateAt(ops []expr.Op, s *scope, lo, hi abi.TextOffset) error {
	key := u.key
	var place codemap.Place
	if key != 0 {
		place, key = s.fn.placeOfOperand(ops, key, lo)
		if code, ok := u.known.find(key, &place); ok {
			u.x.missing = nil
			u.holds(lo, hi, code, nil)
			return nil
		}
	}
	return u.locateAs(ops, s, lo, hi, key, &place)
}

// locateAs is locateAt for what is not known. It becomes so by the key and the place, unless that is 0.
func (u *unit) locateAs(ops []expr.Op, s *scope, lo, hi abi.TextOffset, key uint64, place *codemap.Place) error {
	u.at(s, lo)
	native, err := u.x.translate(ops, location)
	if err != nil {
		return err
	}
	code, refs, err := u.encode(native)
	if err != nil {
		return err
	}
	u.know(key, place, code, refs)
	u.holds(lo, hi, code, refs)
	return nil
}

// know remembers what the expression translated last became, if that can be used again.
func (u *unit) know(key uint64, place *codemap.Place, code []byte, refs []expr.Ref) {
	if key != 0 && u.x.missing == nil && u.x.calls == 0 && len(refs) == 0 {
		u.known.add(key, place, code)
	}
}

// placeOfOperand returns the place at a text offset of the operand that an expression names, the zero
// one if it names none. The key becomes 0 if it names several.
func (f *function) placeOfOperand(ops []expr.Op, key uint64, at abi.TextOffset) (codemap.Place, uint64) {
	operand := -1
	for i := range ops {
		if isOperand(&ops[i]) {
			if operand >= 0 {
				return codemap.Place{}, 0
			}
			operand = i
		}
	}
	if operand < 0 {
		return codemap.Place{}, key
	}
	p, err := f.operand(ops[operand].B, at)
	if err != nil {
		return codemap.Place{}, 0 // so will the translation find
	}
	return p, key
}

// holds appends an entry that says that an expression holds in [lo, hi).
func (u *unit) holds(lo, hi abi.TextOffset, code []byte, refs []expr.Ref) {
	if n := len(u.entries); n > 0 && u.entries[n-1].High == address(lo) && !u.entries[n-1].Default &&
		len(refs) == 0 && slices.Equal(u.entries[n-1].Code, code) {
		u.entries[n-1].High = address(hi)
		return
	}
	u.entries = append(u.entries, info.LocEntry{Low: address(lo), High: address(hi), Code: code, Refs: refs})
}

// defaultPlace appends the entries for an expression that holds wherever no other of the list does.
// Readers commonly do not know the entry that says so, and so each gap gets one of its own.
func (u *unit) defaultPlace(e *info.Entry, code []byte, s *scope) {
	ops, err := u.decode(u.ops[:0], code)
	u.ops = ops
	if err != nil {
		u.lost(e, "location", err)
		return
	}
	if s.fn == nil {
		u.lostWhy(e, "location", "it is outside of all functions")
		return
	}
	u.covered = joinRanges(u.covered)
	for _, r := range s.code {
		for _, c := range u.covered {
			if c.hi <= r.lo || c.lo >= r.hi {
				continue
			}
			if c.lo > r.lo {
				u.locate(e, ops, s, textRange{r.lo, c.lo})
			}
			r.lo = max(r.lo, c.hi)
		}
		if r.lo < r.hi {
			u.locate(e, ops, s, r)
		}
	}
}
