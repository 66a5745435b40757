//go:build !linux

package dap

import (
	"errors"
	"net"
	"os"
)

// passesFiles tells whether open files can be handed to another process.
const passesFiles = false

func sendFiles(*net.UnixConn, ...*os.File) error { return errors.ErrUnsupported }

func receiveFiles(*net.UnixConn) (files [3]*os.File, err error) { return files, errors.ErrUnsupported }
