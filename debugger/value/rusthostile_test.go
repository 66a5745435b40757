package value

import (
	"math/rand"
	"testing"
)

// TestRustRandomMemory shows all locals of a real program whose memory is damaged at random: each
// has some text of bounded length, and so have its children.
func TestRustRandomMemory(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	whole := p.shots
	r := rand.New(rand.NewSource(1))
	lines := []int{79, 99, 121, 149, 184}
	for round := range 60 {
		k := round % len(lines)
		shot := snapshot{append([]byte(nil), whole[k].mem...), whole[k].sp}
		frame := shot.mem[shot.sp:min(int(shot.sp)+2048, len(shot.mem))]
		for range 1 + r.Intn(60) {
			at := 4 * r.Intn(len(frame)/4-1)
			var w uint32
			switch r.Intn(4) {
			case 0:
				w = r.Uint32()
			case 1:
				w = uint32(shot.sp) + uint32(4*r.Intn(500))
			case 2:
				w = 1 << r.Intn(32)
			case 3:
				w = -uint32(r.Intn(3))
			}
			for i := range 4 {
				frame[at+i] = byte(w >> (8 * i))
			}
		}
		p.shots = append([]snapshot(nil), whole...)
		p.shots[k] = shot
		s := p.scope(t, "main.rs", lines[k], k)
		for _, v := range append(s.Arguments(), s.Locals()...) {
			if text := v.String(); len(text) > 16<<10 {
				t.Errorf("%s: %d bytes of text", v.Name, len(text))
			}
			_ = v.TypeName(false)
			for _, c := range v.Children(0, 20) {
				_ = c.String()
			}
			_ = v.Plain().String()
		}
	}
}

func TestFormats(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	s := p.scope(t, "main.rs", 79, 0)
	list := p.scope(t, "main.rs", 121, 2)
	for _, c := range []struct{ name, letters, want string }{
		{"u_8", "x", "0xc8"}, {"u_8", "b", "0b11001000"}, {"u_8", "t", "0b11001000"}, {"u_8", "o", "0o310"}, {"u_8", "c", "200 'È'"},
		{"i_8", "x", "0x9c"}, {"i_8", "d", "-100"}, {"i_8", "b", "0b10011100"},
		{"ch", "d", "97"}, {"ch", "x", "0x61"}, {"ch", "", "'a'"}, {"emoji", "x", "0x1f980"},
		{"f_32", "x", "1.5"}, {"b_true", "x", "true"}, {"unit", "x", "()"},
		{"i_128", "x", "0x80000000000000000000000000000000"},
		{"arr", "b", "[0b1, 0b10, 0b11, 0b100, 0b101]"}, {"tup", "x", `(0x1, "two", 3.0, (0x4, 0x35))`},
	} {
		f, bad := ParseFormat(c.letters)
		v, err := s.Eval(c.name)
		if err != nil {
			v, err = list.Eval(c.name)
		}
		if bad != 0 || err != nil {
			t.Fatal(c.name, bad, err)
		}
		if got := v.Format(f); got != c.want {
			t.Errorf("%s /%s: %s, want %s", c.name, c.letters, got, c.want)
		}
	}
	if _, bad := ParseFormat("xq"); bad != 'q' {
		t.Errorf("the bad letter of xq is %q", bad)
	}
	v, err := list.Eval("v")
	if err != nil {
		t.Fatal(err)
	}
	f, _ := ParseFormat("r")
	if got := v.Format(f); len(got) < 40 || got[:10] != "Vec { buf:" && got[:10] != "Vec { len:" {
		t.Errorf("v /r: %s", got)
	}
}
