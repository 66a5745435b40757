package debuginfo_test

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/wasm"
	"sphex/internal/testneeds"
)

func surveyed(t *testing.T, module string) *debuginfo.Survey {
	t.Helper()
	b, err := os.ReadFile("../../testdata/programs/" + module)
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return debuginfo.Open(m, nil).Survey()
}

// The tallies of main.c of c_steps, without optimisation: its functions are clamp, fact, twice,
// add, classify, is_odd, is_even and main, which have 3+0, 1+1, 1+0, 2+1, 1+1, 1+0, 1+0 and 2+4
// parameters and variables (the i of the for, total, bounded, i).
func TestSurvey(t *testing.T) {
	s := surveyed(t, "c_steps/c_steps-O0.wasm")
	for i := range s.Units {
		u := &s.Units[i]
		if u.Name != "main.c" {
			continue
		}
		if u.Functions != 8 || u.Placed != 19 || u.Variables() != 19 || u.Removed != 0 || u.Inlined != 0 {
			t.Errorf("%+v", u.Tally)
		}
		if !strings.HasPrefix(u.Producer, "Debian clang version 22") || u.Language == "" {
			t.Errorf("%q, %q", u.Producer, u.Language)
		}
		return
	}
	t.Error("no main.c")
}

// llvm-dwarfdump counts the same entries, types and rows; it leaves out those of removed code, too.
func TestSurveyAsDwarfdump(t *testing.T) {
	dwarfdump := testneeds.Tool(t, "llvm-dwarfdump-22")
	typeTag := regexp.MustCompile(`DW_TAG_(base|pointer|structure|class|union|enumeration|array|subrange|const|volatile|restrict|reference|rvalue_reference|subroutine|ptr_to_member|unspecified)_type\b|DW_TAG_typedef\b`)
	row := regexp.MustCompile(`(?m)^0x[0-9a-f]{16} +\d+ .*$`)
	for _, module := range []string{"c_steps/c_steps-O2.wasm", "cpp_shapes/cpp_shapes-O2.wasm", "c_types/c_types-O0-dw4.wasm"} {
		total := surveyed(t, module).Total()
		text, err := exec.Command(dwarfdump, "--debug-info", "--debug-line", "../../testdata/programs/"+module).Output()
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, r := range row.FindAll(text, -1) {
			if !bytes.Contains(r, []byte("end_sequence")) {
				rows++
			}
		}
		entries := len(regexp.MustCompile(`(?m)^0x[0-9a-f]+: +DW_TAG_`).FindAll(text, -1))
		types := 0
		for _, l := range regexp.MustCompile(`(?m)^0x[0-9a-f]+: +DW_TAG_\w+`).FindAll(text, -1) {
			if typeTag.Match(l) {
				types++
			}
		}
		if total.Entries != entries || total.Types != types || total.Rows != rows {
			t.Errorf("%s: %d entries, %d types, %d rows; llvm-dwarfdump has %d, %d, %d", module,
				total.Entries, total.Types, total.Rows, entries, types, rows)
		}
	}
}

// A report names where each loss is, the first ones in order, whichever unit was first.
func TestLosses(t *testing.T) {
	b, err := os.ReadFile("../../testdata/programs/c_steps/c_steps-O2.wasm")
	if err != nil {
		t.Fatal(err)
	}
	var report *debuginfo.Report
	if _, err := aot.Compile(b, aot.Options{Report: func(r *debuginfo.Report) { report = r }}); err != nil {
		t.Fatal(err)
	}
	dead := false
	for _, l := range report.Losses() {
		if len(l.Places) == 0 || len(l.Places) > l.Count || l.Places[0].String() != l.Example {
			t.Errorf("%+v", l)
		}
		for i := 1; i < len(l.Places); i++ {
			if a, b := l.Places[i-1], l.Places[i]; a.Section == b.Section && a.Offset > b.Offset {
				t.Errorf("%s: %v stands before %v", l.Reason, a, b)
			}
		}
		dead = dead || l.Blame() == debuginfo.BlameLinker
		if !strings.Contains(report.String(), l.Example) {
			t.Errorf("the text lacks %s", l.Example)
		}
	}
	if !dead {
		t.Error("musl's data that the linker removed is not among the losses")
	}
}
