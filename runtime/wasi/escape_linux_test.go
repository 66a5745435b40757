package wasi

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// jail is a directory that is opened for a guest, in a world that is not.
type jail struct {
	dir, outside string
	forbidden    map[uint64]string // inodes of what is outside
	before       string
}

const secret = "the secret"

func newJail(t *testing.T) *jail {
	t.Helper()
	world := t.TempDir()
	j := &jail{dir: filepath.Join(world, "jail"), outside: filepath.Join(world, "outside")}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{j.dir + "/sub/deep", j.outside + "/empty", j.outside + "/full"} {
		must(os.MkdirAll(d, 0o700))
	}
	for _, f := range []string{"secret", "full/secret"} {
		must(os.WriteFile(filepath.Join(j.outside, f), []byte(secret), 0o600))
	}
	for _, f := range []string{"file", "sub/file"} {
		must(os.WriteFile(filepath.Join(j.dir, f), []byte("mine"), 0o600))
	}
	for name, target := range map[string]string{
		"rel": "../outside", "rel-file": "../outside/secret", "abs": j.outside, "abs-file": j.outside + "/secret",
		"root": "/", "up": "..", "dot-up": "./..", "sub/up2": "../..", "sub/deep/up3": "../../../outside",
		"to-rel": "rel", "to-to-rel": "to-rel", "to-sub-up": "sub/up2", "self": "self", "inside": "sub", "inside-up": "sub/..",
		"inside-up-up": "sub/../..", "proc-root": "/proc/self/root", "proc-cwd": "/proc/self/cwd", "proc-fd": "/proc/self/fd",
		"there-and-back": "../jail/sub", "dangling": "../outside/new", "dangling-abs": j.outside + "/new", "slashes": "..//outside",
		"long": strings.Repeat("./", 1000) + "../outside",
	} {
		must(os.Symlink(target, filepath.Join(j.dir, name)))
	}
	j.forbidden = map[uint64]string{}
	must(filepath.WalkDir(world, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == j.dir {
			return fs.SkipDir
		}
		info, err := os.Lstat(path)
		if err == nil {
			j.forbidden[info.Sys().(*syscall.Stat_t).Ino] = path
		}
		return err
	}))
	j.before = j.look(t)
	return j
}

// look describes all that is outside.
func (j *jail) look(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	if err := filepath.WalkDir(j.outside, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		st := info.Sys().(*syscall.Stat_t)
		fmt.Fprintf(&b, "%s %v %d %d %v %v", path, info.Mode(), st.Nlink, st.Ino, st.Mtim, st.Ctim)
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %q", text)
		}
		b.WriteByte('\n')
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// unharmed checks that nothing outside has changed.
func (j *jail) unharmed(t *testing.T, what string) {
	t.Helper()
	if now := j.look(t); now != j.before {
		t.Fatalf("%s: outside of the directory was\n%s\nand is\n%s", what, j.before, now)
	}
}

// escapes are paths that lead out of a directory in some way, or try.
func (j *jail) escapes() []string {
	beginnings := []string{"", "./", "sub/", "sub/deep/", "sub/../", "inside/", "inside-up/", "file/", "none/", "//", "/", strings.Repeat("sub/../", 200),
		"proc-root" + j.dir + "/", "there-and-back/../../", "sub//deep/.././"}
	ways := []string{"..", "../..", "../../../../../../../../..", "../outside", "../../outside", "../../../outside", "rel", "abs", "to-to-rel", "up/outside", "dot-up/outside", "sub/up2/outside",
		"sub/deep/up3", "to-sub-up/outside", "inside-up-up/outside", "root" + j.outside, "proc-root" + j.outside, "proc-cwd", "proc-fd/0", "proc-fd", "slashes", "long",
		"sub/../../outside", "there-and-back/../../outside", "..\x00/outside", "rel\x00", ".. /outside", "..\\outside", j.outside, "/proc/self/root" + j.outside}
	ends := []string{"", "/", "/.", "/secret", "/full/secret", "/full/../secret", "/new", "/empty", "-file"}
	var list []string
	for _, b := range beginnings {
		for _, w := range ways {
			for _, e := range ends {
				list = append(list, b+w+e)
			}
		}
	}
	return append(list, "dangling", "dangling-abs", "self", "self/x", strings.Repeat("../", 1300)+"outside/secret", strings.Repeat("x/../", 800)+"../outside/secret")
}

// attack does to a path whatever a guest can do with one, and returns what it may not have got.
func (j *jail) attack(g *guest, dir uint64, path string) {
	g.t.Helper()
	top := g.top
	defer func() { g.top = top }()
	p, n := g.put(path)
	x, xn := g.put("x")
	out := uint64(g.alloc(sizeFilestat))
	buf := uint64(g.alloc(64))
	ok := func(name string, args ...uint64) bool {
		g.t.Helper()
		err := g.try(g.t.Context(), name, args...)
		if _, isErrno := err.(Errno); !isErrno {
			g.t.Fatalf("%s %q: %v", name, path, err)
		}
		return err == error(ESUCCESS)
	}
	opened := func(fd uint64, how string) {
		g.t.Helper()
		if ok("fd_filestat_get", fd, out) && j.forbidden[g.u64(out+8)] != "" {
			g.t.Fatalf("open %q (%s) gave %s", path, how, j.forbidden[g.u64(out+8)])
		}
		if ok("fd_read", fd, g.vec(buf, 64), 1, out) && strings.Contains(string(g.mem[buf:buf+uint64(g.u32(out))]), secret) {
			g.t.Fatalf("open %q (%s) gave the secret", path, how)
		}
		ok("fd_close", fd)
	}
	const everything = readWrite | uint64(rightFDReaddir)
	for _, oflags := range []uint64{0, openDirectory, openCreate, openTruncate, openCreate | openExclusive, openCreate | openTruncate} {
		for _, follow := range []uint64{0, lookupFollow} {
			for _, rights := range []uint64{uint64(rightFDRead), everything} {
				if ok("path_open", dir, follow, p, n, oflags, rights, uint64(rightsAll), 0, out) {
					opened(uint64(g.u32(out)), fmt.Sprintf("oflags %d, follow %d", oflags, follow))
				}
			}
		}
	}
	for _, follow := range []uint64{0, lookupFollow} {
		if ok("path_filestat_get", dir, follow, p, n, out) && j.forbidden[g.u64(out+8)] != "" {
			g.t.Fatalf("path_filestat_get %q told of %s", path, j.forbidden[g.u64(out+8)])
		}
		ok("path_filestat_set_times", dir, follow, p, n, 1, 1, setAccess|setModify)
	}
	ok("path_link", dir, 0, p, n, dir, x, xn)
	if ok("path_open", dir, lookupFollow, x, xn, 0, uint64(rightFDRead), 0, 0, out) {
		opened(uint64(g.u32(out)), "through a link")
	}
	ok("path_unlink_file", dir, x, xn)
	ok("path_link", dir, 0, x, xn, dir, p, n)
	ok("path_create_directory", dir, p, n)
	ok("path_symlink", x, xn, dir, p, n)
	ok("path_readlink", dir, p, n, buf, 64, out)
}

// remove is the part of an attack behind which less is left of the directory itself.
func (j *jail) remove(g *guest, dir uint64, path string) {
	g.t.Helper()
	top := g.top
	defer func() { g.top = top }()
	p, n := g.put(path)
	x, xn := g.put("x")
	for _, name := range []string{"path_unlink_file", "path_remove_directory"} {
		g.try(g.t.Context(), name, dir, p, n)
	}
	g.try(g.t.Context(), "path_rename", dir, p, n, dir, x, xn)
	g.try(g.t.Context(), "path_rename", dir, x, xn, dir, p, n)
}

// TestEscapes tries thousands of paths with every function that takes one, from the directory that was opened and from one
// below it.
func TestEscapes(t *testing.T) {
	const together = 600 // and then a fresh directory
	for at, end := 0, 1; at < end; at += together {
		j := newJail(t)
		paths := j.escapes()
		if end = len(paths); end < 3000 {
			t.Errorf("%d paths are too few", end)
		}
		paths = paths[at:min(at+together, end)]
		g := newGuest(t, Config{Dirs: []Dir{{Host: j.dir, Guest: "/"}}})
		below := g.open(ESUCCESS, "sub", openDirectory, uint64(rightsDir), 0)
		for i, path := range paths {
			j.attack(g, 3, path)
			if i%4 == 0 {
				j.attack(g, below, path)
			}
			if i%100 == 0 {
				j.unharmed(t, fmt.Sprintf("up to %q", path))
			}
		}
		j.unharmed(t, "attacks")
		for _, path := range paths {
			j.remove(g, below, path)
			j.remove(g, 3, path)
		}
		j.unharmed(t, "removals")
	}
}

// TestEscapeProc gives a guest the directory with the links that the kernel makes: they lead out of it like any others.
func TestEscapeProc(t *testing.T) {
	j := newJail(t)
	g := newGuest(t, Config{Dirs: []Dir{{Host: "/proc", Guest: "/", ReadOnly: true}}})
	f, err := os.Open(filepath.Join(j.outside, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pid, fd := os.Getpid(), f.Fd()
	for _, way := range []string{"self", "thread-self", fmt.Sprint(pid), fmt.Sprintf("%d/task/%d", pid, pid)} {
		for _, path := range []string{"/root" + j.outside + "/secret", "/root", "/cwd", "/cwd/..", "/exe", fmt.Sprintf("/fd/%d", fd), fmt.Sprintf("/map_files/../fd/%d", fd)} {
			j.attack(g, 3, way+path)
			p, n := g.put(way + path)
			if err := g.try(t.Context(), "path_open", 3, lookupFollow, p, n, 0, uint64(rightFDRead), 0, 0, uint64(g.alloc(4))); err == error(ESUCCESS) {
				t.Errorf("%s was opened", way+path)
			}
			g.top = 1024
		}
	}
	j.unharmed(t, "through /proc")
}

// TestEscapeMoved moves directories while the guest has them open: what was above them stays out of reach.
func TestEscapeMoved(t *testing.T) {
	j := newJail(t)
	g := newGuest(t, Config{Dirs: []Dir{{Host: j.dir, Guest: "/"}}})
	deep := g.open(ESUCCESS, "sub/deep", openDirectory, uint64(rightsDir), 0)
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	paths := []string{"..", "../..", "../secret", "../../secret", "../outside/secret", "../../outside/secret", "../../jail/file", "../deep", "../../sub/deep"}
	for _, to := range []string{j.dir + "/deep", j.outside + "/moved", j.outside + "/full/moved"} {
		from := j.dir + "/sub/deep"
		rename(from, to)
		j.before = j.look(t)
		for _, path := range paths {
			j.attack(g, deep, path)
			// Between it and the directory that it was below of no longer.
			p, n := g.put(path)
			x, xn := g.put("file")
			for _, name := range []string{"path_rename"} {
				if err := g.try(t.Context(), name, 3, x, xn, deep, p, n); err == error(ESUCCESS) {
					t.Errorf("a file was moved to %s of a directory that is away", path)
				}
				if err := g.try(t.Context(), name, deep, p, n, 3, x, xn); err == error(ESUCCESS) {
					t.Errorf("%s was moved from a directory that is away", path)
				}
			}
			g.top = 1024
		}
		j.unharmed(t, "with a directory that was moved to "+to)
		rename(to, from)
	}
}

// TestEscapeRace has somebody exchange a directory with a link to the outside, over and over, while the guest works in it.
func TestEscapeRace(t *testing.T) {
	j := newJail(t)
	if err := os.Mkdir(filepath.Join(j.dir, "d"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(j.dir, "d", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../outside", filepath.Join(j.dir, "l")); err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	exchanged := make(chan int)
	go func() {
		n := 0
		for ; !stop.Load(); n++ {
			if err := unix.Renameat2(unix.AT_FDCWD, j.dir+"/d", unix.AT_FDCWD, j.dir+"/l", unix.RENAME_EXCHANGE); err != nil {
				t.Errorf("exchanging: %v", err)
				break
			}
		}
		exchanged <- n
	}()
	g := newGuest(t, Config{Dirs: []Dir{{Host: j.dir, Guest: "/"}}})
	for range 60 {
		for _, path := range []string{"d/secret", "d/full/secret", "d/new", "d/empty", "d", "d/../outside/secret", "d/./full/../secret", "l/secret"} {
			j.attack(g, 3, path)
		}
		for _, path := range []string{"d/secret", "d/full/secret", "d/empty", "d/new"} {
			j.remove(g, 3, path)
		}
	}
	stop.Store(true)
	if n := <-exchanged; n < 100 {
		t.Logf("the directory was exchanged only %d times", n)
	}
	j.unharmed(t, "a race")
}
