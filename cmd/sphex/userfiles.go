package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// terminalFlags are those of the commands with a prompt.
type terminalFlags struct{ noInit, view bool }

func (t *terminalFlags) add(c *cobra.Command) {
	t.addInit(c)
	c.Flags().BoolVar(&t.view, "tui", false, "open the full-screen view")
}

func (t *terminalFlags) addInit(c *cobra.Command) {
	c.Flags().BoolVarP(&t.noInit, "no-init", "n", false, "do not run the commands of the file that config -file names")
}

// init is the file of commands that the prompt begins with, "" for none.
func (t *terminalFlags) init() string {
	if t.noInit {
		return ""
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "sphex", "init")
}

// historyFile is where the terminal keeps what was typed, "" if there is no place for it.
func historyFile() string {
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	dir = filepath.Join(dir, "sphex")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	return filepath.Join(dir, "history")
}
