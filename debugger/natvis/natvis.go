// Package natvis reads Natvis files, Visual Studio's format for how values of a person's own types are
// shown. It knows the format alone: files become entries, names of types are matched with them, and the
// texts of entries are taken apart. What their expressions mean is decided by package value, which
// renders with them.
//
// The schema is that of https://learn.microsoft.com/visualstudio/debugger/create-custom-views-of-native-objects.
package natvis

import "fmt"

// File is one file of entries.
type File struct {
	Path       string
	Types      []*Type
	Intrinsics []*Intrinsic // for the entries of all files
	Problems   []Problem    // what the file says and nobody understands; it is left out
}

// Problem is a part of a file that was left out.
type Problem struct {
	Line int
	Text string
}

func (p Problem) String() string { return fmt.Sprintf("line %d: %s", p.Line, p.Text) }

// Error is why a file can't be read at all.
type Error struct {
	Path string
	Line int // 0: none
	Err  error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.Path, e.Line, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Type is one entry: how values of the types are shown whose name fits.
type Type struct {
	File        *File
	Line        int
	Names       []Pattern // Name, and those of AlternativeType
	Priority    int       // -2 Low … 2 High
	Inheritable bool      // holds for derived classes, too
	Views       Views
	Modules     []string // that it is for, by Version; none: all
	Intrinsics  []*Intrinsic
	Displays    []Display // the first one whose condition holds is the value's text
	Strings     []Conditional
	Smart       *Value  // SmartPointer: the value acts as this pointer
	Expand      *Expand // nil: the value's children are its members
}

// Views are the views in which something is shown; none of either means all.
type Views struct{ Include, Exclude []string }

// Shown tells whether something is shown in a view, "" for none.
func (v Views) Shown(view string) bool {
	for _, x := range v.Exclude {
		if x == view {
			return false
		}
	}
	for _, x := range v.Include {
		if x == view {
			return true
		}
	}
	return len(v.Include) == 0
}

// Guard says when a part of an entry is used.
type Guard struct {
	Line      int
	Condition string // an expression; "" is true
	Optional  bool   // left out, if it has an error, without harm to the entry
	Views     Views
}

// Value is an expression with the way to show its value.
type Value struct {
	Line int
	Expr string
	Spec Spec
}

// Conditional is a value that is meant when a condition holds.
type Conditional struct {
	Guard
	Value Value
}

// Display is a text with values in it.
type Display struct {
	Guard
	Parts []Part
}

// Part is a part of a text: characters, or a value.
type Part struct {
	Text  string
	Value *Value // nil: Text is meant
}

// Spec is a format specifier: how a value is shown.
type Spec struct {
	Base       byte   // x, d, o, b, c; 0: as usual
	BarePrefix bool   // without the 0x or 0b in front
	Float      byte   // e, f, g
	Text       string // s, sb, su, sub, s8, s8b, s32, s32b: a pointer to characters is a string; b without quotes
	Raw        bool   // !: without renderings
	NoAddress  bool   // na
	NoDerived  bool   // nd: as the type that it is declared to be
	NumberOnly bool   // nvo
	View       string // view(…)
	Count      string // […]: a pointer is an array of so many elements, an expression
}

// Expand is what a value's children are.
type Expand struct {
	Nodes       []Node
	HideRawView bool
}

// Node is a part of Expand: *Item, *Synthetic, *Array, *IndexList, *LinkedList, *Tree, *Expanded, *Custom.
type Node interface{ guard() *Guard }

func (g *Guard) guard() *Guard { return g }

// GuardOf says when a node is used.
func GuardOf(n Node) *Guard { return n.guard() }

type (
	// Item is one child.
	Item struct {
		Guard
		Name  []Part
		Value Value
	}

	// Synthetic is a child that is no value of the program: text and further children.
	Synthetic struct {
		Guard
		Name     []Part
		Displays []Display
		Strings  []Conditional
		Expand   *Expand
	}

	// Array is elements that stand behind each other.
	Array struct {
		Guard
		Sizes    []Conditional // with a Rank, of dimension $i
		Pointers []Conditional
		Rank     string
		Lower    string // the first index; with a Rank, of dimension $i
		Backward bool   // the first dimension is the inner one
	}

	// IndexList is elements each of which is an expression with its number $i.
	IndexList struct {
		Guard
		Sizes []Conditional
		Nodes []Conditional
	}

	// LinkedList is elements that lead to each other. Next and Value are about a node.
	LinkedList struct {
		Guard
		Sizes    []Conditional
		Head     string
		Next     string
		Value    Value
		NodeName []Part
	}

	// Tree is the elements of a binary tree, from left to right. Left, Right, Value are about a node.
	Tree struct {
		Guard
		Sizes             []Conditional
		Head, Left, Right string
		Value             Value
		NodeName          []Part
		NodeCondition     string // of nodes that are elements and no marks of an end
	}

	// Expanded is the children of another value.
	Expanded struct {
		Guard
		Value Value
	}

	// Custom is elements that a small program finds.
	Custom struct {
		Guard
		Max       int64 // elements of one page; 0: not said
		Variables []Variable
		Sizes     []Conditional
		Code      []Op
	}
)

// Variable is a variable of a Custom's program.
type Variable struct {
	Name, Init string
	Line       int
}

// OpKind is what an operation of a Custom's program does.
type OpKind uint8

const (
	OpExec   OpKind = iota // Expr changes a variable
	OpItem                 // Value is the next element
	OpJump                 // go on at Target
	OpUnless               // go on at Target, unless Condition holds
)

// Op is an operation of a Custom's program, whose loops and branches are jumps.
type Op struct {
	Kind      OpKind
	Line      int
	Condition string // OpUnless
	Expr      string // OpExec
	Target    int    // OpJump, OpUnless: an index of Code
	Name      []Part // OpItem
	Value     Value  // OpItem
}

// Intrinsic is a function of a person's own for expressions.
type Intrinsic struct {
	Line     int
	Name     string
	Params   []Param
	Expr     string
	Optional bool
}

// Param is a parameter of an Intrinsic.
type Param struct{ Name, Type string }
