package wasm

import (
	"bytes"
	"strings"
)

// foreign are the first bytes of files that people take for a module, with what to do about them.
var foreign = []struct{ head, what string }{
	{"\x1f\x8b", "the file is packed by gzip: unpack it first"},
	{"\x28\xb5\x2f\xfd", "the file is packed by zstd: unpack it first"},
	{"BZh", "the file is packed by bzip2: unpack it first"},
	{"\xfd7zXZ", "the file is packed by xz: unpack it first"},
	{"PK\x03\x04", "the file is a zip archive: unpack it first"},
	{"!<arch>\n", "the file is an archive of object files, not a linked module"},
	{"BC\xc0\xde", "the file is LLVM bitcode: link it to a module first"},
	{"\x7fELF", "the file is an ELF file, not WebAssembly"},
	{"(module", "the file is a module's text: wat2wasm makes a module of it"},
	{"(component", "the file is a component's text"},
}

// notModule says what a file is that is none of WebAssembly, as the end of a message; "" if that is not known.
func notModule(file []byte) string {
	if len(file) == 0 {
		return ": the file is empty"
	}
	head := string(bytes.TrimLeft(file[:min(len(file), 256)], " \t\r\n"))
	for _, f := range foreign {
		if strings.HasPrefix(head, f.head) {
			return ": " + f.what
		}
	}
	return ": the file is no WebAssembly"
}
