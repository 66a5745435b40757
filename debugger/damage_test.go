package debugger

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// damaged is a module whose debug sections a test edits. Units and entries are found in the
// sections as they were.
type damaged struct {
	t        testing.TB
	module   []byte
	sections map[string][]byte
	order    []string
	info     *info.Data
	taken    bool // by takeReport
}

const damagedProgram = "../testdata/programs/c_multi/c_multi-O0-dw5.wasm"

func newDamaged(t testing.TB) *damaged {
	t.Helper()
	b, err := os.ReadFile(damagedProgram)
	if err != nil {
		t.Fatal(err)
	}
	d := &damaged{t: t, sections: map[string][]byte{}}
	var whole dwarf.Sections
	at := 8
	d.module = append(d.module, b[:8]...)
	for _, s := range moduleSections(b) {
		if !strings.HasPrefix(s.name, ".debug_") {
			d.module = append(d.module, b[at:s.to]...)
		} else {
			whole.Set(s.name, b[s.from:s.to])
			d.sections[s.name] = bytes.Clone(b[s.from:s.to])
			d.order = append(d.order, s.name)
		}
		at = s.to
	}
	if d.info, err = info.New(&whole); err != nil {
		t.Fatal(err)
	}
	return d
}

// bytes is the module with its sections as they are now.
func (d *damaged) bytes() []byte {
	b := bytes.Clone(d.module)
	for _, name := range d.order {
		content := append(binary.AppendUvarint(nil, uint64(len(name))), name...)
		content = append(content, d.sections[name]...)
		b = binary.AppendUvarint(append(b, 0), uint64(len(content)))
		b = append(b, content...)
	}
	return b
}

func (d *damaged) unit(name string) *info.Unit {
	for _, u := range d.info.Units {
		if root, err := u.Root(); err == nil && root.Name() == name {
			return u
		}
	}
	d.t.Fatalf("no unit %s", name)
	return nil
}

// entry finds an entry of a unit, and the offset where its bytes end.
func (d *damaged) entry(u *info.Unit, tag dwarf.Tag, name string) (found info.Entry, end info.Offset) {
	w := u.Walk()
	var e info.Entry
	for w.Next(&e) {
		if found.Unit != nil {
			return found, e.Offset
		}
		if e.Tag() == tag && (name == "" || e.Name() == name) {
			found = e
		}
	}
	if found.Unit == nil {
		d.t.Fatalf("no entry %v %q", tag, name)
	}
	return found, u.End
}

// refer lets the reference in an entry name another place, as an offset in the unit.
func (d *damaged) refer(u *info.Unit, tag dwarf.Tag, name string, attr dwarf.Attr, to uint32) {
	e, end := d.entry(u, tag, name)
	old, ok := e.Ref(attr)
	if !ok {
		d.t.Fatalf("%v %q has no %v", tag, name, attr)
	}
	field := binary.LittleEndian.AppendUint32(nil, uint32(old-u.Offset))
	within := d.sections[".debug_info"][e.Offset:end]
	if bytes.Count(within, field) != 1 {
		d.t.Fatalf("%v %q: the reference is not found", tag, name)
	}
	binary.LittleEndian.PutUint32(within[bytes.Index(within, field):], to)
}

func (d *damaged) self(tag dwarf.Tag, name string, attr dwarf.Attr) {
	u := d.unit("main.c")
	e, _ := d.entry(u, tag, name)
	d.refer(u, tag, name, attr, uint32(e.Offset-u.Offset))
}

// put overwrites bytes of a section.
func (d *damaged) put(section string, at uint64, b ...byte) { copy(d.sections[section][at:], b) }

// abbrevs overwrites the start of a unit's abbreviations.
func (d *damaged) abbrevs(unit string, b ...byte) {
	d.put(".debug_abbrev", d.unit(unit).AbbrevOffset, b...)
}

// cover makes the unit of main.c end elsewhere.
func (d *damaged) cover(end int) {
	at := int(d.unit("main.c").Offset)
	binary.LittleEndian.PutUint32(d.sections[".debug_info"][at:], uint32(end-at-4))
}

// lines is where the line table of main.c starts.
func (d *damaged) lines() uint64 {
	root, err := d.unit("main.c").Root()
	if err != nil {
		d.t.Fatal(err)
	}
	v, _ := root.Attr(dwarf.AttrStmtList)
	off, _ := v.SecOffset()
	return off
}

// lists returns the offset behind the header of .debug_loclists or another such section, which
// must not be empty.
func (d *damaged) addUnit(abbrevs, entries []byte) {
	le := binary.LittleEndian
	at := uint32(len(d.sections[".debug_abbrev"]))
	d.sections[".debug_abbrev"] = append(d.sections[".debug_abbrev"], abbrevs...)
	unit := le.AppendUint32(nil, uint32(8+len(entries)))
	unit = append(unit, 5, 0, byte(dwarf.UnitCompile), 4)
	unit = le.AppendUint32(unit, at)
	d.sections[".debug_info"] = append(append(d.sections[".debug_info"], unit...), entries...)
}

// uleb is a ULEB128 with all bits of a word set.
var uleb = []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}

// damage breaks an input. All but those of whole hide only what is in main.c: stats.c must stay
// as it is. told is what the report must name; "" if the damage shows in a session only.
type damage struct {
	name   string
	whole  bool
	told   string
	damage func(d *damaged)
}

// damages are broken inputs; madeUp and masses are more of them.
var damages = []damage{
	// Abbreviations
	{"abbreviations that do not end", false, "", func(d *damaged) {
		d.sections[".debug_abbrev"] = append(d.sections[".debug_abbrev"], bytes.Repeat([]byte{0x7f, 0x34, 0, 3, 8, 0, 0}, 1000)...)
	}},
	{"an unknown form", false, ".debug_info", func(d *damaged) { d.abbrevs("main.c", 1, 0x11, 1, 0x25, 0x7e) }},
	{"a form of form of form", false, ".debug_info", func(d *damaged) { d.abbrevs("main.c", 1, 0x11, 1, 0x25, 0x16) }},
	{"abbreviations far outside", false, ".debug_info", func(d *damaged) {
		d.put(".debug_info", uint64(d.unit("main.c").Offset)+8, 0xff, 0xff, 0xff, 0x7f)
	}},
	{"an empty table of abbreviations", false, ".debug_info", func(d *damaged) { d.abbrevs("main.c", 0) }},
	// Unit headers
	{"a version of the future", false, ".debug_info", func(d *damaged) { d.put(".debug_info", uint64(d.unit("main.c").Offset)+4, 77) }},
	{"addresses of 3 bytes", false, ".debug_info", func(d *damaged) { d.put(".debug_info", uint64(d.unit("main.c").Offset)+7, 3) }},
	{"an unknown type of unit", false, ".debug_info", func(d *damaged) { d.put(".debug_info", uint64(d.unit("main.c").Offset)+6, 0x55) }},
	{"a unit over all that follow", false, ".debug_info", func(d *damaged) { d.cover(len(d.sections[".debug_info"])) }},
	{"a unit over the next one", false, ".debug_info", func(d *damaged) { d.cover(int(d.unit("util/stats.c").End)) }},
	{"a unit over half of the next one", false, ".debug_info", func(d *damaged) {
		u := d.unit("util/stats.c")
		d.cover(int(u.Offset+u.End) / 2)
	}},
	{"a unit that ends in the middle of an entry", false, ".debug_info", func(d *damaged) {
		u := d.unit("main.c")
		binary.LittleEndian.PutUint32(d.sections[".debug_info"][u.Offset:], uint32(u.End-u.Offset-4)/2)
	}},
	{"a unit of 4 GB", false, ".debug_info", func(d *damaged) { d.put(".debug_info", uint64(d.unit("main.c").Offset), 0xef, 0xff, 0xff, 0xff) }},
	{"a unit of the 64-bit format", false, ".debug_info", func(d *damaged) { d.put(".debug_info", uint64(d.unit("main.c").Offset), 0xff, 0xff, 0xff, 0xff) }},
	// References
	{"a typedef of itself", false, "", func(d *damaged) { d.self(dwarf.TagTypedef, "shape_vec", dwarf.AttrType) }},
	{"a pointer to itself", false, "", func(d *damaged) { d.self(dwarf.TagPointerType, "", dwarf.AttrType) }},
	{"an array of itself", false, "", func(d *damaged) { d.self(dwarf.TagArrayType, "", dwarf.AttrType) }},
	{"a structure within itself", false, "", func(d *damaged) {
		u := d.unit("main.c")
		e, _ := d.entry(u, dwarf.TagStructureType, "stats")
		d.refer(u, dwarf.TagMember, "n", dwarf.AttrType, uint32(e.Offset-u.Offset))
	}},
	{"a type in the middle of an entry", false, "", func(d *damaged) {
		u := d.unit("main.c")
		e, _ := d.entry(u, dwarf.TagTypedef, "shape_vec")
		d.refer(u, dwarf.TagVariable, "v", dwarf.AttrType, uint32(e.Offset-u.Offset)+2)
	}},
	{"a type outside of the section", false, ".debug_info", func(d *damaged) {
		d.refer(d.unit("main.c"), dwarf.TagVariable, "st", dwarf.AttrType, 0x7fff_fff0)
	}},
	{"a type that is a function", false, "", func(d *damaged) {
		u := d.unit("main.c")
		e, _ := d.entry(u, dwarf.TagSubprogram, "report")
		d.refer(u, dwarf.TagVariable, "st", dwarf.AttrType, uint32(e.Offset-u.Offset))
	}},
	// Line tables
	{"a line table of version 9", false, ".debug_line", func(d *damaged) { d.put(".debug_line", d.lines()+4, 9) }},
	{"a line range of 0", false, ".debug_line", func(d *damaged) { d.put(".debug_line", d.lines()+16, 0) }},
	{"an opcode base of 0", false, "", func(d *damaged) { d.put(".debug_line", d.lines()+17, 0) }},
	{"an opcode base of 255", false, "", func(d *damaged) { d.put(".debug_line", d.lines()+17, 255) }},
	{"a directory table of 255 formats", false, ".debug_line", func(d *damaged) { d.put(".debug_line", d.lines()+30, 255) }},
	{"2^64 directories", false, ".debug_line", func(d *damaged) { d.put(".debug_line", d.lines()+33, uleb...) }},
	{"a header longer than the table", false, ".debug_line", func(d *damaged) { d.put(".debug_line", d.lines()+8, 0xff, 0xff, 0xff, 0x7f) }},
	{"a line table behind the end", false, ".debug_line", func(d *damaged) {
		u := d.unit("main.c")
		info := d.sections[".debug_info"][u.Offset:u.End]
		field := binary.LittleEndian.AppendUint32(nil, uint32(d.lines()))
		binary.LittleEndian.PutUint32(info[bytes.Index(info[16:], field)+16:], 0x7fff_ffff)
	}},
	// Strings and their offsets
	{"no strings", true, "", func(d *damaged) { d.sections[".debug_str"] = nil }},
	{"a string without an end", true, "", func(d *damaged) {
		s := d.sections[".debug_str"]
		for i := range s {
			s[i] = 'x'
		}
	}},
	{"no offsets of strings", true, "", func(d *damaged) { delete(d.sections, ".debug_str_offsets") }},
	{"no addresses", true, "", func(d *damaged) { d.sections[".debug_addr"] = nil }},
	// Whole units that somebody made up
	{"100,000 blocks in each other", false, "", func(d *damaged) {
		d.addUnit([]byte{1, 0x0b, 1, 0, 0, 0}, bytes.Repeat([]byte{1}, 100_000))
	}},
	{"100,000 pointers to the next", false, "", func(d *damaged) {
		entries := []byte{2}
		for i := range 100_000 {
			entries = binary.LittleEndian.AppendUint32(append(entries, 1), uint32(13+5*(i+1)))
		}
		d.addUnit([]byte{1, 0x0f, 0, 0x49, 0x13, 0, 0, 2, 0x11, 1, 0, 0, 0}, entries)
	}},
	{"an expression that jumps back", false, "", func(d *damaged) {
		// DW_TAG_variable: a location of DW_OP_lit0, DW_OP_skip -4.
		d.addUnit([]byte{1, 0x11, 1, 0, 0, 2, 0x34, 0, 0x03, 0x08, 0x02, 0x18, 0, 0, 0},
			append([]byte{1, 2}, "loop\x00\x04\x30\x2f\xfc\xff\x00"...))
	}},
	{"an expression that never ends pushing", false, "", func(d *damaged) {
		// DW_OP_addr 1024, then DW_OP_dup, DW_OP_skip -4.
		d.addUnit([]byte{1, 0x11, 1, 0, 0, 2, 0x34, 0, 0x03, 0x08, 0x02, 0x18, 0, 0, 0},
			append([]byte{1, 2}, "grow\x00\x09\x03\x00\x04\x00\x00\x12\x2f\xfc\xff\x00"...))
	}},
	{"an expression that calls itself", false, "", func(d *damaged) {
		// DW_OP_call4 of the variable's own entry.
		d.addUnit([]byte{1, 0x11, 1, 0, 0, 2, 0x34, 0, 0x03, 0x08, 0x02, 0x18, 0, 0, 0},
			append([]byte{1, 2}, "again\x00\x05\x99\x0d\x00\x00\x00\x00"...))
	}},
	{"a variable of 2^62 bytes", false, "", func(d *damaged) {
		// A structure of that size, and a variable at address 1024 that has it as its type.
		abbrevs := []byte{1, 0x11, 1, 0, 0, 2, 0x13, 0, 0x03, 0x08, 0x0b, 0x0f, 0, 0, 3, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x02, 0x18, 0, 0, 0}
		entries := append([]byte{1, 2}, "vast\x00\x80\x80\x80\x80\x80\x80\x80\x80\x40"...)
		entries = append(entries, "\x03all\x00\x0d\x00\x00\x00\x05\x03\x00\x04\x00\x00\x00"...)
		d.addUnit(abbrevs, entries)
	}},
	{"pieces of 2^62 bytes", false, "", func(d *damaged) {
		// DW_OP_lit0, DW_OP_stack_value, DW_OP_piece 2^62, twice
		const piece = "\x30\x9f\x93\x80\x80\x80\x80\x80\x80\x80\x80\x40"
		d.addUnit([]byte{1, 0x11, 1, 0, 0, 2, 0x34, 0, 0x03, 0x08, 0x02, 0x18, 0, 0, 0},
			append([]byte{1, 2}, "parts\x00\x18"+piece+piece+"\x00"...))
	}},
	{"a list of 2^32 offsets", false, "", func(d *damaged) {
		d.sections[".debug_rnglists"] = append([]byte{0x20, 0, 0, 0, 5, 0, 4, 0, 0xff, 0xff, 0xff, 0xff}, d.sections[".debug_rnglists"]...)
	}},
	{"names, aranges and frames of rubbish", false, "", func(d *damaged) {
		for i, name := range []string{".debug_names", ".debug_aranges", ".debug_frame", ".eh_frame", ".debug_macro", ".debug_loc", ".debug_types", ".debug_pubnames"} {
			if d.sections[name] == nil {
				d.order = append(d.order, name)
			}
			d.sections[name] = bytes.Repeat([]byte{0xff, byte(i), 0x80, 5}, 1000)
		}
	}},
}

// session opens the damaged module.
func (d *damaged) session(report **debuginfo.Report) (*Session, error) {
	module := d.bytes()
	return Open(context.Background(), Config{
		Program: damagedProgram,
		Compile: func([]byte, *aot.Companions) (*object.File, error) {
			return aot.Compile(module, aot.Options{Report: func(r *debuginfo.Report) { *report = r }})
		},
	})
}

// TestDamage debugs modules whose debug information is broken in one place each: what is not
// broken stays as it was, the report says what is, and memory stays in proportion.
func TestDamage(t *testing.T) {
	for _, c := range slices.Concat(damages, madeUp, masses) {
		t.Run(c.name, func(t *testing.T) {
			watchdog := time.AfterFunc(180*time.Second, func() { panic("it hangs") })
			defer watchdog.Stop()
			d := newDamaged(t)
			c.damage(d)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var report *debuginfo.Report
			s, err := d.session(&report)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if c.told != "" && !tells(report, c.told) {
				t.Errorf("the report does not name the damage in %s: %+v", c.told, report.Losses())
			}
			if _, err := s.SetBreakpoint(BreakpointSpec{Function: "stats_add"}); err != nil {
				t.Fatal(err)
			}
			stop, err := s.Continue()
			if err != nil || stop.Exited() {
				t.Fatalf("no stop in stats_add: %v", err)
			}
			if !c.whole {
				checkStats(t, s)
			}
			checkBacktrace(t, s, d.taken)
			lookAtFrames(t, s)
			askForNames(s)
			for _, name := range []string{"claimed", "report"} { // which nearly all is about
				_, _ = s.SetBreakpoint(BreakpointSpec{Function: name})
			}
			for _, run := range []func() (*Stop, error){s.Continue, s.StepOver, s.StepIn} {
				if stop, err := run(); err != nil || stop.Exited() {
					break
				}
				lookAtFrames(t, s)
			}
			runtime.ReadMemStats(&after)
			size := len(d.bytes())
			if n := after.TotalAlloc - before.TotalAlloc; n > 600<<20+256*uint64(size) { // most of it garbage
				t.Errorf("%d MB were allocated for a module of %d KB", n>>20, size>>10)
			}
		})
	}
}

// checkBacktrace checks that the functions have their names: from their entries, or from the name section.
func checkBacktrace(t *testing.T, s *Session, taken bool) {
	t.Helper()
	frames, _, err := s.Frames(0, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"stats_add", "report", "main"}
	if taken {
		want = []string{"stats_add", "main"}
	}
	for i := range frames {
		if len(frames[i].Function) > 20<<10 {
			t.Errorf("a name of %d bytes", len(frames[i].Function))
		}
		if len(want) > 0 && frames[i].Short == want[0] {
			want = want[1:]
		}
	}
	if len(want) > 0 {
		t.Errorf("%s is not among %d frames", want[0], len(frames))
		for _, f := range frames[:min(len(frames), 8)] {
			t.Logf("#%d %.80s", f.Level, f.Function)
		}
	}
}

// checkStats checks what a person sees in stats_add, whose unit is whole.
func checkStats(t *testing.T, s *Session) {
	t.Helper()
	frames, _, err := s.Frames(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	if f := frames[0]; f.Line != 4 || !strings.HasSuffix(f.File, "util/stats.c") {
		t.Errorf("the stop is at %s:%d", f.File, f.Line)
	}
	args, err := s.Arguments(0)
	if err != nil || len(args) != 2 {
		t.Fatalf("%d arguments, %v", len(args), err)
	}
	if v, err := s.Eval(0, "*s"); err != nil || v.String() != "{ n: 0, sum: 0, min: 0, max: 0 }" && v.String() != "{n = 0, sum = 0, min = 0, max = 0}" {
		t.Errorf("*s is %v, %v", v, err)
	}
	if got := args[1].String(); got != "28.27433388230811" {
		t.Errorf("x is %s", got) // the area of a circle of radius 3
	}
}

// lookAtFrames renders everything that is in sight.
func lookAtFrames(t *testing.T, s *Session) {
	frames, _, _ := s.Frames(0, 20)
	for _, f := range frames {
		args, _ := s.Arguments(f.Level)
		locals, _ := s.Locals(f.Level)
		globals, _ := s.Globals(f.Level, true)
		for _, v := range append(append(args, locals...), globals...) {
			if n := len(v.String()); n > 1<<20 {
				t.Errorf("%s is rendered in %d bytes", v.Name, n)
			}
			for _, child := range v.Children(0, 10) {
				_ = child.String()
				for _, c := range child.Children(0, 3) {
					_ = c.String()
				}
			}
		}
	}
}

// askForNames asks for what is found by names, and for lists of them.
func askForNames(s *Session) {
	s.FunctionNames("")
	s.Files()
	for _, spec := range []BreakpointSpec{{Function: "claimed"}, {Function: "report"}, {Function: "no such function"}, {File: "main.c", Line: 10}, {File: "odd.c", Line: 1}} {
		s.FindPlaces(spec)
	}
	for _, text := range []string{"odd", "A", "sizeof(odd)", "odd + 1", "&odd", "many", "*(huge *)1024", "(far *)1024"} {
		if v, err := s.Eval(0, text); err == nil {
			_ = v.String()
		}
	}
	table := s.image.table
	table.Globals()
	for _, f := range table.AllFunctions() {
		table.Blocks(f)
		break
	}
}

func tells(r *debuginfo.Report, section string) bool {
	for _, l := range r.Losses() {
		if strings.Contains(fmt.Sprint(l.Example, l.Reason), section) {
			return true
		}
	}
	return false
}
