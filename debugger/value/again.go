package value

import "sphex/aot/abi"

// Again returns what v was as it is now: f is a frame of a later stop. The place is the one that v had, by bytes
// further on. Only a value that is in memory has one; see NativeAddr.
func (v *Variable) Again(f Frame, by abi.Addr) *Variable {
	scope := &Scope{Table: v.scope.Table, Types: v.scope.Types, Frame: f, Sym: v.scope.Sym}
	loc := v.loc
	loc.addr += by
	return &Variable{Name: v.Name, EvalName: v.EvalName, typ: v.typ, loc: loc, scope: scope}
}
