package symbols

import "strings"

// Arguments returns the generic arguments of the instance that f is, "<f64>", where DW_AT_name has them and the
// name that was demangled has not, as with Rust's legacy mangling; "" otherwise.
func (f *Function) Arguments() string {
	if f.Unit == nil || f.entry.Unit == nil || strings.Contains(lastPart(f.Name), "<") {
		return ""
	}
	probe := Function{}
	_, name := probe.names(f.entry)
	i := strings.IndexByte(name, '<')
	if i <= 0 || name[:i] != f.Short {
		return ""
	}
	return bounded(name[i:])
}
