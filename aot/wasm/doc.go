// Package wasm decodes and validates WebAssembly modules. It is the first station of the
// flow: bytes in, a Module out. Everything that the compiler, the DWARF translation and the
// runtime know of the format they know from here.
package wasm
