package debuginfo

import "strings"

// Libraries are commonly built with debug information, also when the program that they are
// linked into is not. Such a module has lines and variables in functions that the user never
// wrote, and none in his own.

// bare reports whether the debug information describes some functions, but not the program's
// main function, under whichever of its names.
func (t *translation) bare(units []*unit) bool {
	names := t.places.module.Names().Funcs
	mains, others := 0, 0
	for i := range t.places.funcs {
		f := &t.places.funcs[i]
		described := f.entry.unit != nobody && !units[f.entry.unit].ofText || f.lines.unit != nobody && !units[f.lines.unit].ofText
		switch {
		case f.entry.unit != nobody && units[f.entry.unit].isLibcMain():
		case isMain(names[f.Index]):
			if described {
				return false
			}
			mains++
		case described:
			others++
		}
	}
	return mains > 0 && others > 0
}

// isLibcMain reports whether the unit is the one of wasi-libc that defines __original_main for
// programs whose main function takes arguments.
func (u *unit) isLibcMain() bool {
	root, err := u.in.Root()
	return err == nil && strings.HasSuffix(root.Name(), "/__original_main.c")
}

// isMain knows the names of main functions: those that clang gives them for wasi-libc, and
// Rust's, in either mangling. There are wrappers among them, so that a module has several.
func isMain(name string) bool {
	switch name {
	case "main", "__original_main", "__main_argc_argv":
		return true
	}
	const hash = len("0123456789abcdefE") // behind "17h"
	if strings.HasPrefix(name, "_ZN") && len(name) > hash {
		return strings.HasSuffix(name[:len(name)-hash], "4main17h")
	}
	return strings.HasPrefix(name, "_RNv") && strings.HasSuffix(name, "4main") && strings.Count(name, "Nv") == 1
}
