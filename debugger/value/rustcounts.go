package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// countOf evaluates Rc::strong_count(&x), Arc::weak_count(&x) and the like, of which programs rarely have code. ok is false for
// any other function.
func (ev *evaluator) countOf(n invokeExpr, path string) (v *Variable, ok bool, err error) {
	prefix, last, _ := cutLast(path)
	if ev.lang() != symbols.LangRust || len(n.args) != 1 || last != "strong_count" && last != "weak_count" {
		return nil, false, nil
	}
	switch lastSegment(prefix) {
	case "Rc", "Arc", "Weak":
	default:
		return nil, false, nil
	}
	x, err := ev.eval(deborrowed(n.args[0]))
	if err != nil {
		return nil, true, err
	}
	v, err = ev.countIn(n, x, last)
	return v, true, err
}

// countIn is a count of an Rc, an Arc or a Weak, which may stand behind references.
func (ev *evaluator) countIn(n node, x *Variable, which string) (*Variable, error) {
	for range maxWrapped {
		if x.Unreadable != nil {
			return nil, ev.wrapErr(n, x.Unreadable)
		}
		t := x.typ.strip()
		if t == nil {
			break
		}
		switch name, _, _ := strings.Cut(lastSegment(t.name), "<"); name {
		case "Rc", "Arc", "Weak":
			p := x.as(t).fieldNamed("ptr").pointerIn()
			if p == nil {
				return nil, ev.fail(n, "%s is not laid out as is known", x.typ.short())
			}
			strong, weak, err := x.as(t).counts(p)
			if err != nil {
				return nil, ev.wrapErr(n, err)
			}
			if which == "weak_count" {
				return ev.length(int64(weak)), nil
			}
			return ev.length(int64(strong)), nil
		}
		sh := x.shape()
		if sh.style != styleInner || sh.inner == nil {
			break
		}
		x = sh.inner
	}
	return nil, ev.fail(n, "%s has no counts", x.typ.short())
}
