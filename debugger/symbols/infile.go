package symbols

import "strings"

// InFile reports whether the function is declared in a file of that name, or is of a unit made from it. The name may be the end
// of a path.
func (f *Function) InFile(name string) bool {
	return isFile(f.File, name) || isFile(f.Unit.source(), name)
}

// InFile is the same for a variable.
func (v *Variable) InFile(name string) bool {
	return isFile(v.File, name) || isFile(v.Unit.source(), name)
}

func (u *Unit) source() string {
	if u == nil {
		return ""
	}
	return u.Name
}

func isFile(path, name string) bool {
	return path != "" && (path == name || strings.HasSuffix(path, "/"+name))
}
