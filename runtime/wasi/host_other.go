//go:build !linux

package wasi

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// addSystemStat adds nothing: device, inode and the other times are not portable.
func addSystemStat(*Stat, fs.FileInfo) {}

func setTimes(*os.File, time.Time, time.Time) error { return ENOTSUP }

func cpuTime(Clock) (int64, error) { return 0, ENOTSUP }

func isTerminal(*os.File) bool { return true } // a character device is all that is known

func readable(any) bool { return true } // nothing is known

func hasRoom(syscall.RawConn, int) bool { return false }

// renameOnto renames a directory onto another, which package os does not, and POSIX does if that is empty.
func renameOnto(root *os.Root, from, into string, was fs.FileMode) error {
	if err := root.Remove(into); err != nil {
		return err
	}
	err := root.Rename(from, into)
	if err != nil {
		err = errors.Join(err, root.Mkdir(into, was.Perm()))
	}
	return err
}
