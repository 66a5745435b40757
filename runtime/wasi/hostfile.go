package wasi

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// hostFile is an open file of the host that is no directory.
type hostFile struct {
	noFile
	f        *os.File
	typ      FileType
	readOnly bool
}

func (h *hostFile) Type() FileType { return h.typ }

func (h *hostFile) Stat() (Stat, error) {
	info, err := h.f.Stat()
	if err != nil {
		return Stat{}, err
	}
	return statOf(info), nil
}

func (h *hostFile) SetTimes(access, modify time.Time) error {
	if h.readOnly {
		return EROFS
	}
	return setTimes(h.f, access, modify)
}

func (h *hostFile) Close() error { return h.f.Close() }

func (h *hostFile) Sync() error {
	if h.typ != TypeRegularFile {
		return nil
	}
	return h.f.Sync()
}

func (h *hostFile) Truncate(size int64) error { return h.f.Truncate(size) }

func (h *hostFile) Seek(off int64, whence int) (int64, error) { return h.f.Seek(off, whence) }

func (h *hostFile) Read(ctx context.Context, p []byte) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	n, err := h.f.Read(p)
	return n, unlessEOF(err)
}

func (h *hostFile) Write(ctx context.Context, p []byte) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	return h.f.Write(p)
}

func (h *hostFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := h.f.ReadAt(p, off)
	return n, unlessEOF(err)
}

func (h *hostFile) WriteAt(p []byte, off int64) (int, error) { return h.f.WriteAt(p, off) }

func unlessEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func fileType(m fs.FileMode) FileType {
	switch {
	case m.IsRegular():
		return TypeRegularFile
	case m.IsDir():
		return TypeDirectory
	case m&fs.ModeSymlink != 0:
		return TypeSymbolicLink
	case m&fs.ModeCharDevice != 0:
		return TypeCharacterDevice
	case m&fs.ModeDevice != 0:
		return TypeBlockDevice
	}
	return TypeUnknown
}

// statOf turns the host's description of a file into the guest's.
func statOf(info fs.FileInfo) Stat {
	m := info.ModTime().UnixNano()
	st := Stat{Type: fileType(info.Mode()), Size: uint64(info.Size()), Nlink: 1, Access: m, Modify: m, Change: m}
	addSystemStat(&st, info)
	return st
}
