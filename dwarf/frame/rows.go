package frame

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"sphex/dwarf"
)

// RuleKind says how a register's value in the caller is found.
type RuleKind uint8

const (
	Undefined     RuleKind = iota // it is lost
	SameValue                     // it is unchanged
	Offset                        // in memory at CFA+N
	ValOffset                     // it is CFA+N
	Register                      // it is in register Reg
	Expression                    // in memory at the address that Expr computes with the CFA on the stack
	ValExpression                 // it is what Expr computes with the CFA on the stack; of the CFA, without
	CFARegister                   // only of the CFA: register Reg plus N
)

// Rule is how to find a register's value in the caller, or the CFA.
type Rule struct {
	Kind RuleKind
	Reg  uint64
	N    int64
	Expr []byte // aliases the section
}

// RegRule is the rule of one register.
type RegRule struct {
	Reg  uint64
	Rule Rule
}

// Row is the unwinding table's row for one PC. A register that is not in Regs has no rule:
// what that means is the ABI's matter (callee-saved ones are unchanged, others lost).
type Row struct {
	CFA  Rule      // CFARegister or ValExpression
	Regs []RegRule // ascending by Reg
}

// Rule returns the rule of a register; ok is false if it has none.
func (r *Row) Rule(reg uint64) (rule Rule, ok bool) {
	if i, ok := r.find(reg); ok {
		return r.Regs[i].Rule, true
	}
	return Rule{}, false
}

func (r *Row) find(reg uint64) (int, bool) {
	return slices.BinarySearchFunc(r.Regs, reg, func(a RegRule, reg uint64) int { return cmp.Compare(a.Reg, reg) })
}

func (r *Row) set(reg uint64, rule Rule) {
	i, ok := r.find(reg)
	if !ok {
		r.Regs = slices.Insert(r.Regs, i, RegRule{Reg: reg})
	}
	r.Regs[i].Rule = rule
}

func (r *Row) clone() Row { return Row{r.CFA, slices.Clone(r.Regs)} }

// Call frame instructions (DWARF 5, 7.24).
const (
	cfaAdvanceLoc       = 0x40 // in the two high bits
	cfaOffset           = 0x80
	cfaRestore          = 0xc0
	cfaNop              = 0x00
	cfaSetLoc           = 0x01
	cfaAdvanceLoc1      = 0x02
	cfaAdvanceLoc2      = 0x03
	cfaAdvanceLoc4      = 0x04
	cfaOffsetExtended   = 0x05
	cfaRestoreExtended  = 0x06
	cfaUndefined        = 0x07
	cfaSameValue        = 0x08
	cfaRegister         = 0x09
	cfaRememberState    = 0x0a
	cfaRestoreState     = 0x0b
	cfaDefCFA           = 0x0c
	cfaDefCFARegister   = 0x0d
	cfaDefCFAOffset     = 0x0e
	cfaDefCFAExpression = 0x0f
	cfaExpression       = 0x10
	cfaOffsetExtendedSF = 0x11
	cfaDefCFASF         = 0x12
	cfaDefCFAOffsetSF   = 0x13
	cfaValOffset        = 0x14
	cfaValOffsetSF      = 0x15
	cfaValExpression    = 0x16
	cfaGNUArgsSize      = 0x2e
	cfaGNUNegOffset     = 0x2f
)

// Bounds on what a row may hold, far above what producers need.
const (
	maxRegs  = 512
	maxDepth = 64
)

var (
	errState   = errors.New("no state to restore")
	errDepth   = errors.New("too many remembered states")
	errRegs    = errors.New("too many registers")
	errCFA     = errors.New("the CFA is not a register plus an offset")
	errAdvance = errors.New("location does not advance")
)

// Row executes the instructions up to pc.
func (f *FDE) Row(pc uint64) (*Row, error) {
	var found *Row
	err := f.Rows(func(begin, _ uint64, r *Row) bool {
		if begin > pc {
			return false
		}
		c := r.clone()
		found = &c
		return true
	})
	if found == nil && err == nil {
		err = dwarf.Errorf(f.CIE.section, f.Offset, "no row for 0x%x", pc)
	}
	return found, err
}

// Rows executes all instructions and calls yield for each row, which holds in [begin, end),
// until yield returns false. The Row is reused.
func (f *FDE) Rows(yield func(begin, end uint64, r *Row) bool) error {
	m := machine{cie: f.CIE, fde: f, pc: f.Begin}
	c := dwarf.NewCursor(f.CIE.section, f.CIE.Instructions, f.CIE.insOff)
	if _, err := m.run(&c, nil); err != nil {
		return err
	}
	m.pc = f.Begin
	m.initial = m.row.clone()
	c = dwarf.NewCursor(f.CIE.section, f.Instructions, f.insOff)
	more, err := m.run(&c, yield)
	if more && err == nil && m.pc < f.End {
		yield(m.pc, f.End, &m.row)
	}
	return err
}

type machine struct {
	cie     *CIE
	fde     *FDE
	pc      uint64
	row     Row
	initial Row
	stack   []Row
}

// run executes instructions. With yield it passes on each row that an advance ends; more
// is false when yield asked to stop.
func (m *machine) run(c *dwarf.Cursor, yield func(begin, end uint64, r *Row) bool) (more bool, err error) {
	advance := func(pc uint64) bool {
		if pc < m.pc {
			c.Fail(errAdvance)
			return false
		}
		if pc > m.pc && m.pc < m.fde.End && yield != nil && !yield(m.pc, min(pc, m.fde.End), &m.row) {
			return false
		}
		m.pc = pc
		return true
	}
	factored := func(v uint64) int64 { return int64(v) * m.cie.DataAlign }
	for c.Len() > 0 {
		op := c.U8()
		low := uint64(op & 0x3f)
		switch op & 0xc0 {
		case cfaAdvanceLoc:
			if !advance(m.pc + low*m.cie.CodeAlign) {
				return false, c.Err()
			}
			continue
		case cfaOffset:
			m.set(c, low, Rule{Kind: Offset, N: factored(c.ULEB())})
			continue
		case cfaRestore:
			m.restore(c, low)
			continue
		}
		more := true
		switch op {
		case cfaNop:
		case cfaSetLoc:
			p := parser{section: m.cie.section}
			more = advance(p.pointer(c, m.cie, m.cie.ptrEnc&0x0f))
		case cfaAdvanceLoc1:
			more = advance(m.pc + uint64(c.U8())*m.cie.CodeAlign)
		case cfaAdvanceLoc2:
			more = advance(m.pc + uint64(c.U16())*m.cie.CodeAlign)
		case cfaAdvanceLoc4:
			more = advance(m.pc + uint64(c.U32())*m.cie.CodeAlign)
		case cfaOffsetExtended:
			m.set(c, c.ULEB(), Rule{Kind: Offset, N: factored(c.ULEB())})
		case cfaOffsetExtendedSF:
			m.set(c, c.ULEB(), Rule{Kind: Offset, N: factored(uint64(c.SLEB()))})
		case cfaGNUNegOffset:
			m.set(c, c.ULEB(), Rule{Kind: Offset, N: -factored(c.ULEB())})
		case cfaRestoreExtended:
			m.restore(c, c.ULEB())
		case cfaUndefined:
			m.set(c, c.ULEB(), Rule{Kind: Undefined})
		case cfaSameValue:
			m.set(c, c.ULEB(), Rule{Kind: SameValue})
		case cfaRegister:
			m.set(c, c.ULEB(), Rule{Kind: Register, Reg: c.ULEB()})
		case cfaRememberState:
			if len(m.stack) == maxDepth {
				c.Fail(errDepth)
				break
			}
			m.stack = append(m.stack, m.row.clone())
		case cfaRestoreState:
			n := len(m.stack) - 1
			if n < 0 {
				c.Fail(errState)
				break
			}
			m.row, m.stack = m.stack[n], m.stack[:n]
		case cfaDefCFA:
			m.row.CFA = Rule{Kind: CFARegister, Reg: c.ULEB(), N: int64(c.ULEB())}
		case cfaDefCFASF:
			m.row.CFA = Rule{Kind: CFARegister, Reg: c.ULEB(), N: factored(uint64(c.SLEB()))}
		case cfaDefCFARegister, cfaDefCFAOffset, cfaDefCFAOffsetSF:
			if m.row.CFA.Kind != CFARegister {
				c.Fail(errCFA)
				break
			}
			switch op {
			case cfaDefCFARegister:
				m.row.CFA.Reg = c.ULEB()
			case cfaDefCFAOffset:
				m.row.CFA.N = int64(c.ULEB())
			default:
				m.row.CFA.N = factored(uint64(c.SLEB()))
			}
		case cfaDefCFAExpression:
			m.row.CFA = Rule{Kind: ValExpression, Expr: c.Bytes(c.ULEB())}
		case cfaExpression:
			m.set(c, c.ULEB(), Rule{Kind: Expression, Expr: c.Bytes(c.ULEB())})
		case cfaValExpression:
			m.set(c, c.ULEB(), Rule{Kind: ValExpression, Expr: c.Bytes(c.ULEB())})
		case cfaValOffset:
			m.set(c, c.ULEB(), Rule{Kind: ValOffset, N: factored(c.ULEB())})
		case cfaValOffsetSF:
			m.set(c, c.ULEB(), Rule{Kind: ValOffset, N: factored(uint64(c.SLEB()))})
		case cfaGNUArgsSize:
			c.ULEB()
		default:
			c.Fail(fmt.Errorf("unknown call frame instruction 0x%x", op))
		}
		if !more || c.Err() != nil {
			return false, c.Err()
		}
	}
	return true, c.Err()
}

func (m *machine) set(c *dwarf.Cursor, reg uint64, r Rule) {
	if c.Err() != nil {
		return
	}
	if len(m.row.Regs) >= maxRegs {
		c.Fail(errRegs)
		return
	}
	m.row.set(reg, r)
}

// restore gives reg the rule that the CIE's instructions gave it.
func (m *machine) restore(c *dwarf.Cursor, reg uint64) {
	if rule, ok := m.initial.Rule(reg); ok {
		m.set(c, reg, rule)
	} else if i, ok := m.row.find(reg); ok {
		m.row.Regs = slices.Delete(m.row.Regs, i, i+1)
	}
}
