package debugger

import (
	"fmt"
	"testing"
)

// valuesAt is what expressions must be at a line of a program, as its source says.
type valuesAt struct {
	line int
	hits int // stops there before this one
	want map[string]string
}

// programValues are the values at several lines of programs that exist to be hard to read.
var programValues = []struct {
	program, file string
	stops         []valuesAt
}{
	{"c_kinds/c_kinds-O0.wasm", "main.c", []valuesAt{
		{44, 0, map[string]string{ // in grid(2, 4)
			"g":           "{{0, 1, 2, 3}, {10, 11, 12, 13}}",
			"g[1]":        "{10, 11, 12, 13}",
			"g[1][2]":     "12",
			"*row":        "10",
			"row[3]":      "13",
			"r * 10 + c":  "24",
			"sizeof g":    "32", // 2*4 of int
			"sizeof g[1]": "16",
		}},
		{87, 0, map[string]string{ // in main
			"f":                      `{s = -3 '\375', u = 2147483646, wide = 9141386507638288912, on = true, last = 2}`,
			"f.wide >> 60":           "7",
			"u.d":                    "-2",
			"u.hi":                   "3221225472", // 0xc0000000
			"u.raw[7]":               `192 '\300'`,
			"l1.value":               "1",
			"l1.next == &l2":         "true",
			"l1.next->next->value":   "3",
			"l1.next->next->next":    "0x0",
			"m.cells":                "{{1.5, 2.5, 3.5}, {4.5, 5.5, 6.5}}",
			"m.cells[1][0] * 2":      "9",
			"code":                   "{{op = OP_PUSH, arg = -7}, {op = OP_ADD, arg = 0}, {op = OP_JMP, arg = 0}, {op = OP_PUSH, arg = 99}}",
			"code[2].op == OP_JMP":   "true",
			"h.nested":               "{inner = 42, u = {c = 66 'B', s = 16706}}",
			"*h.p":                   "5",
			"h.name[1]":              `9 '\t'`,
			"total":                  "6",
			"buf":                    `"ab"…`,
			"buf[3]":                 "99 'c'",
			"tiny":                   `-1 '\377'`,
			"byte":                   "65 'A'",
			"ld":                     "1.25",
			"nanf_":                  "nan",
			"inf":                    "-inf",
			"tinyf":                  "1e-40",
			"third":                  "0.3333333333333333",
			"big":                    "{1, 0 <repeats 298 times>, 7}",
			"yes":                    "true",
			"(int)weird":             "77",
			"r":                      "-14",
			"shared":                 "5",
			"words[1][0][1]":         "97 'a'",
			"argc + total * 2 == 13": "true",
		}},
	}},
	{"c_kinds/c_kinds-O2.wasm", "main.c", []valuesAt{
		{87, 0, map[string]string{
			"l1.next->next->value": "3",
			"code":                 "{{op = OP_PUSH, arg = -7}, {op = OP_ADD, arg = 0}, {op = OP_JMP, arg = 0}, {op = OP_PUSH, arg = 99}}",
			"total":                "6",
			"f.u":                  "2147483646",
			"inf":                  "-inf",
			"big":                  "{1, 0 <repeats 298 times>, 7}",
			"r":                    "-14",
		}},
	}},
	{"cpp_kinds/cpp_kinds-O0.wasm", "main.cpp", []valuesAt{
		{22, 0, map[string]string{ // in Both::kind, called through its virtual base
			"id":         "2",
			"this->left": "30",
			"right":      "2",
			"label":      `"both-label"`,
		}},
		{65, 1, map[string]string{"b": `{Left = {Base = {id = 2}, left = 30}, Right = {Base = {id = 2}, right = 2}, label = "both-label"}`, "depth": "1", "here": "3", "k[0]": "98 'b'"}},
		{75, 1, map[string]string{"v": "2", "base": "1", "calls": "2", "tag": `"tag!"`}}, // a copy of add, called once
		{79, 0, map[string]string{"first": "6", "second": "7", "calls": "2", "add.base": "1", "add.tag": `"tag!"`, "tag": `"tag"`}},
		{93, 0, map[string]string{
			"pts":               "{{x = 1, y = 2, z = 3}, {x = 4, y = 5, z = 6}}",
			"pts[1].y + 1":      "6",
			"names":             `{"one", "a name that is longer than the small buffer"}`,
			"index":             `{"evens": {2, 4}, "odds": {1, 3, 5}}`,
			"some":              `"some"`,
			"none":              "nullopt",
			"owned->label":      `"owned"`,
			"owned->id":         "1",
			"owned->Left::left": "20",
			"*shared":           "{x = 5, y = 7, z = 9}",
			"wide":              `"wíde"`,
			"ref":               `"a name that is longer than the small buffer"`,
			"pr.first":          "1",
		}},
		{118, 0, map[string]string{
			"both":                `{Left = {Base = {id = 2}, left = 30}, Right = {Base = {id = 2}, right = 2}, label = "both-label"}`,
			"both.id + both.left": "32",
			"base":                `{Left = {Base = {id = 2}, left = 30}, Right = {Base = {id = 2}, right = 2}, label = "both-label"}`, // the whole object
			"*left":               `{Left = {Base = {id = 2}, left = 30}, Right = {Base = {id = 2}, right = 2}, label = "both-label"}`,
			"right.id":            "2",
			"level":               "Level::High",
			"(int)level":          "200",
			"plain == kBoth":      "true",
			"ring":                "{items = {16, 25, 4, 9}, head = 6}",
			"bits.bits":           "0",
			"acc.balance":         "10",
			"secret":              "{a_ = 1, b_ = 2, c = 3}",
			"any.i":               "7",
			"rows[1][2]":          "6",
			"temp":                "42",
			"px + py + pz":        "24",
			"null":                "nullptr",
			"geo::Both::made":     "1",
			"geo::hidden":         "77",
			"Account::rate":       "1.5",
			"Account::kLimit":     "500",
			"v":                   "9",
		}},
	}},
	{"rs_kinds/rs_kinds-debug.wasm", "main.rs", rustValues},
	{"rs_kinds/rs_kinds-release.wasm", "main.rs", rustReleaseValues},
}

var nicheValues = map[string]string{
	"on": "Some(West)", "off": "None", "ooo": "Some(Some(None))",
	"nest_a": "A(Some(true))", "nest_n": "A(None)", "nest_b": "B(South)", "nest_c": "C",
	"low": "Low", "high": "High",
	"t0": "Empty", "t1": "Byte(200)", "t2": "Pair { a: -7, b: 9223372036854775807 }",
	"one":     "Only(11)",
	"huge":    "Huge([2, 2, 18446744073709551615])",
	"wide":    "Wide(340282366920938463463374607431768211453)",
	"nothing": "Nothing",
	"nz8":     "Some(-3)", "nz64": "Some(1)",
	"sl": "Some([1, 2, 3])", "no_sl": "None", "vec": "Some([9, 8])", "no_vec": "None",
	"rc":    `Some(Rc(strong=1, weak=0) "shared")`,
	"flow":  `Break("stop")`,
	"never": "Ok(5)",
	"res":   `Ok(Some(Deep { level: 4, name: "boxed" }))`,
	"bad":   "Err(East)",
	"chars": `[Some('é'), None, Some('\u{10ffff}')]`,
	"tup":   "(None, Some(()), true)",
	"n":     "2",
}

var rustValues = []valuesAt{
	{102, 0, nicheValues},
	{116, 0, map[string]string{"best": "9.25", "items": "[1.5, 9.25, -3.0]"}},
	{116, 1, map[string]string{"best": "'z'", "items": "['q', 'z', 'a']"}},
	{135, 2, map[string]string{"x": "16", "base": "2", "calls": "3", "label": `"step"`}}, // ((1*2+4)*2+4)
	{141, 0, map[string]string{"fs": "[closure { base: 2 }, closure]", "out": "36", "calls": "3", "folded": "37", "label": `"step"`}},
	{151, 3, map[string]string{"i": "3", "w": `"avocado"`, "c": "'a'", "words[2]": `"bee"`, "lens": `[(5, "apple"), (3, "bee"), (7, "avocado")]`}},
	{156, 0, map[string]string{"counts": "[[2, 4], [0, 1, 3]]", "pairs": "[[5, 2], [2, 3], [3, 7], [7, 2]]", "total": "15"}},
	{166, 0, map[string]string{"first": "Dog { age: 2 }", "first.age": "2", "animals": `[Dog { age: 3 }, Bird { song: "tweet" }]`}},
	{169, 1, map[string]string{"song": `"tweet"`, "dog": "Dog { age: 2 }", "legs": "8", "name": `"TWEET"`, "age": "2"}},
	{181, 0, map[string]string{
		"product":  "1180591620717411303424", // (2^64 + 1) << 70, modulo 2^128
		"negative": "-170141183460469231731687303715884105727",
		"halves":   "[64, 0]",
		"mixed":    "V2 { x: 1180591620717411303425, y: 18446744073709551619 }",
		"a":        "18446744073709551617",
		"a >> 64":  "1",
	}},
	{204, 0, map[string]string{
		"pts":   "[V2 { x: 42, y: -2 }, V2 { x: 10, y: 20 }, V2 { x: 30, y: 40 }]",
		"sum":   "V2 { x: 42, y: 58 }",
		"left":  "[V2 { x: 42, y: -2 }]",
		"right": "[V2 { x: 10, y: 20 }, V2 { x: 30, y: 40 }]",
		"px":    "42", "*py": "58", "label": "1", "shadow": "30", "x": `"30!"`, "text": `"abab@3"`,
		"pts[1].x + n": "12", "deep.level": "3", "deep.name": `"ab"`,
		"PRIMES[4]": "11", "outer::DEPTH": "1", "NAMES": `["zero", "one", "two"]`,
	}},
}

var rustReleaseValues = []valuesAt{
	{102, 0, nicheValues},
	{116, 0, map[string]string{"best": "9.25"}},
	{116, 1, map[string]string{"best": "'z'"}},
	{181, 0, map[string]string{
		"negative": "-170141183460469231731687303715884105727",
		"mixed":    "V2 { x: 1180591620717411303425, y: 18446744073709551619 }",
	}},
	{204, 0, map[string]string{"sum": "V2 { x: 42, y: 58 }", "shadow": "30", "x": `"30!"`, "text": `"abab@3"`, "label": "1"}},
}

// TestProgramValues compares values with what the programs' sources say.
func TestProgramValues(t *testing.T) {
	for _, p := range programValues {
		t.Run(p.program, func(t *testing.T) {
			s, _ := open(t, p.program, nil)
			for _, at := range p.stops {
				if err := s.Restart(nil); err != nil {
					t.Fatal(err)
				}
				b := mustBreak(t, s, BreakpointSpec{File: p.file, Line: at.line, HitCondition: fmt.Sprint("== ", at.hits+1)})
				if stop := mustStop(t, s.Continue); stop.Exited() || stop.Frame.Line != at.line {
					t.Fatalf("line %d: %v", at.line, stop)
				}
				for expr, want := range at.want {
					v, err := s.Eval(0, expr)
					if err != nil {
						t.Errorf("line %d: %s: %v", at.line, expr, err)
						continue
					}
					if got := v.String(); got != want {
						t.Errorf("line %d: %s is %s, want %s", at.line, expr, got, want)
					}
				}
				if err := s.RemoveBreakpoint(b.ID); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
