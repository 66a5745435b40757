package command

import (
	"fmt"
	"strings"
)

// runPtype prints the definition of a type.
func runPtype(in *Interp, c *call) error {
	letters, what := c.format, c.args
	if first, behind, _ := strings.Cut(what, " "); strings.HasPrefix(first, "/") {
		letters, what = first[1:], strings.TrimSpace(behind)
	}
	if letters != "" && letters != "o" {
		return fmt.Errorf("unknown format /%s: ptype knows /o, offsets and sizes", letters)
	}
	if what == "" {
		return fmt.Errorf("the type of what? an expression, or the name of a type")
	}
	lines, err := in.Session.Describe(in.Level, what, letters == "o")
	if err != nil {
		return explain(err)
	}
	for _, l := range lines {
		in.printf("%s\n", l)
	}
	return nil
}
