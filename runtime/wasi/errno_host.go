//go:build !plan9

package wasi

import "syscall"

// hostErrno maps the host's error numbers.
var hostErrno = map[syscall.Errno]Errno{
	syscall.E2BIG: E2BIG, syscall.EACCES: EACCES, syscall.EAGAIN: EAGAIN, syscall.EBADF: EBADF,
	syscall.ECONNABORTED: ECONNABORTED, syscall.ECONNRESET: ECONNRESET, syscall.ENOTCONN: ENOTCONN,
	syscall.EBUSY: EBUSY, syscall.EDQUOT: EDQUOT, syscall.EEXIST: EEXIST,
	syscall.EFAULT: EFAULT, syscall.EFBIG: EFBIG, syscall.EILSEQ: EILSEQ,
	syscall.EINTR: EINTR, syscall.EINVAL: EINVAL, syscall.EIO: EIO, syscall.EISDIR: EISDIR,
	syscall.ELOOP: ELOOP, syscall.EMFILE: EMFILE, syscall.EMLINK: EMLINK,
	syscall.ENAMETOOLONG: ENAMETOOLONG, syscall.ENFILE: ENFILE, syscall.ENODEV: ENODEV,
	syscall.ENOENT: ENOENT, syscall.ENOMEM: ENOMEM, syscall.ENOSPC: ENOSPC,
	syscall.ENOSYS: ENOSYS, syscall.ENOTDIR: ENOTDIR, syscall.ENOTEMPTY: ENOTEMPTY,
	syscall.ENOTSUP: ENOTSUP, syscall.ENOTTY: ENOTTY, syscall.ENXIO: ENXIO,
	syscall.EOVERFLOW: EOVERFLOW, syscall.EPERM: EPERM, syscall.EPIPE: EPIPE,
	syscall.ERANGE: ERANGE, syscall.EROFS: EROFS, syscall.ESPIPE: ESPIPE,
	syscall.ETIMEDOUT: ETIMEDOUT, syscall.ETXTBSY: ETXTBSY, syscall.EXDEV: EXDEV,
}
