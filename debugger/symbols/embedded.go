package symbols

// Embedded returns the text of a source file that the producer put into the line table
// (DW_LNCT_LLVM_source), as clang does with -gembed-source.
func (t *Table) Embedded(file string) (text string, ok bool) {
	for _, u := range t.fileUnits(file) {
		for i := range u.lines().Files {
			if f := &u.lines().Files[i]; f.HasSource && u.path(uint64(i)) == file {
				return f.Source, true
			}
		}
	}
	return "", false
}
