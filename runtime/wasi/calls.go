package wasi

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"sphex/aot/wasm"
	"sphex/runtime"
)

// ModuleName is the module that guests import the functions from.
const ModuleName = "wasi_snapshot_preview1"

// Function is one function of the table. Call takes the arguments from stack, one word each,
// and leaves the result, an Errno, in stack[0]; mem is the guest's memory 0. The error is nil
// unless the run is over: an *ExitError or the context's error.
type Function struct {
	Name   string
	params []param
	do     func(*call) error
}

// kind says how a parameter is decoded.
type kind uint8

const (
	number32 kind = iota // i32: into num
	number64             // i64: into num
	pointer              // i32: into num, checked by the function itself
	descr                // i32: an open descriptor, into fd
	path                 // i32, i32: a relative path, into str
	text                 // i32, i32: a string without NUL, into str
	buffer               // i32, i32: bytes of guest memory, into buf
	vector               // i32, i32: an array of iovec, into vec
	result               // i32: room for size bytes, into buf
)

type param struct {
	name string
	kind kind
	size uint32
}

func num(name string) param                                   { return param{name, number32, 0} }
func long(name string) param                                  { return param{name, number64, 0} }
func ptr(name string) param                                   { return param{name, pointer, 0} }
func dsc(name string) param                                   { return param{name, descr, 0} }
func pth(name string) param                                   { return param{name, path, 0} }
func txt(name string) param                                   { return param{name, text, 0} }
func mem(name string) param                                   { return param{name, buffer, 0} }
func vec(name string) param                                   { return param{name, vector, 0} }
func out(name string, size uint32) param                      { return param{name, result, size} }
func row(n string, do func(*call) error, p ...param) Function { return Function{n, p, do} }

// Functions is preview 1, one row per function.
var Functions = []Function{
	row("args_get", argsGet, ptr("argv"), ptr("argv_buf")),
	row("args_sizes_get", argsSizesGet, out("argc", 4), out("argv_buf_size", 4)),
	row("environ_get", environGet, ptr("environ"), ptr("environ_buf")),
	row("environ_sizes_get", environSizesGet, out("count", 4), out("buf_size", 4)),
	row("clock_res_get", clockResGet, num("id"), out("resolution", 8)),
	row("clock_time_get", clockTimeGet, num("id"), long("precision"), out("time", 8)),
	row("random_get", randomGet, mem("buf")),
	row("proc_exit", procExit, num("code")),
	row("proc_raise", procRaise, num("sig")),
	row("sched_yield", schedYield),
	row("poll_oneoff", pollOneoff, ptr("in"), ptr("out"), num("nsubscriptions"), out("nevents", 4)),

	row("fd_advise", fdAdvise, dsc("fd"), long("offset"), long("len"), num("advice")),
	row("fd_allocate", fdAllocate, dsc("fd"), long("offset"), long("len")),
	row("fd_close", fdClose, dsc("fd")),
	row("fd_datasync", fdSync, dsc("fd")),
	row("fd_fdstat_get", fdFdstatGet, dsc("fd"), out("fdstat", sizeFdstat)),
	row("fd_fdstat_set_flags", fdFdstatSetFlags, dsc("fd"), num("flags")),
	row("fd_fdstat_set_rights", fdFdstatSetRights, dsc("fd"), long("base"), long("inheriting")),
	row("fd_filestat_get", fdFilestatGet, dsc("fd"), out("filestat", sizeFilestat)),
	row("fd_filestat_set_size", fdFilestatSetSize, dsc("fd"), long("size")),
	row("fd_filestat_set_times", fdFilestatSetTimes, dsc("fd"), long("atim"), long("mtim"), num("fst_flags")),
	row("fd_pread", fdPread, dsc("fd"), vec("iovs"), long("offset"), out("nread", 4)),
	row("fd_prestat_get", fdPrestatGet, dsc("fd"), out("prestat", sizePrestat)),
	row("fd_prestat_dir_name", fdPrestatDirName, dsc("fd"), mem("path")),
	row("fd_pwrite", fdPwrite, dsc("fd"), vec("iovs"), long("offset"), out("nwritten", 4)),
	row("fd_read", fdRead, dsc("fd"), vec("iovs"), out("nread", 4)),
	row("fd_readdir", fdReaddir, dsc("fd"), mem("buf"), long("cookie"), out("bufused", 4)),
	row("fd_renumber", fdRenumber, dsc("fd"), dsc("to")),
	row("fd_seek", fdSeek, dsc("fd"), long("offset"), num("whence"), out("newoffset", 8)),
	row("fd_sync", fdSync, dsc("fd")),
	row("fd_tell", fdTell, dsc("fd"), out("offset", 8)),
	row("fd_write", fdWrite, dsc("fd"), vec("iovs"), out("nwritten", 4)),

	row("path_create_directory", pathCreateDirectory, dsc("fd"), pth("path")),
	row("path_filestat_get", pathFilestatGet, dsc("fd"), num("flags"), pth("path"), out("filestat", sizeFilestat)),
	row("path_filestat_set_times", pathFilestatSetTimes, dsc("fd"), num("flags"), pth("path"),
		long("atim"), long("mtim"), num("fst_flags")),
	row("path_link", pathLink, dsc("old_fd"), num("old_flags"), pth("old_path"), dsc("new_fd"), pth("new_path")),
	row("path_open", pathOpen, dsc("fd"), num("dirflags"), pth("path"), num("oflags"),
		long("rights_base"), long("rights_inheriting"), num("fdflags"), out("opened_fd", 4)),
	row("path_readlink", pathReadlink, dsc("fd"), pth("path"), mem("buf"), out("bufused", 4)),
	row("path_remove_directory", pathRemoveDirectory, dsc("fd"), pth("path")),
	row("path_rename", pathRename, dsc("fd"), pth("old_path"), dsc("new_fd"), pth("new_path")),
	row("path_symlink", pathSymlink, txt("old_path"), dsc("fd"), pth("new_path")),
	row("path_unlink_file", pathUnlinkFile, dsc("fd"), pth("path")),

	row("sock_accept", sockAccept, dsc("fd"), num("flags"), out("opened_fd", 4)),
	row("sock_recv", sockRecv, dsc("fd"), vec("ri_data"), num("ri_flags"), out("ro_datalen", 4), out("ro_flags", 2)),
	row("sock_send", sockSend, dsc("fd"), vec("si_data"), num("si_flags"), out("so_datalen", 4)),
	row("sock_shutdown", sockShutdown, dsc("fd"), num("how")),
}

// Type is the function's WebAssembly signature.
func (f *Function) Type() wasm.FuncType {
	var t wasm.FuncType
	for _, p := range f.params {
		switch p.kind {
		case number64:
			t.Params = append(t.Params, wasm.I64)
		case path, text, buffer, vector:
			t.Params = append(t.Params, wasm.I32, wasm.I32)
		default:
			t.Params = append(t.Params, wasm.I32)
		}
	}
	if f.Name != "proc_exit" {
		t.Results = []wasm.ValType{wasm.I32}
	}
	return t
}

// maxParams is the largest number of entries in a row.
const maxParams = 8

// maxVector is how many buffers of a vector one call works on: reading and writing less than
// was asked for is always allowed.
const maxVector = 1024

// call is a call with its arguments decoded, each at its parameter's position.
type call struct {
	ctx context.Context
	sys *System
	mem []byte
	of  *runtime.Memory // that mem is of; nil: it has none
	num [maxParams]uint64
	fd  [maxParams]*descriptor
	str [maxParams]string
	buf [maxParams][]byte
	vec [][]byte
}

// Call runs the function for sys.
func (f *Function) Call(ctx context.Context, sys *System, mem []byte, stack []uint64) error {
	return f.serve(call{ctx: ctx, sys: sys, mem: mem}, stack)
}

// serve runs the function. Threads come here one at a time: see call.await.
func (f *Function) serve(with call, stack []uint64) error {
	sys := with.sys
	sys.mu.Lock()
	defer sys.mu.Unlock()
	c := &call{}
	if n := len(sys.spare) - 1; n >= 0 {
		c, sys.spare = sys.spare[n], sys.spare[:n]
	}
	defer func() { sys.spare = append(sys.spare, c) }()
	with.vec = c.vec[:0]
	*c = with
	trace := ""
	if sys.trace != nil {
		trace = f.format(stack) // before the result takes the first argument's place
	}
	err := c.decode(f.params, stack)
	if err == nil {
		err = f.do(c)
	}
	errno, ok := errnoOf(err)
	if sys.trace != nil {
		if ok {
			fmt.Fprintf(sys.trace, "%s = %v\n", trace, errno)
		} else {
			fmt.Fprintf(sys.trace, "%s: %v\n", trace, err)
		}
	}
	if !ok {
		return err
	}
	stack[0] = uint64(errno)
	return nil
}

// await lets other threads call while f waits.
func (c *call) await(f func()) {
	c.sys.mu.Unlock()
	defer c.sys.mu.Lock()
	f()
}

// decode checks the arguments and everything that they point to.
func (c *call) decode(params []param, stack []uint64) error {
	at := 0
	next := func() uint64 {
		v := stack[at]
		at++
		return v
	}
	for i, p := range params {
		var err error
		switch p.kind {
		case number64:
			c.num[i] = next()
		case number32, pointer:
			c.num[i] = uint64(uint32(next()))
		case descr:
			c.num[i] = uint64(uint32(next()))
			c.fd[i], err = c.sys.descriptor(uint32(c.num[i]))
		case result:
			c.buf[i], err = c.bytes(uint32(next()), uint64(p.size))
		default:
			addr, n := uint32(next()), uint64(uint32(next()))
			if p.kind != vector {
				c.asked(addr, n)
			}
			switch p.kind {
			case buffer:
				c.buf[i], err = c.bytes(addr, n)
			case vector:
				err = c.vector(addr, n)
			case text:
				c.str[i], err = c.text(addr, n)
			case path:
				c.str[i], err = c.path(addr, n)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// asked tells who watches the memory that the call reads n bytes, or fills them.
func (c *call) asked(addr uint32, n uint64) {
	if c.of != nil {
		c.of.Asked(wasm.MemAddr(addr), n)
	}
}

// bytes gives n bytes of guest memory.
func (c *call) bytes(addr uint32, n uint64) ([]byte, error) {
	if size := uint64(len(c.mem)); uint64(addr) > size || n > size-uint64(addr) {
		return nil, EFAULT
	}
	end := uint64(addr) + n
	return c.mem[addr:end:end], nil
}

// vector decodes an array of n iovec structures.
func (c *call) vector(addr uint32, n uint64) error {
	c.asked(addr, n*sizeIovec)
	array, err := c.bytes(addr, n*sizeIovec)
	if err != nil {
		return err
	}
	total := uint64(0)
	for ; len(array) > 0 && len(c.vec) < maxVector; array = array[sizeIovec:] {
		c.asked(le.Uint32(array), uint64(le.Uint32(array[4:])))
		b, err := c.bytes(le.Uint32(array), uint64(le.Uint32(array[4:])))
		if err != nil {
			return err
		}
		if total += uint64(len(b)); total > 1<<32-1 {
			return EINVAL // the count of bytes could not be told
		}
		if len(b) > 0 {
			c.vec = append(c.vec, b)
		}
	}
	return nil
}

// text decodes a string.
func (c *call) text(addr uint32, n uint64) (string, error) {
	b, err := c.bytes(addr, n)
	switch {
	case err != nil:
		return "", err
	case n > maxPath:
		return "", ENAMETOOLONG
	case !utf8.Valid(b):
		return "", EILSEQ
	}
	s := string(b)
	if strings.IndexByte(s, 0) >= 0 {
		return "", EINVAL
	}
	return s, nil
}

// maxPath is the length of the longest path, in bytes.
const maxPath = 4096

// path decodes a path, which must be relative. That it does not lead out of its directory is
// checked where it is walked, since that depends on symbolic links.
func (c *call) path(addr uint32, n uint64) (string, error) {
	s, err := c.text(addr, n)
	switch {
	case err != nil:
		return "", err
	case s == "":
		return "", ENOENT
	case s[0] == '/':
		return "", EPERM
	}
	return s, nil
}

// format shows a call with its arguments as they came.
func (f *Function) format(stack []uint64) string {
	var b strings.Builder
	b.WriteString(f.Name)
	b.WriteByte('(')
	at := 0
	for i, p := range f.params {
		if i > 0 {
			b.WriteString(", ")
		}
		switch p.kind {
		case number64:
			fmt.Fprintf(&b, "%s=%d", p.name, stack[at])
		case number32, descr:
			fmt.Fprintf(&b, "%s=%d", p.name, uint32(stack[at]))
		case pointer, result:
			fmt.Fprintf(&b, "%s=%#x", p.name, uint32(stack[at]))
		default:
			fmt.Fprintf(&b, "%s=%#x+%d", p.name, uint32(stack[at]), uint32(stack[at+1]))
			at++
		}
		at++
	}
	b.WriteByte(')')
	return b.String()
}
