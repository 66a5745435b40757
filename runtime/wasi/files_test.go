package wasi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPreopens(t *testing.T) {
	g := newGuest(t, Config{Dirs: []Dir{{Host: t.TempDir(), Guest: "/"}, {Host: t.TempDir(), Guest: "data"}}})
	p, name := uint64(g.alloc(8)), uint64(g.alloc(8))
	g.call(ESUCCESS, "fd_prestat_get", 4, p)
	if g.mem[p] != 0 || g.u32(p+4) != 4 {
		t.Errorf("prestat % x", g.mem[p:p+8])
	}
	g.call(ESUCCESS, "fd_prestat_dir_name", 4, name, 4)
	if got := string(g.mem[name : name+5]); got != "data\xa5" {
		t.Errorf("name %q", got)
	}
	g.call(ENAMETOOLONG, "fd_prestat_dir_name", 4, name, 3)
	g.call(EBADF, "fd_prestat_get", 5, p)
	if _, err := New(Config{Dirs: []Dir{{Host: filepath.Join(t.TempDir(), "none"), Guest: "/"}}}); err == nil {
		t.Error("a directory that is not there was opened")
	}
}

func TestReadWriteSeek(t *testing.T) {
	dir := t.TempDir()
	g := newGuest(t, Config{Dirs: []Dir{{Host: dir, Guest: "/"}}})
	fd := g.open(ESUCCESS, "f.txt", openCreate|openExclusive, readWrite, 0)
	if fd != 4 {
		t.Errorf("descriptor %d, want the lowest free, 4", fd)
	}
	g.open(EEXIST, "f.txt", openCreate|openExclusive, readWrite, 0)
	g.write(fd, "hello world")
	pos := uint64(g.alloc(8))
	back := int64(-5)
	g.call(ESUCCESS, "fd_seek", fd, uint64(back), 2, pos)
	if g.u64(pos) != 6 {
		t.Errorf("position %d", g.u64(pos))
	}
	if s := g.read(fd, 99); s != "world" {
		t.Errorf("read %q", s)
	}
	g.call(ESUCCESS, "fd_tell", fd, pos)
	if g.u64(pos) != 11 {
		t.Errorf("position %d", g.u64(pos))
	}
	g.call(EINVAL, "fd_seek", fd, uint64(back), 0, pos)
	g.call(EINVAL, "fd_seek", fd, 0, 3, pos)
	a, an := g.put("HE")
	count := uint64(g.alloc(4))
	g.call(ESUCCESS, "fd_pwrite", fd, g.vec(a, an, a, an), 2, 1, count)
	buf := uint64(g.alloc(16))
	g.call(ESUCCESS, "fd_pread", fd, g.vec(buf, 3, buf+3, 13), 2, 0, count)
	if s := string(g.mem[buf : buf+uint64(g.u32(count))]); s != "hHEHE world" {
		t.Errorf("pread %q", s)
	}
	g.call(EINVAL, "fd_pread", fd, g.vec(buf, 3), 1, 1<<63, count)
	g.call(ESUCCESS, "fd_tell", fd, pos)
	if g.u64(pos) != 11 {
		t.Errorf("pread moved the position to %d", g.u64(pos))
	}
	g.call(ESUCCESS, "fd_filestat_set_size", fd, 3)
	g.call(ESUCCESS, "fd_allocate", fd, 2, 4)
	g.call(EINVAL, "fd_allocate", fd, 0, 0)
	g.call(EINVAL, "fd_allocate", fd, 1<<62, 1<<62)
	if b, _ := os.ReadFile(filepath.Join(dir, "f.txt")); string(b) != "hHE\x00\x00\x00" {
		t.Errorf("file %q", b)
	}
	for _, f := range []string{"fd_sync", "fd_datasync"} {
		g.call(ESUCCESS, f, fd)
	}
	g.call(ESUCCESS, "fd_advise", fd, 0, 0, 3)
	g.call(EINVAL, "fd_advise", fd, 0, 0, 6)

	app := g.open(ESUCCESS, "f.txt", 0, readWrite, flagAppend)
	g.write(app, "+1")
	g.write(fd, "") // an empty vector of bytes
	g.call(ESUCCESS, "fd_seek", app, 0, 0, pos)
	g.write(app, "+2")
	if b, _ := os.ReadFile(filepath.Join(dir, "f.txt")); string(b) != "hHE\x00\x00\x00+1+2" {
		t.Errorf("file %q", b)
	}
	g.call(ESUCCESS, "fd_fdstat_set_flags", app, 0)
	g.call(ESUCCESS, "fd_seek", app, 0, 0, pos)
	g.write(app, "B")
	if b, _ := os.ReadFile(filepath.Join(dir, "f.txt")); b[0] != 'B' {
		t.Errorf("file %q", b)
	}
	g.call(EINVAL, "fd_fdstat_set_flags", app, flagSync)
	g.call(EINVAL, "fd_fdstat_set_flags", app, 1<<5)

	ro := g.open(ESUCCESS, "f.txt", 0, uint64(rightFDRead), 0)
	g.call(EBADF, "fd_write", ro, g.vec(a, an), 1, count)
	g.call(EINVAL, "fd_filestat_set_size", ro, 0)
	wo := g.open(ESUCCESS, "f.txt", openTruncate, uint64(rightFDWrite), 0)
	g.call(EBADF, "fd_read", wo, g.vec(a, an), 1, count)
	if st, _ := os.Stat(filepath.Join(dir, "f.txt")); st.Size() != 0 {
		t.Error("not truncated")
	}
	// renumber moves, and closes what was there.
	g.call(ESUCCESS, "fd_renumber", ro, wo)
	g.call(EBADF, "fd_tell", ro, pos)
	g.call(ESUCCESS, "fd_tell", wo, pos)
	g.call(EBADF, "fd_renumber", wo, 77)
	g.call(EBADF, "fd_renumber", 77, wo)
	if fd := g.open(ESUCCESS, "f.txt", 0, readWrite, 0); fd != ro {
		t.Errorf("descriptor %d, want the free %d", fd, ro)
	}
	g.call(EINVAL, "path_open", 3, 2, a, an, 0, 0, 0, 0, count)
	g.open(EINVAL, "f.txt", 1<<4, 0, 0)
	g.open(EINVAL, "f.txt", 0, 0, 1<<5)
	g.open(ENOENT, "none", 0, readWrite, 0)
	g.open(ENOTDIR, "f.txt", openDirectory, 0, 0)
}

func TestFdstatRights(t *testing.T) {
	g := newGuest(t, Config{Dirs: []Dir{{Host: t.TempDir(), Guest: "/"}}})
	p := uint64(g.alloc(sizeFdstat))
	fd := g.open(ESUCCESS, "f", openCreate, readWrite, flagAppend)
	g.call(ESUCCESS, "fd_fdstat_get", fd, p)
	if FileType(g.mem[p]) != TypeRegularFile || g.mem[p+2] != flagAppend || g.u64(p+8) != readWrite {
		t.Errorf("fdstat % x", g.mem[p:p+sizeFdstat])
	}
	g.call(ENOTCAPABLE, "fd_fdstat_set_rights", fd, uint64(rightsAll), 0)
	g.call(ESUCCESS, "fd_fdstat_set_rights", fd, uint64(rightFDRead), 0)
	g.call(EBADF, "fd_write", fd, 0, 0, uint64(g.alloc(4)))
	g.call(ENOTCAPABLE, "fd_fdstat_set_rights", fd, readWrite, 0)
	g.call(ESUCCESS, "fd_fdstat_get", 3, p)
	if FileType(g.mem[p]) != TypeDirectory || rights(g.u64(p+16))&rightFDWrite == 0 {
		t.Errorf("fdstat of a directory % x", g.mem[p:p+sizeFdstat])
	}
	g.call(EBADF, "fd_read", 3, 0, 0, uint64(g.alloc(4)))
	g.call(EBADF, "fd_seek", 3, 0, 0, uint64(g.alloc(8)))
	g.call(EBADF, "fd_advise", 3, 0, 0, 0)
}

func TestPaths(t *testing.T) {
	outside := t.TempDir()
	os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o600)
	dir := filepath.Join(outside, "in")
	os.Mkdir(dir, 0o700)
	os.Symlink("../secret", filepath.Join(dir, "out"))
	os.Symlink(outside, filepath.Join(dir, "abs"))
	os.Symlink("loop", filepath.Join(dir, "loop"))
	os.Symlink("sub/f", filepath.Join(dir, "link"))
	g := newGuest(t, Config{Dirs: []Dir{{Host: dir, Guest: "/"}}})
	one := func(want Errno, name, path string) {
		t.Helper()
		p, n := g.put(path)
		g.call(want, name, 3, p, n)
	}
	one(ESUCCESS, "path_create_directory", "sub")
	one(ESUCCESS, "path_create_directory", "sub/deep/")
	one(EEXIST, "path_create_directory", "sub")
	one(ENOENT, "path_create_directory", "none/x")
	g.call(ESUCCESS, "fd_close", g.open(ESUCCESS, "sub/f", openCreate, readWrite, 0))

	const read = uint64(rightFDRead)
	for path, want := range map[string]Errno{
		"sub/f": ESUCCESS, "./sub/./f": ESUCCESS, "sub/../sub/f": ESUCCESS, "sub//f": ESUCCESS, "link": ESUCCESS,
		"sub": ESUCCESS, "sub/": ESUCCESS, ".": ESUCCESS, "sub/deep/..": ESUCCESS,
		"": ENOENT, "/sub/f": EPERM, "../secret": EPERM, "sub/../../secret": EPERM, "..": EPERM,
		"out": EPERM, "abs/secret": EPERM, "loop": ELOOP, "sub/f/": ENOTDIR, "sub/f/x": ENOTDIR,
		"a\x00b": EINVAL, "\xff": EILSEQ, strings.Repeat("x", 300): ENAMETOOLONG, strings.Repeat("x/", 3000): ENAMETOOLONG,
	} {
		if fd := g.open(want, path, 0, read, 0); want == ESUCCESS {
			g.call(ESUCCESS, "fd_close", fd)
		} else if t.Failed() {
			t.Fatalf("path %q", path)
		}
	}
	g.open(EISDIR, "sub", 0, readWrite, 0)
	g.open(EISDIR, "sub", openCreate, read, 0)
	g.open(EISDIR, "new/", openCreate, read, 0)
	g.open(EEXIST, "link", openCreate|openExclusive, readWrite, 0)
	g.open(EPERM, "out", openCreate|openTruncate, readWrite, 0)
	if b, _ := os.ReadFile(filepath.Join(outside, "secret")); string(b) != "s" {
		t.Error("the file outside was changed")
	}
	p, n := g.put("link")
	g.call(ELOOP, "path_open", 3, 0, p, n, 0, read, 0, 0, uint64(g.alloc(4)))

	// Descriptors of directories below: their paths stay below them.
	sub := g.open(ESUCCESS, "sub", openDirectory, uint64(rightsDir), 0)
	f, fn := g.put("f")
	st := uint64(g.alloc(sizeFilestat))
	g.call(ESUCCESS, "path_filestat_get", sub, 0, f, fn, st)
	up, upn := g.put("../sub/f")
	g.call(EPERM, "path_filestat_get", sub, 0, up, upn, st)
	fd := g.open(ESUCCESS, "sub/f", 0, read, 0)
	g.call(ENOTDIR, "path_filestat_get", fd, 0, f, fn, st)

	one(EISDIR, "path_unlink_file", "sub")
	one(EISDIR, "path_unlink_file", "sub/")
	one(ENOTDIR, "path_unlink_file", "sub/f/")
	one(ENOENT, "path_unlink_file", "none")
	one(ENOTDIR, "path_remove_directory", "sub/f")
	one(ENOTDIR, "path_remove_directory", "link")
	one(ENOTEMPTY, "path_remove_directory", "sub")
	one(EINVAL, "path_remove_directory", ".")
	one(ESUCCESS, "path_remove_directory", "sub/deep/")
	one(ESUCCESS, "path_unlink_file", "sub/f")
	one(ESUCCESS, "path_remove_directory", "sub")
	one(ESUCCESS, "path_unlink_file", "out") // the link, not what it names
	if _, err := os.Stat(filepath.Join(outside, "secret")); err != nil {
		t.Error(err)
	}
}

func TestRenameAndLinks(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(filepath.Join(dir, "a/b"), 0o700)
	os.Mkdir(filepath.Join(dir, "full"), 0o700)
	os.WriteFile(filepath.Join(dir, "full/x"), nil, 0o600)
	os.WriteFile(filepath.Join(dir, "f"), []byte("f"), 0o600)
	g := newGuest(t, Config{Dirs: []Dir{{Host: dir, Guest: "/"}, {Host: t.TempDir(), Guest: "other"}}})
	a := g.open(ESUCCESS, "a", openDirectory, uint64(rightsDir), 0)
	two := func(want Errno, name string, fd uint64, from string, to uint64, into string) {
		t.Helper()
		p, pn := g.put(from)
		q, qn := g.put(into)
		if name == "path_link" {
			g.call(want, name, fd, 0, p, pn, to, q, qn)
			return
		}
		g.call(want, name, fd, p, pn, to, q, qn)
	}
	exists := func(path string, want bool) {
		t.Helper()
		if _, err := os.Lstat(filepath.Join(dir, path)); (err == nil) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
	two(ESUCCESS, "path_rename", 3, "f", 3, "g")
	exists("f", false)
	two(ESUCCESS, "path_rename", 3, "g", a, "g") // into another descriptor's directory
	exists("a/g", true)
	two(ESUCCESS, "path_rename", a, "g", 3, "f")
	exists("f", true)
	two(EXDEV, "path_rename", 3, "f", 4, "f")
	two(EPERM, "path_rename", 3, "f", a, "../../f")
	two(EPERM, "path_rename", 3, "f", a, "../f")
	two(ENOENT, "path_rename", 3, "none", 3, "x")
	two(EISDIR, "path_rename", 3, "f", 3, "a/b")
	two(ENOTDIR, "path_rename", 3, "a", 3, "f")
	two(ENOTDIR, "path_rename", 3, "f", 3, "h/")
	two(ENOTEMPTY, "path_rename", 3, "a/b", 3, "full")
	os.Mkdir(filepath.Join(dir, "empty"), 0o700)
	two(ESUCCESS, "path_rename", 3, "a/b", 3, "empty")
	two(ESUCCESS, "path_rename", 3, "empty/", 3, "empty")
	two(ESUCCESS, "path_rename", 3, "empty/", 3, "c/")
	exists("empty", false)
	exists("c", true)
	two(ENOTDIR, "path_rename", 3, "f", 1, "x")

	two(ESUCCESS, "path_link", 3, "f", a, "hard")
	st := uint64(g.alloc(sizeFilestat))
	p, n := g.put("hard")
	g.call(ESUCCESS, "path_filestat_get", a, 0, p, n, st)
	if g.u64(st+24) != 2 || g.u64(st+32) != 1 {
		t.Errorf("%d links, size %d", g.u64(st+24), g.u64(st+32))
	}
	two(EEXIST, "path_link", 3, "f", a, "hard")
	two(EPERM, "path_link", 3, "c", 3, "d")
	q, qn := g.put("h2")
	g.call(EINVAL, "path_link", 3, 1, p, n, 3, q, qn)

	sym := func(want Errno, target, path string) {
		t.Helper()
		p, pn := g.put(target)
		q, qn := g.put(path)
		g.call(want, "path_symlink", p, pn, 3, q, qn)
	}
	sym(ESUCCESS, "a/hard", "s")
	sym(EEXIST, "a/hard", "s")
	sym(EPERM, "/etc/passwd", "t")
	sym(ENOENT, "", "t")
	sym(ESUCCESS, "../../etc", "up") // it may be made but not followed
	g.open(EPERM, "up/passwd", 0, uint64(rightFDRead), 0)
	p, n = g.put("s")
	buf, used := uint64(g.alloc(16)), uint64(g.alloc(4))
	g.call(ESUCCESS, "path_readlink", 3, p, n, buf, 16, used)
	if s := string(g.mem[buf : buf+uint64(g.u32(used))]); s != "a/hard" {
		t.Errorf("readlink %q", s)
	}
	g.call(ESUCCESS, "path_readlink", 3, p, n, buf, 3, used)
	if g.u32(used) != 3 {
		t.Errorf("readlink used %d", g.u32(used))
	}
	q, qn = g.put("f")
	g.call(EINVAL, "path_readlink", 3, q, qn, buf, 16, used)
	g.call(ESUCCESS, "path_filestat_get", 3, 0, p, n, st)
	if FileType(g.mem[st+16]) != TypeSymbolicLink {
		t.Errorf("type %d", g.mem[st+16])
	}
	g.call(ESUCCESS, "path_filestat_get", 3, lookupFollow, p, n, st)
	if FileType(g.mem[st+16]) != TypeRegularFile {
		t.Errorf("type %d", g.mem[st+16])
	}
}

func TestTimes(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("times of open files need linux")
	}
	dir := t.TempDir()
	g := newGuest(t, Config{Dirs: []Dir{{Host: dir, Guest: "/"}}})
	fd := g.open(ESUCCESS, "f", openCreate, readWrite, 0)
	st := uint64(g.alloc(sizeFilestat))
	g.call(ESUCCESS, "fd_filestat_set_times", fd, 1_000_000_001, 2_000_000_002, setAccess|setModify)
	g.call(ESUCCESS, "fd_filestat_get", fd, st)
	if g.u64(st+40) != 1_000_000_001 || g.u64(st+48) != 2_000_000_002 {
		t.Errorf("times %d %d", g.u64(st+40), g.u64(st+48))
	}
	p, n := g.put("f")
	before := uint64(time.Now().Add(-time.Second).UnixNano())
	g.call(ESUCCESS, "path_filestat_set_times", 3, 0, p, n, 5, 6, setAccess|setModifyNow)
	g.call(ESUCCESS, "path_filestat_get", 3, 0, p, n, st)
	if g.u64(st+40) != 5 || g.u64(st+48) < before {
		t.Errorf("times %d %d", g.u64(st+40), g.u64(st+48))
	}
	g.call(ESUCCESS, "path_filestat_set_times", 3, 0, p, n, 0, 7, setModify)
	g.call(ESUCCESS, "path_filestat_get", 3, 0, p, n, st)
	if g.u64(st+40) != 5 || g.u64(st+48) != 7 {
		t.Errorf("times %d %d: one was to stay", g.u64(st+40), g.u64(st+48))
	}
	g.call(EINVAL, "fd_filestat_set_times", fd, 0, 0, setAccess|setAccessNow)
	g.call(EINVAL, "fd_filestat_set_times", fd, 0, 0, 1<<4)
}

func TestReaddir(t *testing.T) {
	dir := t.TempDir()
	want := []string{".", ".."}
	for _, name := range []string{"one", "two-two", "x", "größe"} {
		os.WriteFile(filepath.Join(dir, name), nil, 0o600)
		want = append(want, name)
	}
	os.Mkdir(filepath.Join(dir, "d"), 0o700)
	want = append(want, "d")
	slices.Sort(want)
	for _, size := range []uint64{4096, 64, sizeDirent + 7} {
		g := newGuest(t, Config{Dirs: []Dir{{Host: dir, Guest: "/"}}})
		buf, used := uint64(g.alloc(int(size))), uint64(g.alloc(4))
		var names []string
		cookie := uint64(0)
		for range 20 {
			g.call(ESUCCESS, "fd_readdir", 3, buf, size, cookie, used)
			n := uint64(g.u32(used))
			for at := uint64(0); at+sizeDirent <= n; {
				name := at + sizeDirent
				end := name + uint64(g.u32(buf+at+16))
				if end > n {
					break // cut off: asked for again
				}
				names = append(names, string(g.mem[buf+name:buf+end]))
				typ := TypeRegularFile
				if last := names[len(names)-1]; last == "d" || last[0] == '.' {
					typ = TypeDirectory
				}
				if FileType(g.mem[buf+at+20]) != typ {
					t.Errorf("%s: type %d", names[len(names)-1], g.mem[buf+at+20])
				}
				cookie = g.u64(buf + at)
				at = end
			}
			if n < size {
				break
			}
		}
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("buffer of %d bytes: %q, want %q", size, names, want)
		}
		g.call(ESUCCESS, "fd_readdir", 3, buf, size, 1<<63, used)
		if g.u32(used) != 0 {
			t.Error("entries behind the end")
		}
	}
}

func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "f"), []byte("text"), 0o600)
	os.Mkdir(filepath.Join(dir, "d"), 0o700)
	g := newGuest(t, Config{Dirs: []Dir{{Host: dir, Guest: "/", ReadOnly: true}}})
	fd := g.open(ESUCCESS, "f", 0, uint64(rightFDRead), 0)
	if s := g.read(fd, 9); s != "text" {
		t.Errorf("read %q", s)
	}
	g.open(EROFS, "f", 0, readWrite, 0)
	g.open(EROFS, "f", openTruncate, uint64(rightFDRead), 0)
	g.open(EROFS, "new", openCreate, uint64(rightFDRead), 0)
	d := g.open(ESUCCESS, "d", openDirectory, 0, 0)
	p, n := g.put("x")
	f, fn := g.put("f")
	g.call(EROFS, "path_create_directory", d, p, n)
	g.call(EROFS, "path_create_directory", 3, p, n)
	g.call(EROFS, "path_remove_directory", 3, p, n)
	g.call(EROFS, "path_unlink_file", 3, f, fn)
	g.call(EROFS, "path_rename", 3, f, fn, 3, p, n)
	g.call(EROFS, "path_link", 3, 0, f, fn, 3, p, n)
	g.call(EROFS, "path_symlink", f, fn, 3, p, n)
	g.call(EROFS, "path_filestat_set_times", 3, 0, f, fn, 1, 1, setAccess)
	g.call(EROFS, "fd_filestat_set_times", 3, 1, 1, setAccess)
	g.call(EROFS, "fd_filestat_set_times", fd, 1, 1, setAccess)
}

func TestMaxFiles(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "f"), nil, 0o600)
	g := newGuest(t, Config{MaxFiles: 6, Dirs: []Dir{{Host: dir, Guest: "/"}}})
	g.open(ESUCCESS, "f", 0, readWrite, 0)
	g.open(ESUCCESS, "f", 0, readWrite, 0)
	g.open(EMFILE, "f", 0, readWrite, 0)
	g.call(ESUCCESS, "fd_close", 4)
	g.open(ESUCCESS, "f", 0, readWrite, 0)
}

// A read into several buffers ends with what has come: it does not wait for more to fill the next one.
func TestReadWhatHasCome(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	g := newGuest(t, Config{Stdin: in})
	go io.WriteString(out, "four")
	first, second, count := uint64(g.alloc(4)), uint64(g.alloc(4)), uint64(g.alloc(4))
	g.call(ESUCCESS, "fd_read", 0, g.vec(first, 4, second, 4), 2, count)
	if got := string(g.mem[first : first+4]); g.u32(count) != 4 || got != "four" {
		t.Errorf("read %d bytes, %q", g.u32(count), got)
	}
}

// endless gives one context's end behind its first piece.
type endless struct{ end func() }

func (e endless) Read(b []byte) (int, error)  { e.end(); return len(b), nil }
func (e endless) Write(b []byte) (int, error) { e.end(); return len(b), nil }

// What takes long is done piece by piece, so that a program can be ended meanwhile.
func TestLongCallsEnd(t *testing.T) {
	for _, name := range []string{"random_get", "fd_write", "fd_read"} {
		ctx, cancel := context.WithCancel(context.Background())
		if name == "random_get" {
			cancel()
		}
		g := newGuest(t, Config{Stdin: endless{cancel}, Stdout: endless{cancel}})
		g.mem = make([]byte, 3*piece)
		args := []uint64{0, uint64(len(g.mem))}
		if name != "random_get" {
			fd := uint64(0)
			if name == "fd_write" {
				fd = 1
			}
			args = []uint64{fd, g.vec(0, uint64(len(g.mem))), 1, uint64(g.alloc(4))}
		}
		if err := g.try(ctx, name, args...); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Many directories that are read at once do not fill the host's memory, and each is read to its end.
func TestReaddirMany(t *testing.T) {
	defer func(n int) { maxEntries = n }(maxEntries)
	maxEntries = 100
	dir := t.TempDir()
	for i := range 30 {
		for k := range 20 {
			if err := os.MkdirAll(filepath.Join(dir, fmt.Sprint("d", i), fmt.Sprint("e", k)), 0o777); err != nil {
				t.Fatal(err)
			}
		}
	}
	g := newGuest(t, Config{Dirs: []Dir{{Host: dir, Guest: "/"}}})
	p, count := uint64(g.alloc(30)), uint64(g.alloc(4)) // room for one entry
	var fds []uint64
	for i := range 30 {
		fds = append(fds, g.open(ESUCCESS, fmt.Sprint("d", i), openDirectory, uint64(rightFDReaddir), 0))
	}
	seen := map[string]bool{}
	for cookie := range uint64(22) { // with . and ..
		for i, fd := range fds {
			g.call(ESUCCESS, "fd_readdir", fd, p, 30, cookie, count)
			name := string(g.mem[p+24 : p+24+uint64(g.u32(p+16))])
			if seen[fmt.Sprint(i, name)] = true; g.u64(p) != cookie+1 {
				t.Errorf("behind %s of %d: %d", name, i, g.u64(p))
			}
		}
		kept := 0
		for _, d := range g.sys.fds {
			kept += len(d.entries)
		}
		if kept > maxEntries+22 {
			t.Errorf("%d entries are kept", kept)
		}
	}
	if len(seen) != 30*22 {
		t.Errorf("%d entries were seen, want %d", len(seen), 30*22)
	}
}
