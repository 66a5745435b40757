package debuginfo_test

import (
	"encoding/json"
	"testing"

	"sphex/debugger/symbols"
	"sphex/internal/testneeds"
)

// TestSymbolizer compares with llvm-symbolizer: functions, inlined calls, lines and columns.
func TestSymbolizer(t *testing.T) {
	testneeds.Tool(t, "llvm-symbolizer-22")
	eachToolProgram(t, func(t *testing.T, program string) {
		f, path := compiled(t, program)
		tab := symbols.Open(f)
		addrs := addresses(f, 2000)
		lines := asked(t, addrs, "llvm-symbolizer-22", "--inlining", "--output-style=JSON", "--no-demangle", "--obj="+path)
		lines.Buffer(nil, 16<<20)
		chains, rows := verdict{t: t, name: "chains"}, verdict{t: t, name: "lines and columns"}
		i := 0
		for ; lines.Scan(); i++ {
			var answer struct {
				Symbol []struct {
					FunctionName, FileName string
					Line, Column           int
				}
			}
			if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
				t.Fatalf("%s: %v", lines.Bytes(), err)
			}
			if len(answer.Symbol) == 0 {
				t.Fatalf("no answer to %#x: %s", addrs[i], lines.Bytes())
			}
			s := answer.Symbol[0]
			got := opinion{Addr: addrs[i], File: s.FileName, Line: s.Line, Column: s.Column}
			for _, s := range answer.Symbol {
				got.Chain = append(got.Chain, link{Name: s.FunctionName, File: s.FileName, Line: s.Line})
			}
			want := ours(tab, addrs[i])
			rows.line(&got, &want)
			if got.Column != want.Column {
				rows.errorf("%#x: column %d, ours %d", addrs[i], got.Column, want.Column)
			}
			chains.chain(&got, &want)
		}
		if i != len(addrs) {
			t.Fatalf("%d answers to %d questions", i, len(addrs))
		}
		rows.done(1000)
		chains.done(1000)
	})
}
