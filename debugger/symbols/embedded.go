package symbols

// Embedded returns the text of a source file that the producer put into the line table
// (DW_LNCT_LLVM_source), as clang does with -gembed-source.
func (t *Table) Embedded(file string) (text string, ok bool) {
	for _, u := range t.fileUnits(file) {
		for i := range u.files().Files {
			if f := &u.files().Files[i]; f.HasSource && u.path(uint64(i)) == file {
				return f.Source, true
			}
		}
	}
	return "", false
}

// Checksum returns the MD5 of a source file's contents when it was compiled, if the producer has kept it.
func (t *Table) Checksum(file string) (sum [16]byte, ok bool) {
	for _, u := range t.fileUnits(file) {
		for i := range u.files().Files {
			if f := &u.files().Files[i]; f.HasMD5 && u.path(uint64(i)) == file {
				return f.MD5, true
			}
		}
	}
	return sum, false
}
