package symbols

import (
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// mostNamespaces bounds how many namespaces of a unit are looked at.
const mostNamespaces = 10_000

// InlineNamespaces lists the unit's namespaces whose names may be left out, by their qualified names, outer ones first.
func (u *Unit) InlineNamespaces() (list []string) {
	root, err := u.info.Root()
	if err != nil {
		return nil
	}
	seen, left := map[string]bool{}, mostNamespaces
	var look func(e info.Entry, prefix string, depth int)
	look = func(e info.Entry, prefix string, depth int) {
		for c := range e.Children() {
			if c.Tag() != dwarf.TagNamespace || c.Name() == "" {
				continue
			}
			if left--; left < 0 || depth > 32 {
				return
			}
			name := prefix + c.Name()
			if c.Flag(dwarf.AttrExportSymbols) && !seen[name] {
				seen[name] = true
				list = append(list, name)
			}
			look(c, name+"::", depth+1)
		}
	}
	look(root, "", 0)
	return list
}

// Spelled lists the names that a path may mean where inline namespaces are left out of it, without itself.
func Spelled(path string, inline []string) (list []string) {
	for _, name := range inline {
		outer := ""
		if i := strings.LastIndex(name, "::"); i >= 0 {
			outer = name[:i+2]
		}
		for _, p := range append([]string{path}, list...) {
			if rest, ok := strings.CutPrefix(p, outer); ok && outer != "" && !strings.HasPrefix(p, name+"::") {
				list = append(list, name+"::"+rest)
			}
		}
	}
	return list
}
