package value

import "testing"

func TestDumpRust(t *testing.T) {
	p := run(t, "rs_types/rs_types-debug.wasm", "break_here17h")
	for i, line := range []int{79, 99, 121, 149, 184} {
		s := p.scope(t, "main.rs", line, i)
		for _, v := range append(s.Arguments(), s.Locals()...) {
			n, x := v.NumChildren()
			t.Logf("%s: %s = %s  [%d+%d %v]", v.Name, v.TypeName(false), v, n, x, v.Kind())
		}
	}
}

func dumpAt(t *testing.T, prog, fn, file string, line, n int, adjust uint64) {
	p := run(t, prog, fn)
	t.Log(prog, fn, len(p.shots))
	s := p.scope(t, file, line, n)
	s.frameBase += adjust
	for _, v := range append(s.Arguments(), s.Locals()...) {
		n, x := v.NumChildren()
		t.Logf("%s: %s = %s  [%d+%d %v]", v.Name, v.TypeName(false), v, n, x, v.Kind())
	}
}

func TestDumpC(t *testing.T) {
	dumpAt(t, "c_types/c_types-O0-dw5.wasm", "__fixtfsi", "main.c", 80, 0, 0)
	dumpAt(t, "c_types/c_types-O0-dw5.wasm", "sub", "main.c", 105, 0, 32)
	dumpAt(t, "c_types/c_types-O0-dw5.wasm", "snprintf", "main.c", 121, 0, 0)
}

func TestDumpCPP(t *testing.T) {
	dumpAt(t, "cpp_stl/cpp_stl-O0-dw4.wasm", "depth(", "main.cpp", 97, 0, 0)
	dumpAt(t, "cpp_stl/cpp_stl-O0-dw4.wasm", "std::__2::basic_string<char16_t, std::__2::char_traits<char16_t>, std::__2::allocator<char16_t>>::size[abi:nqn220108](", "main.cpp", 51, 0, 0)
	dumpAt(t, "cpp_stl/cpp_stl-O0-dw4.wasm", "std::__2::priority_queue<int, std::__2::vector<int, std::__2::allocator<int>>, std::__2::less<int>>::top[abi:nqn220108](", "main.cpp", 77, 0, 0)
	dumpAt(t, "cpp_shapes/cpp_shapes-O0.wasm", "total(", "main.cpp", 86, 0, 0)
}
