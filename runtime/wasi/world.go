package wasi

import (
	"context"
	"time"
)

// World is everything outside of the guest: what it can learn and change passes here and
// through the files that come from here. Methods return an Errno, a host error that has one,
// or the context's error, which ends the run.
type World interface {
	// Now reads a clock, in nanoseconds.
	Now(c Clock) (int64, error)
	// Resolution is the step of a clock, in nanoseconds.
	Resolution(c Clock) (int64, error)
	// Random fills p.
	Random(p []byte) error
	// Yield lets others run.
	Yield()
	// Poll waits until the timeout has passed (never, when it is negative) or one of the
	// interests is ready, and says of each whether it is.
	Poll(ctx context.Context, timeout time.Duration, want []Interest) ([]Readiness, error)
	// Stream gives standard stream 0, 1 or 2.
	Stream(n int) File
	// OpenDir gives the i-th directory that was opened for the guest.
	OpenDir(i int) (File, error)
	// Listener gives the i-th socket at which the guest may accept connections: an Acceptor.
	Listener(i int) File
}

// Acceptor is a File that accepts connections.
type Acceptor interface {
	File
	// Accept waits for a connection, a Connection.
	Accept(ctx context.Context) (File, error)
}

// Connection is a File that is a stream to somebody else.
type Connection interface {
	File
	Peek(ctx context.Context, p []byte) (int, error) // Read that leaves what it has read
	Shutdown(read, write bool) error
}

// Interest is a file that Poll waits for.
type Interest struct {
	File  File
	Write bool
}

// Readiness is the state of an Interest.
type Readiness struct {
	Ready  bool
	Hangup bool
	Bytes  uint64 // that can be read at once, as far as is known
	Err    Errno
}

// File is an open file, directory or stream. What a kind of file cannot do gives an Errno.
// Paths are relative, valid UTF-8 and free of NUL; they never lead out of the directory.
type File interface {
	Type() FileType
	Stat() (Stat, error)
	SetTimes(access, modify time.Time) error // a zero time leaves it alone
	Sync() error
	Close() error

	// Read returns 0 at the end of the file; Write writes all or gives an error.
	Read(ctx context.Context, p []byte) (int, error)
	Write(ctx context.Context, p []byte) (int, error)
	ReadAt(p []byte, off int64) (int, error)
	WriteAt(p []byte, off int64) (int, error)
	Seek(off int64, whence int) (int64, error) // whence as in package io
	Truncate(size int64) error

	ReadDir() ([]Entry, error) // without . and ..
	Open(path string, how How) (File, error)
	StatAt(path string, follow bool) (Stat, error)
	SetTimesAt(path string, follow bool, access, modify time.Time) error
	Mkdir(path string) error
	Rmdir(path string) error
	Unlink(path string) error
	Rename(path string, to File, newPath string) error
	Link(path string, to File, newPath string) error
	Symlink(target, path string) error
	Readlink(path string) (string, error)
}

// Entry is an entry of a directory.
type Entry struct {
	Name string
	Ino  uint64
	Type FileType
}

// How says how File.Open opens.
type How struct {
	Read, Write, Create, Exclusive, Truncate bool
	Sync                                     bool // write through to the disk
	Nonblock                                 bool // do not wait for a partner
	Directory                                bool // must be one
	Follow                                   bool // a symbolic link at the end of the path
}

// noFile is embedded by kinds of files that lack some operations.
type noFile struct{}

func (noFile) SetTimes(access, modify time.Time) error             { return ENOTSUP }
func (noFile) Sync() error                                         { return nil }
func (noFile) Close() error                                        { return nil }
func (noFile) Read(context.Context, []byte) (int, error)           { return 0, EBADF }
func (noFile) Write(context.Context, []byte) (int, error)          { return 0, EBADF }
func (noFile) ReadAt([]byte, int64) (int, error)                   { return 0, ESPIPE }
func (noFile) WriteAt([]byte, int64) (int, error)                  { return 0, ESPIPE }
func (noFile) Seek(int64, int) (int64, error)                      { return 0, ESPIPE }
func (noFile) Truncate(int64) error                                { return EINVAL }
func (noFile) ReadDir() ([]Entry, error)                           { return nil, ENOTDIR }
func (noFile) Open(string, How) (File, error)                      { return nil, ENOTDIR }
func (noFile) StatAt(string, bool) (Stat, error)                   { return Stat{}, ENOTDIR }
func (noFile) SetTimesAt(string, bool, time.Time, time.Time) error { return ENOTDIR }
func (noFile) Mkdir(string) error                                  { return ENOTDIR }
func (noFile) Rmdir(string) error                                  { return ENOTDIR }
func (noFile) Unlink(string) error                                 { return ENOTDIR }
func (noFile) Rename(string, File, string) error                   { return ENOTDIR }
func (noFile) Link(string, File, string) error                     { return ENOTDIR }
func (noFile) Symlink(target, path string) error                   { return ENOTDIR }
func (noFile) Readlink(string) (string, error)                     { return "", ENOTDIR }
