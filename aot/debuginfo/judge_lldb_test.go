package debuginfo_test

import (
	"regexp"
	"testing"

	"sphex/debugger/symbols"
	"sphex/internal/testneeds"
)

// unparsed is lldb's complaint of members whose types refer to each other in circles; of the
// modules it makes the same one.
var unparsed = regexp.MustCompile(`DW_TAG_member '([^']+)' refers to type 0x[0-9a-f]+ which was unable to be parsed`)

// TestLldb compares with lldb: lines, functions with what is inlined into them, the variables in
// scope, and the types. It takes pointers for 8 bytes wide, whatever the DWARF says.
func TestLldb(t *testing.T) {
	testneeds.Tool(t, "lldb-22")
	eachToolProgram(t, func(t *testing.T, program string) {
		f, path := compiled(t, program)
		tab := symbols.Open(f)
		addrs := addresses(f, 2000)
		got, types, said := scripted(t, addrs, "lldb-22", "--no-lldbinit", "-b", "-o", "command script import testdata/judge_lldb.py", path)
		lines, chains := verdict{t: t, name: "lines"}, verdict{t: t, name: "chains"}
		scopes, shapes := verdict{t: t, name: "variables"}, verdict{t: t, name: "types"}
		for i := range got {
			want := ours(tab, addrs[i])
			lines.line(&got[i], &want)
			chains.chain(&got[i], &want)
			scopes.scope(&got[i], &want, false)
		}
		excuses := typeExcuses{pointers: true, missing: map[string]bool{}}
		for _, m := range unparsed.FindAllStringSubmatch(said, -1) {
			excuses.missing[m[1]] = true
		}
		shapes.types(types, structs(f, tab), excuses)
		lines.done(1000)
		chains.done(1000)
		scopes.done(1000)
		shapes.done(20)
	})
}
