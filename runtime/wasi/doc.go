// Package wasi is WASI preview 1 (wasi_snapshot_preview1): what a guest can learn from and do
// to the world outside of its memory.
//
// A call passes three steps. The table in calls.go has one row per function: its name and its
// parameters by kind, from which the WebAssembly signature and the decoding follow, so that
// every guest pointer is checked in one place before anything happens. The row's function
// works on descriptors (fds.go). Every effect then passes World and File (world.go), the two
// interfaces where a recorder or a sandbox of another kind can stand; host.go and hostdir.go
// are the ordinary ones, which reach files only through os.Root, so that no path leaves a
// directory that was opened for the guest.
//
// Error codes, rights and the numbering of descriptors follow wasmtime: 0 to 2 are the
// standard streams and the opened directories follow from 3. Rights other than those to read
// and to write are reported but not enforced.
//
// Source: the witx files of preview 1, https://github.com/WebAssembly/WASI.
package wasi
