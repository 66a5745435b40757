package debuginfo_test

import (
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
)

// TestSize holds what the output may take: 1.3 times the input. An index of names, a table of
// call frames and a list of addresses are new in it; what is of removed code is gone.
func TestSize(t *testing.T) {
	for _, path := range debuginfo.Programs {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			m := debuginfo.ReadModule(t, path)
			in, out := 0, 0
			for i := range m.Customs {
				if c := &m.Customs[i]; strings.HasPrefix(c.Name, ".debug_") {
					in += len(c.Data)
				}
			}
			o, err := aot.Compile(m.Bytes, aot.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, data := range o.Debug {
				out += len(data)
			}
			if in == 0 || out == 0 {
				t.Fatalf("%d bytes of debug information became %d", in, out)
			}
			t.Logf("%d bytes became %d: %.2f times", in, out, float64(out)/float64(in))
			if 10*out > 13*in {
				t.Errorf("%d bytes of debug information became %d", in, out)
				for name, data := range o.Debug {
					t.Logf("%s: %d, was %d", name, len(data), len(m.Custom(name)))
				}
			}
		})
	}
}
