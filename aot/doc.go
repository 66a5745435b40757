// Package aot compiles a WebAssembly module ahead of time: bytes of a .wasm in, an object
// with native code, code map and rewritten debug information out. Compile is the whole way
// on one screen; the stations are packages below this one.
package aot
