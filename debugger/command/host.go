package command

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

var errNotLocal = errors.New("that is to be had in the terminal only")

// runShell runs a command of the system's shell.
func runShell(in *Interp, c *call) error {
	if !in.Local {
		return errNotLocal
	}
	if c.args == "" {
		return fmt.Errorf("shell needs a command")
	}
	return in.system(c.args)
}

// runMake is shell make.
func runMake(in *Interp, c *call) error {
	if !in.Local {
		return errNotLocal
	}
	return in.system(strings.TrimSpace("make " + c.args))
}

func (in *Interp) system(text string) error {
	shell := os.Getenv("SHELL")
	if shell == "" {
		shell = "/bin/sh"
	}
	cmd := exec.Command(shell, "-c", text)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, in.Out, in.Out
	var failed error
	run := func() { failed = cmd.Run() }
	if in.Aside != nil {
		in.Aside(cmd, run)
	} else {
		cmd.Stdin = nil
		run()
	}
	var exit *exec.ExitError
	if errors.As(failed, &exit) {
		return fmt.Errorf("the command ended with %v", exit)
	}
	return failed
}

// runDirectory changes the folder in which names of files count.
func runDirectory(in *Interp, c *call) error {
	if !in.Local {
		return errNotLocal
	}
	dir := c.args
	if dir == "" || dir == "~" || strings.HasPrefix(dir, "~/") {
		home, err := os.UserHomeDir()
		if err != nil {
			return err
		}
		dir = home + strings.TrimPrefix(dir, "~")
	}
	if err := os.Chdir(dir); err != nil {
		return err
	}
	return runWorkingDirectory(in, c)
}

func runWorkingDirectory(in *Interp, c *call) error {
	if !in.Local {
		return errNotLocal
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	in.printf("%s\n", dir)
	return nil
}

func runEcho(in *Interp, c *call) error {
	text := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\"`, `"`).Replace(c.args)
	in.printf("%s", text)
	if !strings.HasSuffix(text, "\n") {
		in.printf("\n")
	}
	return nil
}

func runVersion(in *Interp, _ *call) error {
	in.printf("sphex %s\n", in.Version)
	return nil
}

// runView opens the full-screen view, where there is a terminal.
func runView(in *Interp, c *call) error {
	if in.View == nil {
		return errNotLocal
	}
	return in.View(c.args)
}
