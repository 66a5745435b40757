package wasi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Dir is a directory that is opened for the guest.
type Dir struct {
	Host     string // path on the host
	Guest    string // the name under which the guest finds it
	ReadOnly bool
}

// Config is what a guest is given. The zero value gives it nothing: no arguments, an empty
// standard input, and output that goes nowhere.
type Config struct {
	Args   []string // the program's name first
	Env    []string // NAME=VALUE
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Dirs   []Dir
	// Listeners are sockets at which the guest may accept connections: descriptors behind those of Dirs.
	Listeners []*Listener

	World    World     // nil: NewHost of this configuration
	MaxFiles int       // open at once; 0: 1024
	Trace    io.Writer // gets a line for each call, if it is not nil
}

// System is the WASI state of a program: its descriptors. The threads of the program may call it at the same
// time; one that waits for input or for time does not keep the others from it.
type System struct {
	mu        sync.Mutex
	args, env []string
	world     World
	fds       []*descriptor // nil: free
	maxFiles  int
	trace     io.Writer
	spare     []*call // whose memory is used again
}

// New opens the directories of the configuration. Close closes what is still open.
func New(cfg Config) (*System, error) {
	for _, list := range [][]string{cfg.Args, cfg.Env} {
		for _, s := range list {
			if strings.IndexByte(s, 0) >= 0 {
				return nil, fmt.Errorf("wasi: %q: a NUL in an argument or in the environment", s)
			}
		}
	}
	s := &System{args: cfg.Args, env: cfg.Env, world: cfg.World, maxFiles: cfg.MaxFiles, trace: cfg.Trace}
	if s.world == nil {
		s.world = NewHost(cfg)
	}
	if s.maxFiles == 0 {
		s.maxFiles = 1024
	}
	s.maxFiles = max(s.maxFiles, 3+len(cfg.Dirs)+len(cfg.Listeners))
	for n := range 3 {
		base := rightsStream &^ rightFDRead
		if n == 0 {
			base = rightsStream &^ rightFDWrite
		}
		s.fds = append(s.fds, &descriptor{file: s.world.Stream(n), base: base, inheriting: base})
	}
	for i, d := range cfg.Dirs {
		f, err := s.world.OpenDir(i)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("wasi: opening %s for the guest: %w", d.Host, err), s.Close())
		}
		s.fds = append(s.fds, &descriptor{
			file: f, base: rightsDir, inheriting: rightsAll, preopen: true, name: d.Guest,
		})
	}
	for i := range cfg.Listeners {
		s.fds = append(s.fds, &descriptor{file: s.world.Listener(i), base: rightsListener, inheriting: rightsConnection})
	}
	return s, nil
}

// Close closes all descriptors.
func (s *System) Close() error {
	var errs []error
	for i, d := range s.fds {
		if d != nil {
			errs = append(errs, d.file.Close())
			s.fds[i] = nil
		}
	}
	return errors.Join(errs...)
}

// argsGet, environGet: an array of pointers to strings that end in NUL.

func argsGet(c *call) error    { return c.putStrings(c.sys.args) }
func environGet(c *call) error { return c.putStrings(c.sys.env) }

func (c *call) putStrings(list []string) error {
	total := stringsSize(list)
	width := c.sized(4)
	array, err := c.array(c.num[0], uint64(len(list)), width)
	if err != nil {
		return err
	}
	addr := c.num[1]
	buf, err := c.bytes(addr, total)
	if err != nil {
		return err
	}
	for i, s := range list {
		c.putSize(array[width*uint64(i):], addr)
		n := copy(buf, s)
		buf[n] = 0
		buf = buf[n+1:]
		addr += uint64(n) + 1
	}
	return nil
}

func stringsSize(list []string) uint64 {
	n := uint64(0)
	for _, s := range list {
		n += uint64(len(s)) + 1
	}
	return n
}

func argsSizesGet(c *call) error    { return c.putSizes(c.sys.args) }
func environSizesGet(c *call) error { return c.putSizes(c.sys.env) }

func (c *call) putSizes(list []string) error {
	n := stringsSize(list)
	if n > 1<<32-1 && !c.wide {
		return EOVERFLOW
	}
	c.putSize(c.buf[0], uint64(len(list)))
	c.putSize(c.buf[1], n)
	return nil
}

func clockResGet(c *call) error {
	ns, err := c.sys.world.Resolution(Clock(c.num[0]))
	if err != nil {
		return err
	}
	le.PutUint64(c.buf[1], uint64(ns))
	return nil
}

func clockTimeGet(c *call) error {
	ns, err := c.sys.world.Now(Clock(c.num[0]))
	if err != nil {
		return err
	}
	le.PutUint64(c.buf[2], uint64(ns))
	return nil
}

func randomGet(c *call) error {
	for p := c.buf[0]; ; {
		n := min(len(p), piece)
		if err := c.sys.world.Random(p[:n]); err != nil || n == len(p) {
			return err
		}
		if p = p[n:]; c.ctx.Err() != nil {
			return context.Cause(c.ctx)
		}
	}
}

// piece is how much is done at once of what takes long: between two pieces the guest can be ended.
const piece = 8 << 20

func procExit(c *call) error { return &ExitError{Code: uint32(c.num[0])} }

// procRaise is refused: a guest has no signal handlers, and wasmtime refuses it too.
func procRaise(*call) error { return ENOTSUP }

func schedYield(c *call) error {
	if err := c.ctx.Err(); err != nil {
		return context.Cause(c.ctx)
	}
	c.sys.world.Yield()
	return nil
}
