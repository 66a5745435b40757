//go:build unix

package tui

import "golang.org/x/sys/unix"

// stopProcess stops this process and those of its job, as Ctrl-Z does outside of the view.
func stopProcess() { _ = unix.Kill(0, unix.SIGTSTP) } // to whom one belongs oneself
