package wasm

import (
	"fmt"
	"strconv"
	"strings"
)

// opRow is one row of the opcode table.
type opRow struct {
	name    string
	imm     Imm
	sig     string
	width   uint8
	feature Feature
}

// Imm is the kind of an opcode's immediates; it says which fields of Inst are meaningful.
type Imm uint8

const (
	ImmInvalid      Imm = iota // not an opcode, or one that is not supported
	ImmNone                    // none
	ImmBlock                   // Block
	ImmTryTable                // Block; Catches
	ImmTag                     // Index: tag
	ImmLabel                   // Index: label
	ImmLabels                  // Targets: labels; Index: the default
	ImmFunc                    // Index: function
	ImmType                    // Index: type
	ImmCallIndirect            // Index: type; Index2: table
	ImmLocal                   // Index: local
	ImmGlobal                  // Index: global
	ImmTable                   // Index: table
	ImmMem                     // Align, Value: offset; Index: memory
	ImmMemory                  // Index: memory
	ImmMemoryMemory            // Index: destination memory; Index2: source memory
	ImmDataMemory              // Index: data segment; Index2: memory
	ImmData                    // Index: data segment
	ImmElemTable               // Index: element segment; Index2: table
	ImmElem                    // Index: element segment
	ImmTableTable              // Index: destination table; Index2: source table
	ImmI32                     // Value: zero-extended bits
	ImmI64                     // Value
	ImmF32                     // Value: zero-extended bits
	ImmF64                     // Value: bits
	ImmV128                    // Value, High: bits
	ImmShuffle                 // Value, High: sixteen lanes
	ImmLane                    // Index: lane
	ImmMemLane                 // Align, Value: offset; Index: lane; Index2: memory
	ImmRefType                 // Type
	ImmSelect                  // Type
	ImmFence                   // Index: 0, which the encoding reserves
)

// Feature is a part of the language beyond WebAssembly 1.0, under its proposal's name.
type Feature uint8

const (
	FeatureMVP Feature = iota
	FeatureMutableGlobals
	FeatureSignExtension
	FeatureSaturatingConversion
	FeatureBulkMemory
	FeatureMultiValue
	FeatureReferenceTypes
	FeatureSIMD
	FeatureRelaxedSIMD
	FeatureExceptions
	FeatureLegacyExceptions
	FeatureTailCalls
	FeatureExtendedConst
	FeatureThreads
	FeatureMultiMemory
	FeatureMemory64
	FeatureCustomPageSizes
	FeatureWideArithmetic
	FeatureTypedReferences

	// Features from here on are refused.

	FeatureGC
	FeatureStackSwitching
)

var featureNames = [...]string{
	FeatureMVP:                  "WebAssembly 1.0",
	FeatureMutableGlobals:       "mutable global",
	FeatureSignExtension:        "sign extension",
	FeatureSaturatingConversion: "saturating conversion",
	FeatureBulkMemory:           "bulk memory",
	FeatureMultiValue:           "multi-value",
	FeatureReferenceTypes:       "reference types",
	FeatureSIMD:                 "SIMD",
	FeatureRelaxedSIMD:          "relaxed SIMD",
	FeatureTailCalls:            "tail call",
	FeatureExceptions:           "exception handling",
	FeatureLegacyExceptions:     "legacy exception handling",
	FeatureThreads:              "threads",
	FeatureTypedReferences:      "typed function references",
	FeatureGC:                   "garbage collection",
	FeatureMemory64:             "memory64",
	FeatureMultiMemory:          "multi-memory",
	FeatureExtendedConst:        "extended-const",
	FeatureWideArithmetic:       "wide arithmetic",
	FeatureStackSwitching:       "stack switching",
	FeatureCustomPageSizes:      "custom page sizes",
}

func (f Feature) String() string { return featureNames[f] }

// Supported reports whether modules that use f are accepted.
func (f Feature) Supported() bool { return f < FeatureGC }

// String is the opcode's name in the text format, or its number when it has none.
func (op Op) String() string {
	if op < numOps {
		if n := ops[op].name; n != "" {
			return n
		}
		if n, _ := unsupportedOp(op); n != "" {
			return n
		}
	}
	prefix, code := op.Encoding()
	if prefix == 0 {
		return fmt.Sprintf("0x%02x", code)
	}
	return fmt.Sprintf("0x%02x 0x%02x", prefix, code)
}

// Encoding returns the prefix byte (0 for none) and the number behind it.
func (op Op) Encoding() (prefix byte, code uint32) {
	switch {
	case op < prefixFB:
		return 0, uint32(op)
	case op < prefixFC:
		return 0xfb, uint32(op - prefixFB)
	case op < prefixFE:
		return 0xfc, uint32(op - prefixFC)
	case op < prefixFD:
		return 0xfe, uint32(op - prefixFE)
	}
	return 0xfd, uint32(op - prefixFD)
}

// Imm returns the kind of op's immediates; ImmInvalid for an opcode that is not supported.
func (op Op) Imm() Imm { return ops[op].imm }

// Width returns the number of bytes that a load or store accesses, 0 for other opcodes.
func (op Op) Width() int { return int(ops[op].width) }

// Lanes returns the number of lanes that a vector instruction with a lane as its immediate chooses from.
func (op Op) Lanes() int { return int(sigs[op].lanes) }

// Feature returns the part of the language that brought op.
func (op Op) Feature() Feature {
	if ops[op].name != "" {
		return ops[op].feature
	}
	_, f := unsupportedOp(op)
	return f
}

// Signature returns the operand and result types of op, in the order in which they are
// pushed; fixed is false when they depend on immediates or on the operand stack. Addresses and
// sizes are given as I32: see Module.Wide. The slices are not to be changed.
func (op Op) Signature() (params, results []ValType, fixed bool) {
	s := &sigs[op]
	return s.in[:s.nin], s.out[:s.nout], s.fixed
}

// Wide says which operands of an instruction on memories or tables are I64 where Op.Signature has I32, since the
// addresses there are: bit i for operand i; and whether the result is. The instruction must be valid.
func (m *Module) Wide(in *Inst) (operands uint8, result bool) {
	memory := func(i uint32, operands uint8) uint8 {
		if m.Memories[i].Is64 {
			return operands
		}
		return 0
	}
	table := func(i uint32, operands uint8) uint8 {
		if m.Tables[i].Is64 {
			return operands
		}
		return 0
	}
	// The length of a copy has the narrower of the two types.
	both := func(to, from uint8) uint8 { return to | from | (to&(from>>1))<<2 }
	switch in.Op.Imm() {
	case ImmMem, ImmMemLane:
		operands = memory(in.Memory(), 1)
	case ImmDataMemory:
		operands = memory(in.Index2, 1)
	case ImmMemory:
		if in.Op == OpMemoryFill {
			operands = memory(in.Index, 1|4)
			break
		}
		operands = memory(in.Index, 1)
		result = operands != 0
	case ImmMemoryMemory:
		operands = both(memory(in.Index, 1), memory(in.Index2, 2))
	case ImmElemTable:
		operands = table(in.Index2, 1)
	case ImmTableTable:
		operands = both(table(in.Index, 1), table(in.Index2, 2))
	case ImmTable:
		result = table(in.Index, 1) != 0
	}
	return operands, result
}

// imms is the column of ops that every instruction needs, in few cache lines.
var imms = func() (t [numOps]Imm) {
	for op := range ops {
		t[op] = ops[op].imm
	}
	return t
}()

// signature is the decoded form of opRow.sig.
type signature struct {
	in        [4]ValType
	out       [2]ValType
	nin, nout uint8
	fixed     bool
	plain     bool // fixed, and without immediates that need a check
	lanes     uint8
}

var sigTypes = [256]ValType{'i': I32, 'I': I64, 'f': F32, 'F': F64, 'V': V128}

// sigs is derived from ops once, so that the validator need not parse strings.
var sigs = func() (t [numOps]signature) {
	for op := range ops {
		results := false
		s := &t[op]
		for _, c := range []byte(ops[op].sig) {
			switch {
			case c == ':':
				results, s.fixed = true, true
			case results:
				s.out[s.nout] = sigTypes[c]
				s.nout++
			default:
				s.in[s.nin] = sigTypes[c]
				s.nin++
			}
		}
		switch ops[op].imm {
		case ImmNone, ImmI64, ImmF32, ImmF64, ImmV128:
			s.plain = s.fixed
		case ImmMemLane:
			s.lanes = 16 / ops[op].width
		case ImmLane:
			_, n, _ := strings.Cut(ops[op].name[:strings.IndexByte(ops[op].name, '.')], "x")
			lanes, _ := strconv.Atoi(n)
			s.lanes = uint8(lanes)
		}
	}
	return t
}()
