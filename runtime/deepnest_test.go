//go:build linux && amd64

package runtime_test

import (
	"context"
	"testing"

	"sphex/aot/abi"
	"sphex/runtime"
)

// A guest that calls itself through the host without end comes to an end before Go's stack does, however large its own is.
func TestNestedWithoutEnd(t *testing.T) {
	for _, size := range []uint64{runtime.DefaultStackSize, 1 << 30} {
		depth := 0
		in := hostGuest(t, runtime.Config{StackSize: size}, map[string]any{"ask": func(ctx context.Context, in *runtime.Instance, _ int32) (int32, error) {
			depth++
			_, err := in.Call(ctx, "asks", 1)
			return 0, err
		}})
		if err := traps(in, abi.TrapStack, "asks", 1); err != nil {
			t.Error(err)
		}
		if depth < 1000 {
			t.Errorf("with a stack of %d bytes only %d calls nest", size, depth)
		}
		if r, err := in.Call(context.Background(), "add", 1, 2); err != nil || r[0] != 3 {
			t.Errorf("behind that: %v, %v", r, err)
		}
	}
}
