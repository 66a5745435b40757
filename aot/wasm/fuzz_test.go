package wasm_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"sphex/aot/wasm"
)

// addSpecSeeds adds the small modules of the specification's tests.
func addSpecSeeds(f *testing.F) {
	for _, version := range []string{"v1", "v2"} {
		files, err := filepath.Glob(filepath.Join(specDir(f, version), "*.wasm"))
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds: %v", err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			if len(b) < 2000 {
				f.Add(b)
			}
		}
	}
}

// FuzzDecode does with arbitrary bytes everything that the package does.
func FuzzDecode(f *testing.F) {
	addSpecSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := wasm.Decode(b)
		if err != nil {
			checkError(t, err, b)
			return
		}
		names := m.Names()
		for i := range m.Funcs {
			names.Locals(uint32(i))
			names.Labels(uint32(i))
		}
		var r wasm.Reader
		var in wasm.Inst
		for i := range m.Code {
			body := &m.Code[i]
			if !bytes.Equal(body.Bytes, b[m.FileOffset(body.Code):m.FileOffset(body.End)]) {
				t.Fatalf("body %d is not where its offsets say", i)
			}
			last := body.Code
			for r.Reset(m, body); r.Next(&in); {
				if in.Offset != last {
					t.Fatalf("body %d: instruction at 0x%x, the last one ended at 0x%x", i, in.Offset, last)
				}
				last = r.Offset()
				if in.String() == "" {
					t.Fatalf("body %d: instruction at 0x%x has no text", i, in.Offset)
				}
			}
			if err := r.Err(); err != nil {
				checkError(t, err, b)
			}
		}
		if err := m.Validate(); err != nil {
			checkError(t, err, b)
			return
		}
		var s wasm.Scratch
		for i := range m.Code {
			if err := m.ValidateFunc(i, &s); err != nil {
				checkError(t, err, b)
			}
		}
		bare, err := wasm.Decode(m.WithoutCustom(func(string) bool { return false }))
		if err != nil {
			t.Fatalf("without its custom sections: %v", err)
		}
		if len(bare.Customs) != 0 || len(bare.Code) != len(m.Code) || bare.CodeSize != m.CodeSize {
			t.Fatal("without its custom sections the module is another one")
		}
	})
}

// checkError checks that an error says where.
func checkError(t *testing.T, err error, b []byte) {
	var e *wasm.Error
	if !errors.As(err, &e) {
		t.Fatalf("error of type %T: %v", err, err)
	}
	if int(e.Offset) > len(b) || e.Msg == "" {
		t.Fatalf("bad error %+v", e)
	}
}

// wazeroDiffers are the known differences: what one of us refuses and the other accepts.
var wazeroDiffers = []struct{ ours, theirs, reason string }{
	{"", "reserved bytes not zero", "wazero has no multi-memory"},
	{"", "global index out of range", "since 3.0 constant expressions may name any global before them"},
	{"", "out of range of imported globals", "the same"},
	{"", "at most one", "wazero has no multi-memory"},
	{"", "empty module name", "wazero's own rule"},
	{"", "custom", "wazero refuses a malformed name section and an empty custom section"},
	{"", "unsupported misc instruction", "wazero misreads an opcode behind 0xFC that takes more than one byte"},
	{"integer too large", "", "wazero does not check the last byte of a 64-bit number"},
	{"is mutable", "", "wazero accepts mutable globals in constant expressions; the suite refuses them"},
}

// FuzzOracle compares our verdict with wazero's.
func FuzzOracle(f *testing.F) {
	addSpecSeeds(f)
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(api.CoreFeaturesV2))
	f.Cleanup(func() { rt.Close(ctx) })
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4000 {
			return
		}
		if _, err := wasm.Decode(b); err != nil {
			return // wazero allocates what a count claims, and would end the process
		}
		if bytes.Contains(b, []byte{byte(wasm.OpSelectT), 1}) {
			return // in unreachable code wazero gives the result any type
		}
		_, ours := load(b)
		c, theirs := rt.CompileModule(ctx, b)
		if theirs == nil {
			c.Close(ctx)
		}
		if (ours == nil) == (theirs == nil) {
			return
		}
		var e *wasm.Error
		if errors.As(ours, &e) && e.Feature != wasm.FeatureMVP {
			return
		}
		for _, d := range wazeroDiffers {
			if ours != nil && d.ours != "" && strings.Contains(ours.Error(), d.ours) ||
				theirs != nil && d.theirs != "" && strings.Contains(theirs.Error(), d.theirs) {
				return
			}
		}
		t.Errorf("ours: %v; wazero's: %v\n%x", ours, theirs, b)
	})
}
