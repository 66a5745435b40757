package dap

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// passesFiles tells whether open files can be handed to another process.
const passesFiles = true

// sendFiles hands three files over.
func sendFiles(conn *net.UnixConn, files ...*os.File) error {
	var fds []int
	for _, f := range files {
		fds = append(fds, int(f.Fd()))
	}
	_, _, err := conn.WriteMsgUnix([]byte{0}, syscall.UnixRights(fds...), nil)
	return err
}

// receiveFiles takes what sendFiles has sent.
func receiveFiles(conn *net.UnixConn) (files [3]*os.File, err error) {
	control := make([]byte, syscall.CmsgSpace(4*len(files)))
	_, n, _, _, err := conn.ReadMsgUnix(make([]byte, 1), control)
	if err != nil {
		return files, err
	}
	messages, err := syscall.ParseSocketControlMessage(control[:n])
	if err != nil {
		return files, err
	}
	var fds []int
	for i := range messages {
		got, err := syscall.ParseUnixRights(&messages[i])
		if err != nil {
			return files, err
		}
		fds = append(fds, got...)
	}
	if len(fds) != len(files) {
		for _, fd := range fds {
			syscall.Close(fd)
		}
		return files, errors.New("three files were expected")
	}
	for i, fd := range fds {
		syscall.CloseOnExec(fd)
		files[i] = os.NewFile(uintptr(fd), "terminal")
	}
	return files, nil
}
