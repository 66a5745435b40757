package command

import (
	"fmt"
	"os"
	"strconv"

	"sphex/debugger"
)

func runCheckpoint(in *Interp, c *call) error {
	p, err := in.Session.SetCheckpoint()
	if err != nil {
		return explain(err)
	}
	in.printf("%s\n", describeCheckpoint(&p))
	return nil
}

func describeCheckpoint(p *debugger.Checkpoint) string {
	text := fmt.Sprintf("Checkpoint %d", p.ID)
	if f := p.Frame; f != nil {
		text += fmt.Sprintf(" at %s in %s", where(f), debugger.BriefName(f.Function))
	}
	return text
}

func runCheckpoints(in *Interp, c *call) error {
	words := c.words()
	if len(words) > 0 && (words[0] == "delete" || words[0] == "-d") {
		for _, w := range words[1:] {
			n, err := strconv.Atoi(w)
			if err != nil {
				return fmt.Errorf("%q is no checkpoint's number", w)
			}
			if err := in.Session.RemoveCheckpoint(n); err != nil {
				return err
			}
			in.printf("Checkpoint %d removed.\n", n)
		}
		return nil
	}
	list := in.Session.Checkpoints()
	for i := range list {
		in.printf("%s\n", describeCheckpoint(&list[i]))
	}
	if len(list) == 0 {
		in.printf("No checkpoints.\n")
	}
	return nil
}

func runRestore(in *Interp, c *call) error {
	list := in.Session.Checkpoints()
	if len(list) == 0 {
		return fmt.Errorf("there is no checkpoint; checkpoint saves one")
	}
	id := list[len(list)-1].ID
	if c.args != "" {
		n, err := strconv.Atoi(c.args)
		if err != nil {
			return fmt.Errorf("%q is no checkpoint's number", c.args)
		}
		id = n
	}
	lost := 0
	_, err := in.resume(func() (stop *debugger.Stop, err error) {
		stop, lost, err = in.Session.RestoreCheckpoint(id)
		return stop, err
	})
	if lost > 0 {
		in.printf("%s of then are not open any more.\n", plural(lost, "file"))
	}
	return err
}

func runJump(in *Interp, c *call) error {
	if c.args == "" {
		return fmt.Errorf("jump to which line?")
	}
	spec, err := in.location(c.args)
	if err != nil {
		return err
	}
	_, err = in.resume(func() (*debugger.Stop, error) { return in.Session.JumpTo(spec) })
	return err
}

func runReturn(in *Interp, c *call) error {
	level := in.Level
	_, err := in.resume(func() (*debugger.Stop, error) { return in.Session.ReturnEarly(level, c.args) })
	return err
}

func runCoredump(in *Interp, c *call) error {
	if c.args == "" {
		return fmt.Errorf("coredump to which file?")
	}
	b, err := in.Session.WriteCore("")
	if err == nil {
		err = os.WriteFile(c.args, b, 0o600)
	}
	if err != nil {
		return explain(err)
	}
	in.printf("Core dump of %s in %s.\n", plural(len(b), "byte"), c.args)
	return nil
}
