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

// kind says how a parameter is decoded. An address and a size are an i32, in a module with 64-bit addresses an i64.
type kind uint8

const (
	number32   kind = iota // i32: into num
	number64               // i64: into num
	size                   // a size: into num
	pointer                // an address: into num, checked by the function itself
	descr                  // i32: an open descriptor, into fd
	path                   // an address and a size: a relative path, into str
	text                   // the same: a string without NUL, into str
	buffer                 // the same: bytes of guest memory, into buf
	vector                 // the same: an array of iovec, into vec
	result                 // an address: room for size bytes, into buf
	resultSize             // an address: room for a size, into buf
)

type param struct {
	name string
	kind kind
	size uint32
}

func num(name string) param                                   { return param{name, number32, 0} }
func long(name string) param                                  { return param{name, number64, 0} }
func cnt(name string) param                                   { return param{name, size, 0} }
func ptr(name string) param                                   { return param{name, pointer, 0} }
func dsc(name string) param                                   { return param{name, descr, 0} }
func pth(name string) param                                   { return param{name, path, 0} }
func txt(name string) param                                   { return param{name, text, 0} }
func mem(name string) param                                   { return param{name, buffer, 0} }
func vec(name string) param                                   { return param{name, vector, 0} }
func out(name string, size uint32) param                      { return param{name, result, size} }
func outSize(name string) param                               { return param{name, resultSize, 4} }
func row(n string, do func(*call) error, p ...param) Function { return Function{n, p, do} }

// Functions is preview 1, one row per function.
var Functions = []Function{
	row("args_get", argsGet, ptr("argv"), ptr("argv_buf")),
	row("args_sizes_get", argsSizesGet, outSize("argc"), outSize("argv_buf_size")),
	row("environ_get", environGet, ptr("environ"), ptr("environ_buf")),
	row("environ_sizes_get", environSizesGet, outSize("count"), outSize("buf_size")),
	row("clock_res_get", clockResGet, num("id"), out("resolution", 8)),
	row("clock_time_get", clockTimeGet, num("id"), long("precision"), out("time", 8)),
	row("random_get", randomGet, mem("buf")),
	row("proc_exit", procExit, num("code")),
	row("proc_raise", procRaise, num("sig")),
	row("sched_yield", schedYield),
	row("poll_oneoff", pollOneoff, ptr("in"), ptr("out"), cnt("nsubscriptions"), outSize("nevents")),

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
	row("fd_pread", fdPread, dsc("fd"), vec("iovs"), long("offset"), outSize("nread")),
	row("fd_prestat_get", fdPrestatGet, dsc("fd"), param{"prestat", resultSize, sizePrestat}),
	row("fd_prestat_dir_name", fdPrestatDirName, dsc("fd"), mem("path")),
	row("fd_pwrite", fdPwrite, dsc("fd"), vec("iovs"), long("offset"), outSize("nwritten")),
	row("fd_read", fdRead, dsc("fd"), vec("iovs"), outSize("nread")),
	row("fd_readdir", fdReaddir, dsc("fd"), mem("buf"), long("cookie"), outSize("bufused")),
	row("fd_renumber", fdRenumber, dsc("fd"), dsc("to")),
	row("fd_seek", fdSeek, dsc("fd"), long("offset"), num("whence"), out("newoffset", 8)),
	row("fd_sync", fdSync, dsc("fd")),
	row("fd_tell", fdTell, dsc("fd"), out("offset", 8)),
	row("fd_write", fdWrite, dsc("fd"), vec("iovs"), outSize("nwritten")),

	row("path_create_directory", pathCreateDirectory, dsc("fd"), pth("path")),
	row("path_filestat_get", pathFilestatGet, dsc("fd"), num("flags"), pth("path"), out("filestat", sizeFilestat)),
	row("path_filestat_set_times", pathFilestatSetTimes, dsc("fd"), num("flags"), pth("path"),
		long("atim"), long("mtim"), num("fst_flags")),
	row("path_link", pathLink, dsc("old_fd"), num("old_flags"), pth("old_path"), dsc("new_fd"), pth("new_path")),
	row("path_open", pathOpen, dsc("fd"), num("dirflags"), pth("path"), num("oflags"),
		long("rights_base"), long("rights_inheriting"), num("fdflags"), out("opened_fd", 4)),
	row("path_readlink", pathReadlink, dsc("fd"), pth("path"), mem("buf"), outSize("bufused")),
	row("path_remove_directory", pathRemoveDirectory, dsc("fd"), pth("path")),
	row("path_rename", pathRename, dsc("fd"), pth("old_path"), dsc("new_fd"), pth("new_path")),
	row("path_symlink", pathSymlink, txt("old_path"), dsc("fd"), pth("new_path")),
	row("path_unlink_file", pathUnlinkFile, dsc("fd"), pth("path")),

	row("sock_accept", sockAccept, dsc("fd"), num("flags"), out("opened_fd", 4)),
	row("sock_recv", sockRecv, dsc("fd"), vec("ri_data"), num("ri_flags"), outSize("ro_datalen"), out("ro_flags", 2)),
	row("sock_send", sockSend, dsc("fd"), vec("si_data"), num("si_flags"), outSize("so_datalen")),
	row("sock_shutdown", sockShutdown, dsc("fd"), num("how")),
}

// Type is the function's WebAssembly signature.
func (f *Function) Type() wasm.FuncType { return f.typ(wasm.I32) }

// Type64 is the signature in modules with 64-bit addresses: addresses and sizes are i64 there, in the structures of memory,
// too. So it is in what Zig and Emscripten make; there is no standard that says so.
func (f *Function) Type64() wasm.FuncType { return f.typ(wasm.I64) }

// typ is the signature with addresses of a type.
func (f *Function) typ(addr wasm.ValType) wasm.FuncType {
	var t wasm.FuncType
	for _, p := range f.params {
		switch p.kind {
		case number64:
			t.Params = append(t.Params, wasm.I64)
		case number32, descr:
			t.Params = append(t.Params, wasm.I32)
		case path, text, buffer, vector:
			t.Params = append(t.Params, addr, addr)
		default:
			t.Params = append(t.Params, addr)
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
	// wide says that addresses and sizes have 64 bits: see Function.Type64.
	wide bool
	num  [maxParams]uint64
	fd   [maxParams]*descriptor
	str  [maxParams]string
	buf  [maxParams][]byte
	vec  [][]byte
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
		trace = f.format(with.wide, stack) // before the result takes the first argument's place
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
	nextAddr := func() uint64 {
		if c.wide {
			return next()
		}
		return uint64(uint32(next()))
	}
	for i, p := range params {
		var err error
		switch p.kind {
		case number64:
			c.num[i] = next()
		case number32:
			c.num[i] = uint64(uint32(next()))
		case pointer, size:
			c.num[i] = nextAddr()
		case descr:
			c.num[i] = uint64(uint32(next()))
			c.fd[i], err = c.sys.descriptor(uint32(c.num[i]))
		case result:
			c.buf[i], err = c.bytes(nextAddr(), uint64(p.size))
		case resultSize:
			c.buf[i], err = c.bytes(nextAddr(), c.sized(uint64(p.size)))
		default:
			addr, n := nextAddr(), nextAddr()
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
func (c *call) asked(addr, n uint64) {
	if c.of != nil {
		c.of.Asked(wasm.MemAddr(addr), n)
	}
}

// bytes gives n bytes of guest memory.
func (c *call) bytes(addr, n uint64) ([]byte, error) {
	if size := uint64(len(c.mem)); addr > size || n > size-addr {
		return nil, EFAULT
	}
	return c.mem[addr : addr+n : addr+n], nil
}

// array gives n elements of some bytes each.
func (c *call) array(addr, n, bytes uint64) ([]byte, error) {
	if n > uint64(len(c.mem)) {
		return nil, EFAULT
	}
	return c.bytes(addr, n*bytes)
}

// sized is what a structure of addresses and sizes takes that has n bytes where these have 32 bits.
func (c *call) sized(n uint64) uint64 {
	if c.wide {
		return 2 * n
	}
	return n
}

// size reads an address or a size at the start of p.
func (c *call) size(p []byte) uint64 {
	if c.wide {
		return le.Uint64(p)
	}
	return uint64(le.Uint32(p))
}

// putSize is the reverse of size.
func (c *call) putSize(p []byte, v uint64) {
	if c.wide {
		le.PutUint64(p, v)
	} else {
		le.PutUint32(p, uint32(v))
	}
}

// vector decodes an array of n iovec structures.
func (c *call) vector(addr, n uint64) error {
	element := c.sized(sizeIovec)
	array, err := c.array(addr, n, element)
	if err != nil {
		return err
	}
	c.asked(addr, n*element)
	total := uint64(0)
	for ; len(array) > 0 && len(c.vec) < maxVector; array = array[element:] {
		at, size := c.size(array), c.size(array[element/2:])
		c.asked(at, size)
		b, err := c.bytes(at, size)
		if err != nil {
			return err
		}
		if total += uint64(len(b)); total > 1<<32-1 && !c.wide {
			return EINVAL // the count of bytes could not be told
		}
		if len(b) > 0 {
			c.vec = append(c.vec, b)
		}
	}
	return nil
}

// text decodes a string.
func (c *call) text(addr, n uint64) (string, error) {
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
func (c *call) path(addr, n uint64) (string, error) {
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
func (f *Function) format(wide bool, stack []uint64) string {
	var b strings.Builder
	b.WriteString(f.Name)
	b.WriteByte('(')
	at := 0
	addr := func(i int) uint64 {
		if wide {
			return stack[i]
		}
		return uint64(uint32(stack[i]))
	}
	for i, p := range f.params {
		if i > 0 {
			b.WriteString(", ")
		}
		switch p.kind {
		case number64:
			fmt.Fprintf(&b, "%s=%d", p.name, stack[at])
		case number32, descr:
			fmt.Fprintf(&b, "%s=%d", p.name, uint32(stack[at]))
		case size:
			fmt.Fprintf(&b, "%s=%d", p.name, addr(at))
		case pointer, result, resultSize:
			fmt.Fprintf(&b, "%s=%#x", p.name, addr(at))
		default:
			fmt.Fprintf(&b, "%s=%#x+%d", p.name, addr(at), addr(at+1))
			at++
		}
		at++
	}
	b.WriteByte(')')
	return b.String()
}
