package dump

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// Function is what became of one function.
type Function struct {
	Name     string
	Linkage  string `json:",omitempty"` // the linker's name, if it is another
	Index    uint32 // in the function index space
	Type     string // its signature in WebAssembly
	Unit     string `json:",omitempty"`
	Language string `json:",omitempty"`
	Producer string `json:",omitempty"`
	File     string `json:",omitempty"` // where it is declared
	Line     int    `json:",omitempty"`

	// The body in the module: its code offsets, and where it is in the file.
	Body, BodyEnd wasm.CodeOffset
	Offset        wasm.FileOffset
	// The native code, and where homes are valid from.
	Text, TextEnd, BodyText abi.TextOffset

	FrameSize uint32
	Saved     []string `json:",omitempty"` // rbx at [cfa-16]: what the function keeps for its caller
	FrameBase string   `json:",omitempty"`

	Locals     []Local
	Variables  []Variable
	Statements []Statement
	Notes      []string `json:",omitempty"` // what could not be found out
}

// Local is a local of the function in WebAssembly, with its one home.
type Local struct {
	Index     int
	Param     bool
	Type      string
	Name      string   `json:",omitempty"` // from the name section
	Home      string   // rbx, [cfa-24], or why it has none
	Variables []string `json:",omitempty"` // variables of the source that live there at some time
}

// Variable is a variable or parameter of the source.
type Variable struct {
	Name    string
	Type    string
	Param   bool   `json:",omitempty"`
	File    string `json:",omitempty"` // where it is declared
	Line    int    `json:",omitempty"`
	Inlined string `json:",omitempty"` // the inlined function that it belongs to
	Scope   []Range
	Places  []VariablePlace // ascending; nowhere else in its scope does it have a value
}

// Range is [From, To) of the text.
type Range struct{ From, To abi.TextOffset }

// VariablePlace says in words where a variable is in a range of the text.
type VariablePlace struct {
	Range
	Place string
}

// Whole reports whether the variable has one place in all of the function.
func (v *Variable) Whole(f *Function) bool {
	return len(v.Places) == 1 && v.Places[0].From <= f.BodyText && v.Places[0].To >= f.TextEnd
}

// At returns where the variable is at pc; inScope is false outside of its scope, and the place is
// "optimized out" where it has no value.
func (v *Variable) At(pc abi.TextOffset) (place string, inScope bool) {
	for _, r := range v.Scope {
		if pc >= r.From && pc < r.To {
			for i := range v.Places {
				if p := &v.Places[i]; pc >= p.From && pc < p.To {
					return p.Place, true
				}
			}
			return optimizedOut, true
		}
	}
	return "", false
}

// Statement is a stretch of native code that comes from one line.
type Statement struct {
	File   string `json:",omitempty"`
	Line   int    `json:",omitempty"` // 0: no line
	Source string `json:",omitempty"` // the line's text
	// Context are lines around it that have no code, for views that show the source as a whole.
	Context map[int]string `json:"-"`
	// Inside are the inlined calls that it is in, outermost first.
	Inside []Call `json:",omitempty"`
	// Apart is what code that no statement has is for: "prologue", "out of line".
	Apart string `json:",omitempty"`
	Insts []Inst
}

// Call is a call that was inlined.
type Call struct {
	Function string
	File     string // of the call
	Line     int
}

// comes reports whether the statement comes from a line, itself or through an inlined call.
func (st *Statement) comes(file string, line int) bool {
	if st.File == file && st.Line == line {
		return true
	}
	for _, c := range st.Inside {
		if c.File == file && c.Line == line {
			return true
		}
	}
	return false
}

// Inst is an instruction of WebAssembly with the native code that was made for it. Code that was
// folded into a later instruction stands there.
type Inst struct {
	Code     wasm.CodeOffset
	Offset   wasm.FileOffset
	Wasm     string   // "" for a prologue
	Depth    int      // of blocks around it
	Operands []string `json:",omitempty"` // where the operand stack's entries are behind it, bottom first
	Native   []Native `json:",omitempty"`
}

// Native is a machine instruction.
type Native struct {
	Text   abi.TextOffset
	Bytes  string // hexadecimal
	Asm    string
	Site   bool   `json:",omitempty"` // a stop site
	Column int    `json:",omitempty"` // of a site
	Trap   string `json:",omitempty"` // why it may trap
}
