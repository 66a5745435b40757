package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/minisign"
	"sphex/aot/object"
	"sphex/debugger"
	"sphex/runtime/wasi"
)

// programFlags are the flags of every command that runs a program; they follow wasmtime's.
type programFlags struct {
	dirs, readDirs, envs, maps []string
	debugDirs                  []string
	invoke                     string
	noCache                    bool
	natvis                     []string
	text                       debuginfo.Text // for which functions a debugger shows it
	laterFrom                  int            // see aot.Options
	link                       linkFlags
	verifyKeys                 []string
	listen                     []string
	fuel                       uint64
}

func (p *programFlags) add(c *cobra.Command) {
	p.addLoading(c)
	f := c.Flags()
	f.StringArrayVar(&p.dirs, "dir", nil, "open a directory for the program: `HOST[::GUEST]`")
	f.StringArrayVar(&p.readDirs, "dir-ro", nil, "the same, for reading only: `HOST[::GUEST]`")
	f.StringArrayVar(&p.envs, "env", nil, "set an environment variable: `NAME[=VALUE]`; without a value it is inherited")
	f.StringVar(&p.invoke, "invoke", "", "run this exported `function` instead of _start; the arguments are its parameters")
	f.StringArrayVar(&p.listen, "listen", nil, "let the program accept connections at this `HOST:PORT`: the socket is its first descriptor behind those of the directories")
	p.link.add(c)
	f.Uint64Var(&p.fuel, "fuel", 0, "stop the program when it has entered functions and begun rounds of loops `N` times")
}

// addLoading adds those that matter to a program which does not run, too.
func (p *programFlags) addLoading(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&p.verifyKeys, "verify-key", nil, "run only what was signed with this `key`, a file or its line: FILE.minisig is the signature of each FILE that is run")
	f.StringArrayVar(&p.maps, "map", nil, "replace a prefix of source paths: `FROM=TO`")
	addDebugDirs(c, &p.debugDirs)
	f.BoolVar(&p.noCache, "no-cache", false, "compile anew, without the cache on disk")
}

// addDebugDirs adds the flag that says where the files with debug information are.
func addDebugDirs(c *cobra.Command, dirs *[]string) {
	c.Flags().StringArrayVar(dirs, "debug-dir", nil, "look here first for the files that the debug information is in or names: .dwo, .dwp, by build id: `DIR`")
}

// addNatvis adds the flag of those commands that show values.
func (p *programFlags) addNatvis(c *cobra.Command) {
	c.Flags().StringArrayVar(&p.natvis, "natvis", nil, "show values as this `FILE` says, in Visual Studio's format; can be given again")
}

// needProgram checks that there is a program among the arguments.
func needProgram(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%s needs a program: sphex %s", c.Name(), c.Use)
	}
	return nil
}

// config makes the session's configuration for the program and its arguments.
func (p *programFlags) config(args []string) (debugger.Config, error) {
	cfg := debugger.Config{Program: args[0], Args: args[1:], Stdout: os.Stdout, Stderr: os.Stderr}
	if p.invoke != "" {
		cfg.Invoke, cfg.InvokeArgs, cfg.Args = p.invoke, args[1:], nil
	}
	for _, d := range p.dirs {
		cfg.Dirs = append(cfg.Dirs, directory(d, false))
	}
	for _, d := range p.readDirs {
		cfg.Dirs = append(cfg.Dirs, directory(d, true))
	}
	for _, e := range p.envs {
		if !strings.Contains(e, "=") {
			v, ok := os.LookupEnv(e)
			if !ok {
				continue
			}
			e += "=" + v
		}
		cfg.Env = append(cfg.Env, e)
	}
	for _, m := range p.maps {
		from, to, ok := strings.Cut(m, "=")
		if !ok {
			return cfg, fmt.Errorf("--map %s: want FROM=TO", m)
		}
		cfg.SourceMap = append(cfg.SourceMap, debugger.PathMapping{From: from, To: to})
	}
	if err := p.openListeners(&cfg); err != nil {
		return cfg, err
	}
	cfg.DebugDirs = p.debugDirs
	cfg.Natvis = p.natvis
	if err := p.link.set(&cfg); err != nil {
		return cfg, err
	}
	cfg.Fuel = p.fuel
	keys, err := publicKeys(p.verifyKeys)
	cfg.Load = loader(p.noCache, keys, aot.Options{Text: p.text, LaterFrom: p.laterFrom, Imports: cfg.Imports, Fuel: p.fuel > 0})
	return cfg, err
}

// openListeners opens the sockets of --listen. Where the system has chosen a port, it is told.
func (p *programFlags) openListeners(cfg *debugger.Config) error {
	for _, address := range p.listen {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return fmt.Errorf("--listen %s: %w", address, err)
		}
		if _, port, _ := net.SplitHostPort(address); port == "0" || port == "" {
			fmt.Fprintf(os.Stderr, "sphex: the program listens at %s\n", l.Addr())
		}
		cfg.Listeners = append(cfg.Listeners, wasi.NewListener(l))
	}
	return nil
}

func directory(arg string, readOnly bool) debugger.Dir {
	host, guest, ok := strings.Cut(arg, "::")
	if !ok {
		guest = host
	}
	return debugger.Dir{Host: host, Guest: guest, ReadOnly: readOnly}
}

// opened is the cache once it has been used.
var opened atomic.Pointer[aot.Cache]

// cache is where this process keeps objects; nil if there is no place for it.
var cache = sync.OnceValue(func() *aot.Cache {
	c, err := aot.UserCache()
	if err != nil {
		return nil
	}
	opened.Store(c)
	return c
})

// finish waits for what goes on in the background.
func finish() {
	if c := opened.Load(); c != nil {
		c.Wait()
	}
}

// loader returns the way from a program's path to its object: through the cache where there is
// one. Without one, too, an object must be sealed by this user, or signed by somebody whom he trusts. With keys
// nothing is loaded but what one of them has signed.
func loader(noCache bool, keys []minisign.PublicKey, o aot.Options) func(string, *aot.Companions) (*object.File, error) {
	return func(path string, companions *aot.Companions) (*object.File, error) {
		o := o
		o.Companions = companions
		if len(keys) > 0 {
			return loadSigned(noCache, path, keys, o)
		}
		f, err := load(noCache, path, o)
		if errors.Is(err, aot.ErrSeal) {
			return loadTrusted(path, err)
		}
		return f, err
	}
}

func load(noCache bool, path string, o aot.Options) (*object.File, error) {
	if c := cache(); c != nil && !noCache {
		f, _, err := c.Load(path, o)
		return f, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(b, []byte("\x7fELF")) {
		return aot.Compile(b, o)
	}
	key, err := aot.UserKey()
	if err != nil {
		return nil, err
	}
	return key.Open(b)
}
