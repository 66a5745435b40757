module sphex/bench

go 1.26.0

replace sphex => ../

require (
	github.com/bytecodealliance/wasmtime-go/v39 v39.0.1
	github.com/tetratelabs/wazero v1.12.0
	golang.org/x/sys v0.49.0
	sphex v0.0.0-00010101000000-000000000000
)

require (
	github.com/ianlancetaylor/demangle v0.0.0-20260724033716-83e58baca724 // indirect
	golang.org/x/arch v0.32.0 // indirect
	golang.org/x/crypto v0.45.0 // indirect
)
