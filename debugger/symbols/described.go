package symbols

// Described is the function's qualified name as its entry and what that stands in say it. Name is the linkage name's where there is
// one, which for Rust may say less: {{closure}} for {closure#2}.
func (f *Function) Described() string {
	if f.entry.Unit == nil {
		return f.Name
	}
	probe := Function{}
	decl, name := probe.names(f.entry)
	return bounded(qualified(decl, name))
}
