package command

import (
	"fmt"
	"strings"
)

// mostNamed is how many functions are listed by name.
const mostNamed = 12

func runTrace(in *Interp, c *call) error {
	if c.args == "" {
		names := in.Session.Traced()
		if len(names) == 0 {
			in.printf("No function is traced.\n")
			return nil
		}
		in.printf("%s traced: %s\n", plural(len(names), "function"), listed(names))
		return nil
	}
	pattern := strings.TrimSpace(strings.TrimPrefix(c.args, "-r "))
	names, err := in.Session.Trace(pattern)
	if err != nil {
		return err
	}
	in.printf("Tracing %s.\n", listed(names))
	return nil
}

func runUntrace(in *Interp, c *call) error {
	names, err := in.Session.Untrace(strings.TrimSpace(strings.TrimPrefix(c.args, "-r ")))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("no such function was traced")
	}
	in.printf("Not tracing %s any more.\n", listed(names))
	return nil
}

// listed joins names, the first ones of many.
func listed(names []string) string {
	if n := len(names); n > mostNamed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), n-mostNamed)
	}
	return strings.Join(names, ", ")
}
