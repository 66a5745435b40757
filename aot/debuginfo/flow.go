package debuginfo

import (
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// maxExpression bounds the operations of one translated expression: expressions that call
// expressions could grow without bound.
const maxExpression = 1 << 12

// maxBranching bounds the operations of an expression with branches: each branch looks at the whole
// stack.
const maxBranching = 1 << 10

// joint is the state of the stack where branches meet.
type joint struct {
	known bool
	stack []entry
}

// isBranch tells whether an operation may go on elsewhere.
func isBranch(o *expr.Op) bool { return o.Code == dwarf.OpBra || o.Code == dwarf.OpSkip }

// flow translates operations with branches between them. What an entry of the stack is then
// depends on the way that was taken, so every operation leaves exact values, and the kinds of
// the entries must agree where ways meet.
func (x *expression) flow(ops []expr.Op) error {
	if len(ops) > maxBranching {
		return errTooLong
	}
	was := x.canonical
	x.canonical = true
	defer func() { x.canonical = was }()
	joints := make([]joint, len(ops)+1)
	isTarget := make([]bool, len(ops)+1)
	for i := range ops {
		if isBranch(&ops[i]) {
			if ops[i].A > uint64(len(ops)) {
				return errUnsupported // out of its piece
			}
			isTarget[ops[i].A] = true
		}
	}
	if err := x.canonicalise(); err != nil {
		return err
	}
	starts := make([]int, len(ops)+1)
	type fixup struct{ at, target int }
	var fixups []fixup
	reachable := true
	for i := range len(ops) + 1 {
		if j := &joints[i]; isTarget[i] {
			switch {
			case reachable:
				if err := x.meet(j); err != nil {
					return err
				}
			case j.known:
				x.stack, reachable = append(x.stack[:0], j.stack...), true
			}
			x.barrier = len(x.out)
		}
		starts[i] = len(x.out)
		if i == len(ops) || !reachable {
			continue
		}
		o := &ops[i]
		if !isBranch(o) {
			if err := x.op(o); err != nil {
				return err
			}
			if len(x.stack) > 0 && x.top().width == word {
				x.exact()
			}
			continue
		}
		conditional := o.Code == dwarf.OpBra
		if conditional && len(x.stack) == 0 {
			return errUnderflow
		}
		if err := x.canonicalise(); err != nil {
			return err
		}
		target := int(o.A)
		fixups = append(fixups, fixup{len(x.out), target})
		x.code(o.Code)
		if conditional {
			x.pop()
		}
		if target <= i && !joints[target].known {
			return errUnsupported // back into code that is reached in no other way
		}
		if err := x.meet(&joints[target]); err != nil {
			return err
		}
		x.barrier = len(x.out)
		reachable = conditional
	}
	for _, f := range fixups {
		x.out[f.at].A = uint64(starts[f.target])
	}
	if !reachable {
		return errUnsupported // it never ends
	}
	return nil
}

// canonicalise makes every entry of the stack exact, and of a kind that does not depend on what it
// meets later.
func (x *expression) canonicalise() error {
	n := len(x.stack)
	for i := range x.stack {
		e := &x.stack[i]
		switch {
		case e.width == anyWidth && x.addrSize == 8:
			*e = entry{width: wide}
		case e.width == anyWidth && e.value <= 0xffff_ffff:
			*e = x.word()
			e.clean, e.near = true, true
		case e.width == anyWidth && i == n-1:
			x.exact()
		case e.width == anyWidth && i == n-2:
			x.below(x.exact)
		case e.width == word && !e.clean && i == n-1:
			x.exact()
		case e.width == word && !e.clean && i == n-2:
			x.below(x.exact)
		case e.width == anyWidth, e.width == word && !e.clean:
			return errUnsupported
		}
	}
	return nil
}

// meet merges the present state of the stack into that of a place where branches meet.
func (x *expression) meet(j *joint) error {
	if err := x.canonicalise(); err != nil {
		return err
	}
	if !j.known {
		j.known, j.stack = true, append([]entry(nil), x.stack...)
		return nil
	}
	if len(j.stack) != len(x.stack) {
		return errBranches
	}
	for i := range j.stack {
		if j.stack[i].width != x.stack[i].width {
			return errBranches
		}
	}
	return nil
}
