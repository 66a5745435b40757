package debuginfo_test

import (
	"testing"

	"sphex/aot/abi"
	"sphex/debugger/symbols"
	"sphex/internal/testneeds"
)

// TestGdb compares with gdb: the lines of statements, functions with what is inlined into them,
// the variables in scope, and the types.
//
// gdb looks lines up among statements only, and gives the variables of blocks that have no code
// to the block around them; so it may see more variables than we. It reads everything at once
// (-readnow): with .debug_names, gdb 13 fails an assertion of its own where units that it has not
// read refer to each other, as Rust's do.
func TestGdb(t *testing.T) {
	testneeds.Tool(t, "gdb")
	eachToolProgram(t, func(t *testing.T, program string) {
		f, path := compiled(t, program)
		tab := symbols.Open(f)
		addrs := addresses(f, 2000)
		got, types, _ := scripted(t, addrs, "gdb", "-q", "-nx", "-batch", "-readnow", "-x", "testdata/judge_gdb.py", path)
		lines, chains := verdict{t: t, name: "lines"}, verdict{t: t, name: "chains"}
		scopes, shapes := verdict{t: t, name: "variables"}, verdict{t: t, name: "types"}
		for i := range got {
			want := ours(tab, addrs[i])
			if row, ok := tab.Row(abi.TextOffset(addrs[i] - abi.TextBase)); ok && row.Stmt && row.Line > 0 {
				lines.line(&got[i], &want)
			}
			chains.chain(&got[i], &want)
			scopes.scope(&got[i], &want, true)
		}
		shapes.types(types, structs(f, tab), typeExcuses{})
		lines.done(500)
		chains.done(1000)
		scopes.done(1000)
		shapes.done(20)
	})
}

// TestGdbWithoutSplit checks that gdb reads what is left of a module whose entries are in files
// that are not there: units of line tables and little else.
func TestGdbWithoutSplit(t *testing.T) {
	testneeds.Tool(t, "gdb")
	for _, m := range []string{"split.wasm", "split-dw4.wasm"} {
		t.Run(m, func(t *testing.T) {
			f, path := compiled(t, "c_split/bin/"+m)
			tab := symbols.Open(f)
			addrs := addresses(f, 500)
			got, _, _ := scripted(t, addrs, "gdb", "-q", "-nx", "-batch", "-readnow", "-x", "testdata/judge_gdb.py", path)
			lines := verdict{t: t, name: "lines"}
			for i := range got {
				want := ours(tab, addrs[i])
				if row, ok := tab.Row(abi.TextOffset(addrs[i] - abi.TextBase)); ok && row.Stmt && row.Line > 0 {
					lines.line(&got[i], &want)
				}
			}
			lines.done(50)
		})
	}
}
