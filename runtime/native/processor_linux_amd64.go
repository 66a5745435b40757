package native

import (
	"fmt"
	"strings"

	"golang.org/x/sys/cpu"
)

// checkProcessor says what this machine lacks of the instructions that compiled code uses.
// LZCNT, which has no flag here, came with BMI1 at the latest.
func checkProcessor() error {
	var missing []string
	for _, f := range []struct {
		name string
		have bool
	}{
		{"SSE4.1", cpu.X86.HasSSE41}, {"SSE4.2", cpu.X86.HasSSE42}, {"POPCNT", cpu.X86.HasPOPCNT},
		{"BMI1", cpu.X86.HasBMI1}, {"BMI2", cpu.X86.HasBMI2},
	} {
		if !f.have {
			missing = append(missing, f.name)
		}
	}
	if missing != nil {
		return fmt.Errorf("this processor lacks %s, which compiled code uses", strings.Join(missing, ", "))
	}
	return nil
}
