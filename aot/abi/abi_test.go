package abi

import (
	"testing"
	"unsafe"
)

// The assembly and the generated code know Context by number only.
func TestOffsets(t *testing.T) {
	var c Context
	var f FuncRef
	for _, r := range []struct {
		name      string
		got, want uintptr
	}{
		{"Regs", unsafe.Offsetof(c.Regs), OffRegs},
		{"PC", unsafe.Offsetof(c.PC), OffPC},
		{"Flags", unsafe.Offsetof(c.Flags), OffFlags},
		{"SP", unsafe.Offsetof(c.SP), OffSP},
		{"GoSP", unsafe.Offsetof(c.GoSP), OffGoSP},
		{"GoBP", unsafe.Offsetof(c.GoBP), OffGoBP},
		{"Reason", unsafe.Offsetof(c.Reason), OffReason},
		{"Entry", unsafe.Offsetof(c.Entry), OffEntry},
		{"EntryFn", unsafe.Offsetof(c.EntryFn), OffEntryFn},
		{"StackTop", unsafe.Offsetof(c.StackTop), OffStackTop},
		{"HostFunc", unsafe.Offsetof(c.HostFunc), OffHostFunc},
		{"HostSP", unsafe.Offsetof(c.HostSP), OffHostSP},
		{"HostStub", unsafe.Offsetof(c.HostStub), OffHostStub},
		{"SiteStub", unsafe.Offsetof(c.SiteStub), OffSiteStub},
		{"DoneStub", unsafe.Offsetof(c.DoneStub), OffDoneStub},
		{"Pause", unsafe.Offsetof(c.Pause), OffPause},
		{"MXCSR", unsafe.Offsetof(c.MXCSR), OffMXCSR},
		{"VecValid", unsafe.Offsetof(c.VecValid), OffVecValid},
		{"Fuel", unsafe.Offsetof(c.Fuel), OffFuel},
		{"XMM", unsafe.Offsetof(c.XMM), OffXMM},
		{"YMMHigh", unsafe.Offsetof(c.YMMHigh), OffYMMHigh},
		{"Args", unsafe.Offsetof(c.Args), OffArgs},
		{"FuncRef.Code", unsafe.Offsetof(f.Code), FuncRefCode},
		{"FuncRef.Type", unsafe.Offsetof(f.Type), FuncRefType},
		{"FuncRef.Context", unsafe.Offsetof(f.Context), FuncRefContext},
		{"FuncRef.Index", unsafe.Offsetof(f.Index), FuncRefIndex},
		{"FuncRef", unsafe.Sizeof(f), FuncRefSize},
	} {
		if r.got != r.want {
			t.Errorf("%s is at %#x, the constant says %#x", r.name, r.got, r.want)
		}
	}
	if s := unsafe.Sizeof(c); s > HeadSize {
		t.Errorf("the head takes %#x bytes of %#x", s, HeadSize)
	}
}
