package value

import (
	"strconv"
	"time"
)

// This file shows std::chrono.

// period is a std::ratio: seconds for one tick.
func period(t *Type) (num, den int64, ok bool) {
	t = t.strip()
	num, ok1 := t.numberArg(0)
	den, ok2 := t.numberArg(1)
	return num, den, ok1 && ok2 && num > 0 && den > 0
}

// units are the suffixes that std::format has.
var units = map[[2]int64]string{
	{1, 1_000_000_000_000}: "ps", {1, 1_000_000_000}: "ns", {1, 1_000_000}: "us", {1, 1000}: "ms", {1, 100}: "cs", {1, 1}: "s",
	{60, 1}: "min", {3600, 1}: "h", {86400, 1}: "d",
}

// cppDuration shows a duration as std::format does: 90s, 1500ms, 60[1/30]s.
func (v *Variable) cppDuration() *shape {
	rep := v.fieldNamed("__rep_")
	if rep == nil {
		return nil
	}
	num, den, ok := period(v.typ.typeArg(1))
	if !ok {
		return nil
	}
	n, err := rep.scalar()
	if err != nil {
		return &shape{err: err}
	}
	text := ""
	if n.class == classFloat {
		text = cFloat(n.f, n.bits)
	} else {
		text = n.i.String()
	}
	unit, ok := units[[2]int64{num, den}]
	if !ok {
		unit = "[" + strconv.FormatInt(num, 10)
		if den != 1 {
			unit += "/" + strconv.FormatInt(den, 10)
		}
		unit += "]s"
	}
	return &shape{kind: KindInt, text: text + unit, fields: []*Variable{rep}}
}

// cppTimePoint shows a time: of the system's clock by its date, of others as the time since their epoch.
func (v *Variable) cppTimePoint() *shape {
	d := v.fieldNamed("__d_")
	clock := v.typ.typeArg(0).strip()
	if d == nil || clock == nil {
		return nil
	}
	if lastSegment(clock.name) != "system_clock" {
		return v.wrapper(d)
	}
	rep := d.fieldNamed("__rep_")
	num, den, ok := period(d.typ.strip().typeArg(1))
	if rep == nil || !ok {
		return nil
	}
	n, ok := rep.Int()
	if !ok || num > 1 && n > (1<<62)/num || num > 1 && n < -(1<<62)/num {
		return v.wrapper(d)
	}
	sec, rest := n*num/den, n*num%den
	if rest < 0 {
		sec, rest = sec-1, rest+den
	}
	if den > 1_000_000_000 || sec > 1<<38 || sec < -(1<<36) {
		return v.wrapper(d)
	}
	at := time.Unix(sec, rest*(1_000_000_000/den)).UTC()
	return &shape{kind: KindInt, text: at.Format("2006-01-02 15:04:05.999999999") + " UTC", fields: []*Variable{d}}
}
