package debuginfo

import (
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/macro"
)

// macroFactor is how many times larger than the input's the output's macro information may be:
// importing can repeat a part for each importer, which hostile input does without end.
const macroFactor = 64

// macros writes a unit's macro information. What others import is written where it is imported.
func (u *unit) macros(e *info.Entry, v info.Value) {
	off, ok := v.SecOffset()
	if !ok || e.Depth > 0 || u.out.Macro != nil {
		u.lostWhy(e, "macros", "the attribute does not say where they are")
		return
	}
	s := e.Unit.Sections()
	base := u.strBase[s]
	ctx := macro.Context{Strx: e.Unit.Strx, Budget: int(u.macroBudget.Load())}
	var w macro.Writer
	write := func(m *macro.Entry) {
		if m.Kind == macro.StartFile {
			// A file that the table does not have is still one in which something is defined.
			m.File, _ = u.file(m.File)
		}
		w.Entry(m, base+uint32(m.Str))
	}
	var err error
	if v.Attr == dwarf.AttrMacroInfo {
		err = macro.ReadMacinfo(s, off, &ctx, write)
	} else {
		err = macro.Read(s, off, &ctx, write)
	}
	if err != nil {
		u.lost(e, "macros", err)
	}
	u.macroBudget.Add(-int64(len(w.Bytes())))
	if u.out.Macro = w.Bytes(); u.out.Macro != nil {
		u.out.Macros()
	}
}

// macroBytes is the size of the input's macro information.
func (in *Input) macroBytes() int64 {
	n := 0
	for _, s := range in.all() {
		n += len(s.Macro) + len(s.Macinfo)
	}
	return int64(n)
}
