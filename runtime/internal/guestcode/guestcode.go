//go:build linux && amd64

package guestcode

import (
	"bytes"
	"fmt"
	"unsafe"

	"sphex/aot/abi"
)

// SiteNop is the stop site in the function sites.
var SiteNop = []byte{0x0f, 0x1f, 0x44, 0x00, 0x00}

func table() *[len(names)]uintptr

// names has the functions in the order of the table in the assembly.
var names = [...]string{
	"entry", "import", "add", "load", "store", "null", "div", "ud2", "jump", "regs", "count",
	"nops", "sites", "hosts", "recurse", "spin", "fib", "mix", "wide", "gp", "nested",
}

// Code returns the bytes of a function.
func Code(name string) []byte {
	for i, n := range names {
		if n == name {
			p := *(*unsafe.Pointer)(unsafe.Pointer(&table()[i]))
			code := unsafe.Slice((*byte)(p), 2048)
			return code[:bytes.Index(code, bytes.Repeat([]byte{0x0f, 0x0b}, 4))]
		}
	}
	panic(fmt.Sprintf("guestcode: no function %q", name))
}

// Find returns where a pattern is in a function.
func Find(name string, pattern []byte) abi.TextOffset {
	i := bytes.Index(Code(name), pattern)
	if i < 0 {
		panic(fmt.Sprintf("guestcode: no %x in %q", pattern, name))
	}
	return abi.TextOffset(i)
}
