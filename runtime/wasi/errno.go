package wasi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Errno is a WASI error number. The zero value is success.
type Errno uint16

// The error numbers of preview 1 that this package gives.
const (
	ESUCCESS     Errno = 0
	E2BIG        Errno = 1
	EACCES       Errno = 2
	EAGAIN       Errno = 6
	EBADF        Errno = 8
	EBUSY        Errno = 10
	ECONNABORTED Errno = 13
	ECONNRESET   Errno = 15
	EDQUOT       Errno = 19
	EEXIST       Errno = 20
	EFAULT       Errno = 21
	EFBIG        Errno = 22
	EILSEQ       Errno = 25
	EINTR        Errno = 27
	EINVAL       Errno = 28
	EIO          Errno = 29
	EISDIR       Errno = 31
	ELOOP        Errno = 32
	EMFILE       Errno = 33
	EMLINK       Errno = 34
	ENAMETOOLONG Errno = 37
	ENFILE       Errno = 41
	ENODEV       Errno = 43
	ENOENT       Errno = 44
	ENOMEM       Errno = 48
	ENOSPC       Errno = 51
	ENOSYS       Errno = 52
	ENOTCONN     Errno = 53
	ENOTDIR      Errno = 54
	ENOTEMPTY    Errno = 55
	ENOTSOCK     Errno = 57
	ENOTSUP      Errno = 58
	ENOTTY       Errno = 59
	ENXIO        Errno = 60
	EOVERFLOW    Errno = 61
	EPERM        Errno = 63
	EPIPE        Errno = 64
	ERANGE       Errno = 68
	EROFS        Errno = 69
	ESPIPE       Errno = 70
	ETIMEDOUT    Errno = 73
	ETXTBSY      Errno = 74
	EXDEV        Errno = 75
	ENOTCAPABLE  Errno = 76
)

var errnoNames = map[Errno]string{
	ESUCCESS: "ESUCCESS", E2BIG: "E2BIG", EACCES: "EACCES", EAGAIN: "EAGAIN", EBADF: "EBADF",
	EBUSY: "EBUSY", ECONNABORTED: "ECONNABORTED", ECONNRESET: "ECONNRESET", EDQUOT: "EDQUOT", EEXIST: "EEXIST", EFAULT: "EFAULT", EFBIG: "EFBIG",
	EILSEQ: "EILSEQ", EINTR: "EINTR", EINVAL: "EINVAL", EIO: "EIO", EISDIR: "EISDIR",
	ELOOP: "ELOOP", EMFILE: "EMFILE", EMLINK: "EMLINK", ENAMETOOLONG: "ENAMETOOLONG",
	ENFILE: "ENFILE", ENODEV: "ENODEV", ENOENT: "ENOENT", ENOMEM: "ENOMEM", ENOSPC: "ENOSPC",
	ENOSYS: "ENOSYS", ENOTCONN: "ENOTCONN", ENOTDIR: "ENOTDIR", ENOTEMPTY: "ENOTEMPTY", ENOTSOCK: "ENOTSOCK",
	ENOTSUP: "ENOTSUP", ENOTTY: "ENOTTY", ENXIO: "ENXIO", EOVERFLOW: "EOVERFLOW",
	EPERM: "EPERM", EPIPE: "EPIPE", ERANGE: "ERANGE", EROFS: "EROFS", ESPIPE: "ESPIPE",
	ETIMEDOUT: "ETIMEDOUT", ETXTBSY: "ETXTBSY", EXDEV: "EXDEV", ENOTCAPABLE: "ENOTCAPABLE",
}

func (e Errno) Error() string {
	if s, ok := errnoNames[e]; ok {
		return s
	}
	return fmt.Sprintf("errno(%d)", uint16(e))
}

// errnoOf turns an error of the host into what the guest gets. ok is false for errors that
// are not the guest's to see: a cancelled context ends the run.
func errnoOf(err error) (e Errno, ok bool) {
	if err == nil {
		return ESUCCESS, true
	}
	if errors.As(err, &e) {
		return e, true
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return 0, false
	}
	var exit *ExitError
	if errors.As(err, &exit) {
		return 0, false
	}
	var sys syscall.Errno
	if errors.As(err, &sys) {
		if e, ok := hostErrno[sys]; ok {
			return e, true
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ENOENT, true
	case errors.Is(err, fs.ErrExist):
		return EEXIST, true
	case errors.Is(err, fs.ErrPermission):
		return EACCES, true
	case errors.Is(err, fs.ErrInvalid):
		return EINVAL, true
	case errors.Is(err, fs.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return EBADF, true
	case errors.Is(err, errors.ErrUnsupported):
		return ENOTSUP, true
	case sys != 0:
		return EIO, true
	}
	// What os.Root refuses because it leads outside has an error without a name of its own.
	var path *fs.PathError
	var link *os.LinkError
	if errors.As(err, &path) || errors.As(err, &link) {
		return EPERM, true
	}
	return EIO, true
}
