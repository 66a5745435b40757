package command

import (
	"fmt"
	"strconv"
	"strings"

	"sphex/debugger"
)

// runStep steps into calls: step [COUNT], step -l, step -t NAME.
func runStep(in *Interp, c *call) error {
	flag, rest, _ := strings.Cut(c.args, " ")
	switch rest = strings.TrimSpace(rest); {
	case flag == "-l":
		return listTargets(in)
	case flag == "-t" && rest != "":
		return runStepInto(in, &call{args: rest})
	}
	return stepper("step")(in, c)
}

func listTargets(in *Interp) error {
	list, err := in.Session.StepTargets()
	if err != nil {
		return explain(err)
	}
	if len(list) == 0 {
		in.printf("This statement calls nothing that can be entered.\n")
	}
	for _, t := range list {
		name := debugger.BriefName(t.Name)
		if t.Name == "" {
			name = "(a call through a table)"
		}
		if t.Inlined {
			name += " (inlined)"
		}
		in.printf("%d  %s\n", t.ID, name)
	}
	return nil
}

// runStepInto steps into one call of the present statement, by its name or its number in step -l.
func runStepInto(in *Interp, c *call) error {
	if c.args == "" {
		return fmt.Errorf("into which call? step -l lists those of this statement")
	}
	_, err := in.resume(func() (*debugger.Stop, error) {
		if id, err := strconv.Atoi(c.args); err == nil {
			return in.Session.StepIntoTarget(id)
		}
		return in.Session.StepInto(c.args)
	})
	return err
}

func completeTargets(in *Interp, word string) []string {
	list, _ := in.Session.StepTargets()
	var out []string
	for _, t := range list {
		if t.Name != "" && strings.HasPrefix(t.Name, word) {
			out = append(out, t.Name)
		}
	}
	return out
}

// runSkip adds rules for what steps leave out: skip function PATTERN, skip file PATTERN, skip delete N,
// skip libraries on|off; alone, it lists them.
func runSkip(in *Interp, c *call) error {
	what, rest, _ := strings.Cut(c.args, " ")
	rest = strings.TrimSpace(rest)
	var rule debugger.SkipRule
	switch {
	case what == "" || what == "list":
		rules := in.Session.Skips()
		for i := range rules {
			in.printf("%d  %s\n", rules[i].ID, rules[i].String())
		}
		if len(rules) == 0 {
			in.printf("No rules. Steps in the program's own code leave libraries out.\n")
		}
		return nil
	case what == "delete" && rest == "all":
		for _, r := range in.Session.Skips() {
			if err := in.Session.Unskip(r.ID); err != nil {
				return err
			}
		}
		return nil
	case what == "delete":
		id, err := strconv.Atoi(rest)
		if err != nil {
			return fmt.Errorf("%q is no rule's number", rest)
		}
		return in.Session.Unskip(id)
	case what == "libraries" && (rest == "on" || rest == "off"):
		return in.Session.StepIntoLibraries(rest == "off")
	case what == "function" || what == "file":
		if rest == "" {
			f, err := in.frame()
			if err != nil {
				return explain(err)
			}
			if rest = f.Function; what == "file" {
				rest = f.File
			}
		}
		if rule.Function = rest; what == "file" {
			rule = debugger.SkipRule{File: rest}
		}
	case rest == "":
		rule.Function = what
	default:
		return fmt.Errorf("skip what? function PATTERN, file PATTERN, delete N, libraries on or off")
	}
	rule, err := in.Session.Skip(rule)
	if err == nil {
		in.printf("Steps skip %s (rule %d).\n", rule.String(), rule.ID)
	}
	return err
}
