package wasi

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// recorder is a World in front of another, which notes what passes.
type recorder struct {
	World
	effects []string
}

func (r *recorder) note(name string, args ...any) {
	r.effects = append(r.effects, strings.TrimSuffix(name+" "+strings.Trim(fmt.Sprint(args...), "[]"), " "))
}

func (r *recorder) Now(c Clock) (int64, error) {
	r.note("Now", c)
	return 1_000_000_000 + int64(c), nil
}
func (r *recorder) Resolution(c Clock) (int64, error) { r.note("Resolution", c); return 7, nil }
func (r *recorder) Yield()                            { r.note("Yield") }
func (r *recorder) Stream(n int) File                 { return &recorded{r.World.Stream(n), r, strconv.Itoa(n)} }
func (r *recorder) Listener(i int) File {
	return &recordedListener{recorded{r.World.Listener(i), r, "listener"}}
}
func (r *recorder) OpenDir(i int) (File, error) {
	f, err := r.World.OpenDir(i)
	return &recorded{f, r, "dir"}, err
}

func (r *recorder) Random(p []byte) error {
	r.note("Random", len(p))
	for i := range p {
		p[i] = 4
	}
	return nil
}

func (r *recorder) Poll(ctx context.Context, timeout time.Duration, want []Interest) ([]Readiness, error) {
	r.note("Poll", timeout, len(want))
	plain := slices.Clone(want)
	for i := range plain {
		plain[i].File = unrecorded(plain[i].File)
	}
	return r.World.Poll(ctx, timeout, plain)
}

// recorded is a File of a recorder's.
type recorded struct {
	File
	r    *recorder
	name string
}

type recordedListener struct{ recorded }

type recordedConnection struct{ recorded }

func unrecorded(f File) File {
	switch f := f.(type) {
	case *recorded:
		return f.File
	case *recordedListener:
		return f.File
	case *recordedConnection:
		return f.File
	}
	return f
}

func (f *recorded) note(what string, args ...any) { f.r.note(f.name+"."+what, args...) }

func (f *recorded) Stat() (Stat, error)           { f.note("Stat"); return f.File.Stat() }
func (f *recorded) SetTimes(a, m time.Time) error { f.note("SetTimes"); return f.File.SetTimes(a, m) }
func (f *recorded) Sync() error                   { f.note("Sync"); return f.File.Sync() }
func (f *recorded) Close() error                  { f.note("Close"); return f.File.Close() }
func (f *recorded) Truncate(n int64) error        { f.note("Truncate", n); return f.File.Truncate(n) }
func (f *recorded) ReadDir() ([]Entry, error)     { f.note("ReadDir"); return f.File.ReadDir() }
func (f *recorded) Mkdir(p string) error          { f.note("Mkdir", p); return f.File.Mkdir(p) }
func (f *recorded) Rmdir(p string) error          { f.note("Rmdir", p); return f.File.Rmdir(p) }
func (f *recorded) Unlink(p string) error         { f.note("Unlink", p); return f.File.Unlink(p) }
func (f *recorded) Symlink(to, p string) error    { f.note("Symlink", p); return f.File.Symlink(to, p) }
func (f *recorded) Readlink(p string) (string, error) {
	f.note("Readlink", p)
	return f.File.Readlink(p)
}
func (f *recorded) Read(ctx context.Context, p []byte) (int, error) {
	f.note("Read", len(p))
	return f.File.Read(ctx, p)
}
func (f *recorded) Write(ctx context.Context, p []byte) (int, error) {
	f.note("Write", string(p))
	return f.File.Write(ctx, p)
}
func (f *recorded) ReadAt(p []byte, off int64) (int, error) {
	f.note("ReadAt", len(p), off)
	return f.File.ReadAt(p, off)
}
func (f *recorded) WriteAt(p []byte, off int64) (int, error) {
	f.note("WriteAt", len(p), off)
	return f.File.WriteAt(p, off)
}
func (f *recorded) Seek(off int64, whence int) (int64, error) {
	f.note("Seek", off, whence)
	return f.File.Seek(off, whence)
}
func (f *recorded) Open(p string, how How) (File, error) {
	f.note("Open", p)
	opened, err := f.File.Open(p, how)
	return &recorded{opened, f.r, p}, err
}
func (f *recorded) StatAt(p string, follow bool) (Stat, error) {
	f.note("StatAt", p)
	return f.File.StatAt(p, follow)
}
func (f *recorded) SetTimesAt(p string, follow bool, a, m time.Time) error {
	f.note("SetTimesAt", p)
	return f.File.SetTimesAt(p, follow, a, m)
}
func (f *recorded) Rename(p string, to File, q string) error {
	f.note("Rename", p, " to ", q)
	return f.File.Rename(p, unrecorded(to), q)
}
func (f *recorded) Link(p string, to File, q string) error {
	f.note("Link", p, " to ", q)
	return f.File.Link(p, unrecorded(to), q)
}

func (f *recordedListener) Accept(ctx context.Context) (File, error) {
	f.note("Accept")
	c, err := f.File.(Acceptor).Accept(ctx)
	return &recordedConnection{recorded{c, f.r, "connection"}}, err
}

func (f *recordedConnection) Peek(ctx context.Context, p []byte) (int, error) {
	f.note("Peek", len(p))
	return f.File.(Connection).Peek(ctx, p)
}

func (f *recordedConnection) Shutdown(read, write bool) error {
	f.note("Shutdown", read, write)
	return f.File.(Connection).Shutdown(read, write)
}

// TestSeam calls each function of the table: what it does to the world, and what it learns there, a recorder sees and can
// answer. Those without an effect work on the descriptor table and on what the guest was given at its start.
func TestSeam(t *testing.T) {
	l, dial := listen(t)
	cfg := Config{Args: []string{"a"}, Env: []string{"E=1"}, Stdin: strings.NewReader("in"), Stdout: io.Discard,
		Dirs: []Dir{{Host: t.TempDir(), Guest: "/"}}, Listeners: []*Listener{l}}
	r := &recorder{World: NewHost(cfg)}
	cfg.World = r
	g := newGuest(t, cfg)
	r.effects = nil
	tried := map[string]bool{}
	call := func(effects, name string, args ...uint64) {
		t.Helper()
		g.call(ESUCCESS, name, args...)
		if got := strings.Join(r.effects, ", "); got != effects {
			t.Errorf("%s: the world saw %q, not %q", name, got, effects)
		}
		r.effects, tried[name] = nil, true
	}
	const dir, listener, file, conn = 3, 4, 5, 6
	out, buf := uint64(g.alloc(64)), uint64(g.alloc(64))
	iov := g.vec(buf, 4)
	f, fn := g.put("f")
	d, dn := g.put("d")
	s, sn := g.put("s")
	copy(g.mem[buf:], "data")

	call("", "args_sizes_get", out, out+4)
	call("", "args_get", out, buf+32)
	call("", "environ_sizes_get", out, out+4)
	call("", "environ_get", out, buf+32)
	call("Resolution 1", "clock_res_get", 1, out)
	if g.u64(out) != 7 {
		t.Errorf("resolution %d", g.u64(out))
	}
	call("Now 1", "clock_time_get", 1, 0, out)
	if g.u64(out) != 1_000_000_001 {
		t.Errorf("time %d", g.u64(out))
	}
	call("Random 3", "random_get", buf+40, 3)
	if string(g.mem[buf+40:buf+43]) != "\x04\x04\x04" {
		t.Errorf("random % x", g.mem[buf+40:buf+43])
	}
	call("Yield", "sched_yield")
	call("dir.Open f", "path_open", dir, 0, f, fn, openCreate, uint64(rightsFile), 0, 0, out)
	call("f.Write data", "fd_write", file, iov, 1, out)
	call("f.WriteAt 4 2", "fd_pwrite", file, iov, 1, 2, out)
	call("f.ReadAt 4 0", "fd_pread", file, iov, 1, 0, out)
	call("f.Seek 1 0", "fd_seek", file, 1, 0, out)
	call("f.Seek 0 1", "fd_tell", file, out)
	call("f.Read 4", "fd_read", file, iov, 1, out)
	call("f.Sync", "fd_sync", file)
	call("f.Sync", "fd_datasync", file)
	call("f.Stat, f.Truncate 20", "fd_allocate", file, 0, 20)
	call("f.Truncate 3", "fd_filestat_set_size", file, 3)
	call("f.SetTimes", "fd_filestat_set_times", file, 1, 1, setAccess)
	call("Now 0, f.SetTimes", "fd_filestat_set_times", file, 1, 1, setAccessNow)
	call("f.Stat", "fd_filestat_get", file, out)
	call("", "fd_advise", file, 0, 0, 0)
	call("", "fd_fdstat_get", file, out)
	call("", "fd_fdstat_set_flags", file, flagAppend)
	call("f.Seek 0 2, f.Write adat", "fd_write", file, iov, 1, out)
	call("", "fd_fdstat_set_rights", file, uint64(rightFDRead), 0)
	call("", "fd_prestat_get", dir, out)
	call("", "fd_prestat_dir_name", dir, out, 1)
	call("0.Read 4", "fd_read", 0, iov, 1, out)
	call("1.Write in", "fd_write", 1, g.vec(buf, 2), 1, out)
	call("dir.ReadDir, dir.Stat", "fd_readdir", dir, out, 30, 0, buf+32)
	call("dir.Mkdir d", "path_create_directory", dir, d, dn)
	call("dir.StatAt f", "path_filestat_get", dir, 0, f, fn, out)
	call("dir.SetTimesAt f", "path_filestat_set_times", dir, 0, f, fn, 1, 1, setModify)
	call("dir.Link f to s", "path_link", dir, 0, f, fn, dir, s, sn)
	call("dir.Unlink s", "path_unlink_file", dir, s, sn)
	call("dir.Symlink s", "path_symlink", f, fn, dir, s, sn)
	call("dir.Readlink s", "path_readlink", dir, s, sn, buf+32, 8, out)
	call("dir.Rename s to s", "path_rename", dir, s, sn, dir, s, sn)
	call("dir.Rmdir d", "path_remove_directory", dir, d, dn)

	io.WriteString(dial(), "some words")
	call("listener.Accept", "sock_accept", listener, 0, out)
	call("connection.Peek 4", "sock_recv", conn, iov, 1, recvPeek, out, out+4)
	call("connection.Read 4", "sock_recv", conn, iov, 1, 0, out, out+4)
	call("connection.Write some", "sock_send", conn, iov, 1, 0, out)
	call("connection.Shutdown false true", "sock_shutdown", conn, shutWrite)
	in := uint64(g.alloc(2 * sizeSubscription))
	clear(g.mem[in : in+2*sizeSubscription])
	g.mem[in+8], g.mem[in+16] = eventRead, conn
	le.PutUint32(g.mem[in+sizeSubscription+16:], 1)
	le.PutUint64(g.mem[in+sizeSubscription+24:], 5)
	call("Now 1, Now 1, Poll 5ns 1, Now 1", "poll_oneoff", in, uint64(g.alloc(2*sizeEvent)), 2, out)
	call("connection.Close", "fd_renumber", file, conn)
	call("f.Close", "fd_close", conn)
	tried["proc_exit"], tried["proc_raise"] = true, true // they end in an error that the host is given: TestExit
	for i := range Functions {
		if name := Functions[i].Name; !tried[name] {
			t.Errorf("%s was not called", name)
		}
	}
}

// Nothing but the files of the host's own World can reach the machine: the others import no package that can.
func TestOnlyTheHostReaches(t *testing.T) {
	harmless := []string{"Time", "Duration", "Unix", "Microsecond"} // no clock is read, nobody waits
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 15 {
		t.Fatalf("%v %v", files, err)
	}
	allowed := map[string]bool{
		"context": true, "encoding/binary": true, "errors": true, "fmt": true, "io": true, "math": true, "path/filepath": true, "strings": true, "sync": true,
		"time": true, "unicode/utf8": true, "sphex/aot/wasm": true, "sphex/aot/abi": true, "sphex/runtime": true,
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "host") || strings.HasPrefix(file, "errno") {
			continue // errno.go has the errors of the host, and nothing else of it
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range parsed.Imports {
			if name, _ := strconv.Unquote(i.Path.Value); !allowed[name] {
				t.Errorf("%s imports %s", file, name)
			}
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && !slices.Contains(harmless, sel.Sel.Name) && file+" "+sel.Sel.Name != "threads.go Sleep" {
				t.Errorf("%s uses time.%s", file, sel.Sel.Name) // the head start of threads is none of the guest's time
			}
			return true
		})
	}
}
