package wasi

import (
	"errors"
	"io/fs"
	"os"
	slash "path"
	"strings"
	"syscall"
	"time"
)

// hostDir is an open directory of the host. Every path is walked by its os.Root, which lets
// none lead outside, through symbolic links neither.
type hostDir struct {
	noFile
	root     *os.Root
	readOnly bool
	preopen  *os.Root // that this directory was reached from
	path     string   // from preopen
}

func openDir(d Dir) (File, error) {
	root, err := os.OpenRoot(d.Host)
	if err != nil {
		return nil, err
	}
	return &hostDir{root: root, readOnly: d.ReadOnly, preopen: root, path: "."}, nil
}

func (h *hostDir) Type() FileType { return TypeDirectory }
func (h *hostDir) Close() error   { return h.root.Close() }

func (h *hostDir) Stat() (Stat, error) {
	info, err := h.root.Stat(".")
	if err != nil {
		return Stat{}, err
	}
	return statOf(info), nil
}

func (h *hostDir) SetTimes(access, modify time.Time) error {
	return h.SetTimesAt(".", true, access, modify)
}

func (h *hostDir) ReadDir() ([]Entry, error) {
	f, err := h.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(list))
	for _, e := range list {
		info, err := e.Info()
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed meanwhile
			}
			return nil, err
		}
		st := statOf(info)
		entries = append(entries, Entry{e.Name(), st.Ino, st.Type})
	}
	return entries, nil
}

// lstat says what stands at the end of a path itself. A slash at its end asks for a directory.
func (h *hostDir) lstat(p string) (fs.FileInfo, error) {
	if strings.HasSuffix(p, "/") {
		info, err := h.root.Stat(p)
		if err == nil && !info.IsDir() {
			return nil, ENOTDIR
		}
		return info, err
	}
	return h.root.Lstat(p)
}

// writable refuses changes in a directory that was opened for reading.
func (h *hostDir) writable() error {
	if h.readOnly {
		return EROFS
	}
	return nil
}

func (h *hostDir) Open(p string, how How) (File, error) {
	if how.Write || how.Create || how.Truncate {
		if err := h.writable(); err != nil {
			return nil, err
		}
	}
	info, err := h.lstat(p)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		switch {
		case how.Create && how.Exclusive:
			return nil, EEXIST
		case !how.Follow && how.Directory:
			return nil, ENOTDIR
		case !how.Follow:
			return nil, ELOOP
		}
		info, err = h.root.Stat(p)
	}
	switch {
	case err == nil && info.IsDir():
		switch {
		case how.Create && how.Exclusive:
			return nil, EEXIST
		case how.Write || how.Create || how.Truncate:
			return nil, EISDIR
		}
		return h.openDir(p)
	case err == nil && how.Directory:
		return nil, ENOTDIR
	case err == nil && info.Mode()&fs.ModeNamedPipe != 0 && !how.Nonblock:
		return nil, ENOTSUP // to wait for a partner might never end
	case err != nil && (!errors.Is(err, fs.ErrNotExist) || !how.Create):
		return nil, err
	case err != nil && strings.HasSuffix(p, "/"):
		return nil, EISDIR
	}
	flags := os.O_RDONLY
	switch {
	case (how.Write || how.Truncate) && how.Read:
		flags = os.O_RDWR
	case how.Write || how.Truncate:
		flags = os.O_WRONLY
	}
	// Something else may stand there by now. Only pipes and devices care.
	flags |= syscall.O_NONBLOCK
	for _, f := range []struct {
		want bool
		flag int
	}{{how.Create, os.O_CREATE}, {how.Exclusive, os.O_EXCL}, {how.Truncate, os.O_TRUNC}, {how.Sync, os.O_SYNC}} {
		if f.want {
			flags |= f.flag
		}
	}
	f, err := h.root.OpenFile(p, flags, 0o666)
	if err != nil {
		return nil, err
	}
	info, err = f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if info.IsDir() { // it has changed meanwhile
		return nil, errors.Join(EISDIR, f.Close())
	}
	if info.Mode()&fs.ModeNamedPipe != 0 {
		return newHostPipe(f, h.readOnly), nil
	}
	return &hostFile{f: f, typ: fileType(info.Mode()), readOnly: h.readOnly}, nil
}

func (h *hostDir) openDir(p string) (File, error) {
	root, err := h.root.OpenRoot(p)
	if err != nil {
		return nil, err
	}
	return &hostDir{root: root, readOnly: h.readOnly, preopen: h.preopen, path: slash.Join(h.path, p)}, nil
}

func (h *hostDir) StatAt(p string, follow bool) (Stat, error) {
	info, err := h.lstat(p)
	if err == nil && follow && info.Mode()&fs.ModeSymlink != 0 {
		info, err = h.root.Stat(p)
	}
	if err != nil {
		return Stat{}, err
	}
	return statOf(info), nil
}

func (h *hostDir) SetTimesAt(p string, follow bool, access, modify time.Time) error {
	if err := h.writable(); err != nil {
		return err
	}
	if !follow {
		info, err := h.lstat(p)
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return ENOTSUP
		}
	}
	return h.root.Chtimes(p, access, modify)
}

func (h *hostDir) Mkdir(p string) error {
	if err := h.writable(); err != nil {
		return err
	}
	return h.root.Mkdir(strings.TrimRight(p, "/"), 0o777)
}

func (h *hostDir) Rmdir(p string) error {
	if err := h.writable(); err != nil {
		return err
	}
	if base := slash.Base(p); base == "." {
		return EINVAL
	}
	info, err := h.lstat(p)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return ENOTDIR
	}
	err = h.root.Remove(strings.TrimRight(p, "/"))
	if errors.Is(err, syscall.EEXIST) { // some systems' word for it
		return ENOTEMPTY
	}
	return err
}

func (h *hostDir) Unlink(p string) error {
	if err := h.writable(); err != nil {
		return err
	}
	info, err := h.lstat(p)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return EISDIR
	}
	return h.root.Remove(p)
}

// common gives a root that contains both directories, with their paths in it. Two opened
// directories have none, and a directory that was moved away is not where it was reached.
func (h *hostDir) common(to File) (root *os.Root, from, into string, err error) {
	t, ok := to.(*hostDir)
	switch {
	case !ok:
		return nil, "", "", ENOTDIR
	case t == h || t.root == h.root:
		return h.root, ".", ".", nil
	case t.preopen != h.preopen:
		return nil, "", "", EXDEV
	}
	for _, d := range []*hostDir{h, t} {
		now, err1 := d.preopen.Stat(d.path)
		was, err2 := d.root.Stat(".")
		if err := errors.Join(err1, err2); err != nil {
			return nil, "", "", err
		}
		if !os.SameFile(now, was) {
			return nil, "", "", EXDEV
		}
	}
	return h.preopen, h.path, t.path, nil
}

// within joins a path to that of its directory without resolving what it contains; it must not
// lead above that directory.
func within(dir, p string) (string, error) {
	depth := 0
	for _, part := range strings.Split(p, "/") {
		switch part {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return "", EPERM
			}
		default:
			depth++
		}
	}
	if dir == "." {
		return p, nil
	}
	return dir + "/" + p, nil
}

// pair prepares an operation on two paths.
func (h *hostDir) pair(p string, to File, q string) (root *os.Root, from, into string, err error) {
	root, fromDir, intoDir, err := h.common(to)
	if err != nil {
		return nil, "", "", err
	}
	if h.readOnly || to.(*hostDir).readOnly {
		return nil, "", "", EROFS
	}
	if from, err = within(fromDir, p); err != nil {
		return nil, "", "", err
	}
	into, err = within(intoDir, q)
	return root, from, into, err
}

func (h *hostDir) Rename(p string, to File, q string) error {
	root, from, into, err := h.pair(p, to, q)
	if err != nil {
		return err
	}
	old, err := h.lstat(p)
	if err != nil {
		return err
	}
	from, into = strings.TrimRight(from, "/"), strings.TrimRight(into, "/")
	target, err := root.Lstat(into)
	switch {
	case !old.IsDir() && strings.HasSuffix(q, "/"):
		return ENOTDIR
	case err == nil && !old.IsDir() && target.IsDir():
		return EISDIR
	case err == nil && old.IsDir() && !target.IsDir():
		return ENOTDIR
	case err == nil && os.SameFile(old, target):
		return nil
	case err == nil && target.IsDir():
		return renameOnto(root, from, into, target.Mode())
	}
	return root.Rename(from, into)
}

func (h *hostDir) Link(p string, to File, q string) error {
	root, from, into, err := h.pair(p, to, q)
	if err != nil {
		return err
	}
	info, err := h.lstat(p)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return EPERM
	case strings.HasSuffix(q, "/"):
		return ENOENT
	}
	return root.Link(from, into)
}

func (h *hostDir) Symlink(target, p string) error {
	if err := h.writable(); err != nil {
		return err
	}
	if strings.HasSuffix(p, "/") {
		if _, err := h.lstat(strings.TrimRight(p, "/")); err == nil {
			return EEXIST
		}
		return ENOENT
	}
	return h.root.Symlink(target, p)
}

func (h *hostDir) Readlink(p string) (string, error) { return h.root.Readlink(p) }
