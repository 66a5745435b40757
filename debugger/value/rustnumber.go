package value

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// rustNonZero shows a NonZero as its number: NonZero(NonZeroInner(u32)) and older forms.
func (v *Variable) rustNonZero() *shape {
	if in := v.core(); in != nil && in != v {
		return v.wrapper(in)
	}
	return nil
}

// rustAtomic shows an atomic as its number, boolean or pointer.
func (v *Variable) rustAtomic() *shape {
	in := v.fieldNamed("v")
	if in == nil {
		in = v.fieldNamed("p")
	}
	if in == nil {
		return nil
	}
	t := v.typ.arg("T")
	if lastSegment(v.typ.name) == "AtomicBool" || t != nil && t.name == "bool" {
		t = v.scope.Types.basicNamed("bool", v.typ.lang)
	} else {
		t = nil
	}
	in = in.core()
	switch k := in.typ.strip(); {
	case k == nil || k.kind != typeBase && k.kind != typePointer:
		return nil
	case t != nil:
		in = in.as(t)
	}
	return v.wrapper(in)
}

// rustAlignment shows a power of two, which is an enum of all of them.
func (v *Variable) rustAlignment() *shape {
	n, err := v.number()
	if err != nil {
		return nil
	}
	return &shape{kind: KindInt, text: strconv.FormatUint(n, 10)}
}

func (v *Variable) rustTypeID() *shape {
	b, err := v.bytes()
	if err != nil {
		return &shape{err: err}
	}
	return &shape{kind: KindStruct, text: fmt.Sprintf("TypeId(%#x)", bigBits(b, false))}
}

// seconds reads what a Duration or a Timespec counts.
func (v *Variable) seconds() (secs int64, nanos uint32, err error) {
	part := func(names ...string) (*Variable, error) {
		for _, n := range names {
			if f := v.fieldNamed(n); f != nil {
				return f.core(), nil
			}
		}
		return nil, unavailable("not a time")
	}
	s, err := part("secs", "tv_sec")
	if err != nil {
		return 0, 0, err
	}
	n, err := part("nanos", "tv_nsec")
	if err != nil {
		return 0, 0, err
	}
	a, err := s.uint()
	if err != nil {
		return 0, 0, err
	}
	b, err := n.uint()
	if err != nil {
		return 0, 0, err
	}
	if b >= 1e9 {
		return 0, 0, unavailable(fmt.Sprintf("corrupt: %d nanoseconds of a second", b))
	}
	return int64(a), uint32(b), nil
}

// rustDuration shows a Duration as Debug does: 3.5s, 7ms, 1.5µs.
func (v *Variable) rustDuration() *shape {
	secs, nanos, err := v.seconds()
	if err != nil {
		return v.badTime(err)
	}
	u, n := uint64(secs), uint64(nanos)
	switch {
	case u > 0:
		return v.written(decimal(u, n, 9) + "s")
	case n >= 1e6:
		return v.written(decimal(n/1e6, n%1e6, 6) + "ms")
	case n >= 1e3:
		return v.written(decimal(n/1e3, n%1e3, 3) + "µs")
	}
	return v.written(decimal(n, 0, 0) + "ns")
}

// decimal writes whole.part, where part has so many digits; zeros at the end are left out.
func decimal(whole, part uint64, digits int) string {
	s := strconv.FormatUint(whole, 10)
	if part == 0 {
		return s
	}
	return s + "." + strings.TrimRight(fmt.Sprintf("%0*d", digits, part), "0")
}

// written shows v as text, and its fields below it.
func (v *Variable) written(text string) *shape {
	s := &shape{kind: KindStruct, text: text}
	if p := v.rustPlain(); p.style != styleText {
		s.fields = p.fields
	}
	return s
}

func (v *Variable) badTime(err error) *shape {
	if _, ok := err.(unavailable); ok && !strings.HasPrefix(err.Error(), "corrupt") {
		return nil // another shape than expected
	}
	return &shape{err: err}
}

// clock finds the time in an Instant or a SystemTime.
func (v *Variable) clock() *Variable {
	for _, name := range []string{"Duration", "Timespec"} {
		if d := v.within(name, 0); d != nil {
			return d
		}
	}
	return nil
}

// rustInstant shows an Instant as seconds of its clock.
func (v *Variable) rustInstant() *shape {
	d := v.clock()
	if d == nil {
		return nil
	}
	secs, nanos, err := d.seconds()
	if err != nil {
		return v.badTime(err)
	}
	return v.written("Instant(" + decimal(uint64(secs), uint64(nanos), 9) + "s)")
}

// rustSystemTime shows a SystemTime, which counts from 1970, as date and time.
func (v *Variable) rustSystemTime() *shape {
	d := v.clock()
	if d == nil {
		return nil
	}
	secs, nanos, err := d.seconds()
	if err != nil {
		return v.badTime(err)
	}
	if secs < -62135596800 || secs >= 253402300800 { // outside of the years 1 to 9999
		return nil
	}
	return v.written("SystemTime(" + time.Unix(secs, int64(nanos)).UTC().Format(time.RFC3339Nano) + ")")
}

// rustPayload shows an enum whose variants tell their kind by themselves as what is in it.
func (v *Variable) rustPayload() *shape {
	m := v.typ.load()
	if len(m.variants) == 0 {
		return nil
	}
	a, err := v.activeVariant(&m.variants[0])
	if err != nil {
		return &shape{err: err}
	}
	in := v.payload(a).fieldNamed("__0")
	if in == nil {
		return nil
	}
	return v.wrapper(in)
}

// ip reads an address: its bytes are in the order of the network in all versions of the library.
func (v *Variable) ip() (netip.Addr, bool) {
	b, err := v.bytes()
	if err != nil {
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(b)
}

func (v *Variable) rustIP() *shape {
	a, ok := v.ip()
	if !ok {
		return nil
	}
	return v.written(a.String())
}

// rustSocketAddr shows an address with its port. The older library holds the C structures, whose
// numbers are in the order of the network.
func (v *Variable) rustSocketAddr() *shape {
	var addr, port, scope *Variable
	swap := false
	if addr = v.fieldNamed("ip"); addr != nil {
		port, scope = v.fieldNamed("port"), v.fieldNamed("scope_id")
	} else if in := v.fieldNamed("inner"); in != nil {
		swap = true
		for _, p := range []string{"sin", "sin6"} {
			if a := in.fieldNamed(p + "_addr"); a != nil {
				addr, port, scope = a, in.fieldNamed(p+"_port"), in.fieldNamed(p+"_scope_id")
			}
		}
	}
	if addr == nil || port == nil {
		return nil
	}
	a, ok := addr.ip()
	n, err := port.uint()
	if !ok || err != nil {
		return nil
	}
	if swap {
		n = n>>8&0xff | n&0xff<<8
	}
	if scope != nil {
		if id, err := scope.uint(); err == nil && id != 0 {
			a = a.WithZone(strconv.FormatUint(id, 10))
		}
	}
	return v.written(netip.AddrPortFrom(a, uint16(n)).String())
}

// rangeText shows a range as one writes it.
func rangeText(op string) func(*Variable) *shape {
	return func(v *Variable) *shape {
		lo, hi := v.fieldNamed("start"), v.fieldNamed("end")
		if hi == nil {
			hi = v.fieldNamed("last") // core::range
		}
		text := op
		s := &shape{kind: KindStruct}
		if lo != nil {
			text = lo.String() + text
			s.fields = append(s.fields, lo)
		}
		if hi != nil {
			text += hi.String()
			s.fields = append(s.fields, hi)
		}
		if len(v.typ.load().fields) > 0 && lo == nil && hi == nil {
			return nil
		}
		if e := v.fieldNamed("exhausted"); e != nil {
			if n, err := e.uint(); err == nil && n != 0 {
				text += " (exhausted)"
			}
		}
		s.text = text
		return s
	}
}

// rustIOError shows what an io::Error is, without the layers around it.
func (v *Variable) rustIOError() *shape {
	in := v.fieldNamed("repr")
	for n := 0; in != nil && n < 3; n++ {
		t := in.typ.strip()
		if t == nil || t.kind != typeStruct || len(t.load().variants) > 0 {
			break
		}
		next := in.fieldNamed("__0")
		if next == nil {
			break
		}
		in = next
	}
	if in == nil {
		return nil
	}
	if t := in.typ.strip(); t == nil || len(t.load().variants) == 0 {
		return nil
	}
	s := v.wrapper(in)
	s.note = "Error: "
	return s
}
