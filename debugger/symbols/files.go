package symbols

import (
	"path"
	"sort"
	"strings"
)

// cleanPath normalises a path from DWARF: forward slashes, no . and .. parts.
func cleanPath(p string) string {
	if p == "" {
		return ""
	}
	p = strings.ReplaceAll(p, `\`, "/")
	return path.Clean(p)
}

// readLines reads the headers of all line tables, in parallel.
func (t *Table) readLines() {
	t.linesOnce.Do(func() { t.eachUnit(func(u *Unit) { u.files() }) })
}

// readFiles collects the files of all line tables.
func (t *Table) readFiles() {
	t.filesOnce.Do(func() {
		t.readLines()
		t.files = map[string][]*Unit{}
		for _, u := range t.units {
			u.eachFile("", func(name string) { addUnit(t.files, name, u) })
		}
		for name := range t.files {
			t.fileNames = append(t.fileNames, name)
		}
		sort.Strings(t.fileNames)
	})
}

// addUnit adds a unit to those of a file, once. Units come in order.
func addUnit(files map[string][]*Unit, name string, u *Unit) {
	if us := files[name]; len(us) == 0 || us[len(us)-1] != u {
		files[name] = append(us, u)
	}
}

// eachFile calls yield for the paths of the unit's line table whose last part ends in end.
func (u *Unit) eachFile(end string, yield func(path string)) {
	p := u.files()
	if p == nil {
		return
	}
	for i := range p.Files {
		if strings.HasSuffix(p.Files[i].Name, end) {
			if name := u.path(uint64(i)); name != "" {
				yield(name)
			}
		}
	}
}

// filesCalled finds the files, with their units, whose path ends in base, which is a last part.
// It makes no paths of the others, which may be hundreds of thousands.
func (t *Table) filesCalled(base string) map[string][]*Unit {
	t.mu.Lock()
	files := t.byBase[base]
	t.mu.Unlock()
	if files != nil {
		return files
	}
	t.readLines()
	files = map[string][]*Unit{}
	for _, u := range t.units {
		u.eachFile(base, func(name string) { addUnit(files, name, u) })
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byBase[base] = files
	return files
}

// fileUnits lists the units whose line table names path.
func (t *Table) fileUnits(name string) []*Unit {
	return t.filesCalled(path.Base(name))[name]
}

// fileNumbers are the numbers that path has in the unit's line table.
func (u *Unit) fileNumbers(name string) map[uint32]bool {
	is := map[uint32]bool{}
	p := u.files()
	if p == nil {
		return is
	}
	for i := range p.Files {
		if strings.HasSuffix(p.Files[i].Name, path.Base(name)) && u.path(uint64(i)) == name {
			is[uint32(i)] = true
		}
	}
	return is
}

// Files lists the source files that line tables name, sorted.
func (t *Table) Files() []string {
	t.readFiles()
	return t.fileNames
}

// HasCode reports whether units with code name a file that fits.
func (t *Table) HasCode(fits func(file string) bool) bool {
	t.pcOnce.Do(t.indexUnits)
	seen := map[*Unit]bool{}
	for i := range t.pcUnits {
		u := t.pcUnits[i].unit
		if seen[u] {
			continue
		}
		seen[u] = true
		u.root()
		found := false
		u.eachFile("", func(name string) { found = found || fits(name) })
		if found {
			return true
		}
	}
	return false
}

// FindFiles returns the files whose path is name or ends in /name. When several match and
// some of them have code, those without are left out.
func (t *Table) FindFiles(name string) []string {
	name = cleanPath(name)
	if name == "" {
		return nil
	}
	files := t.filesCalled(path.Base(name))
	if _, ok := files[name]; ok {
		return []string{name}
	}
	name = strings.TrimPrefix(name, "./")
	var out []string
	for f := range files {
		if strings.HasSuffix(f, "/"+strings.TrimPrefix(name, "/")) {
			out = append(out, f)
		}
	}
	sort.Strings(out)
	if len(out) > 1 {
		var coded []string
		for _, f := range out {
			if t.lastLine(f) > 0 {
				coded = append(coded, f)
			}
		}
		if len(coded) > 0 {
			out = coded
		}
	}
	return out
}

// nearestFiles finds names like a file name that matched nothing.
func (t *Table) nearestFiles(name string) []string {
	t.readFiles()
	base := path.Base(cleanPath(name))
	type near struct {
		name string
		d    int
	}
	var best []near
	for _, f := range t.fileNames {
		if d := distance(base, path.Base(f)); d <= 1+len(base)/4 {
			best = append(best, near{f, d})
		}
	}
	sort.SliceStable(best, func(i, j int) bool { return best[i].d < best[j].d })
	var out []string
	for _, b := range best {
		if len(out) < 5 {
			out = append(out, b.name)
		}
	}
	return out
}

// distance is the edit distance of a and b, case ignored; large for very different lengths.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 || len(a)-len(b) > 16 || len(b)-len(a) > 16 {
		return 99
	}
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// PathMap replaces the start of source paths, as {from: to} of a launch configuration.
type PathMap []struct{ From, To string }

// Apply maps a path from DWARF to one of this machine; the longest matching From wins.
func (m PathMap) Apply(p string) string {
	best, out := -1, p
	for _, r := range m {
		from := strings.TrimSuffix(r.From, "/")
		if p != from && !strings.HasPrefix(p, from+"/") || len(from) <= best {
			continue
		}
		best, out = len(from), strings.TrimSuffix(r.To, "/")+p[len(from):]
	}
	return out
}

// Reverse maps a path of this machine to one of DWARF.
func (m PathMap) Reverse(p string) string {
	best, out := -1, p
	for _, r := range m {
		to := strings.TrimSuffix(cleanPath(r.To), "/")
		if p != to && !strings.HasPrefix(p, to+"/") || len(to) <= best {
			continue
		}
		best, out = len(to), strings.TrimSuffix(r.From, "/")+p[len(to):]
	}
	return out
}

// Candidates lists where the source file of a DWARF path may be on this machine, most
// likely first: mapped, as it is, and by ever shorter suffixes below each of the roots (the
// folder of the module, the working directory).
func (m PathMap) Candidates(p string, roots ...string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(c string) {
		if c != "" && !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	if mapped := m.Apply(p); mapped != p {
		add(mapped)
	}
	add(p)
	parts := strings.Split(strings.Trim(p, "/"), "/")
	for i := range parts {
		for _, r := range roots {
			add(path.Join(r, strings.Join(parts[i:], "/")))
		}
	}
	return out
}
