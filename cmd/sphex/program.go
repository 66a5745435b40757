package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sphex/aot"
	"sphex/aot/object"
	"sphex/debugger"
)

// programFlags are the flags of every command that runs a program; they follow wasmtime's.
type programFlags struct {
	dirs, readDirs, envs, maps []string
	invoke                     string
	noCache                    bool
}

func (p *programFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&p.dirs, "dir", nil, "open a directory for the program: `HOST[::GUEST]`")
	f.StringArrayVar(&p.readDirs, "dir-ro", nil, "the same, for reading only: `HOST[::GUEST]`")
	f.StringArrayVar(&p.envs, "env", nil, "set an environment variable: `NAME[=VALUE]`; without a value it is inherited")
	f.StringVar(&p.invoke, "invoke", "", "run this exported `function` instead of _start; the arguments are its parameters")
	f.StringArrayVar(&p.maps, "map", nil, "replace a prefix of source paths: `FROM=TO`")
	f.BoolVar(&p.noCache, "no-cache", false, "compile anew, without the cache on disk")
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
	cfg.Compile, cfg.Unseal = compiler(p.noCache), unseal
	return cfg, nil
}

func directory(arg string, readOnly bool) debugger.Dir {
	host, guest, ok := strings.Cut(arg, "::")
	if !ok {
		guest = host
	}
	return debugger.Dir{Host: host, Guest: guest, ReadOnly: readOnly}
}

// compiler returns the way from a module to an object: through the cache where there is one.
func compiler(noCache bool) func([]byte) (*object.File, error) {
	return func(module []byte) (*object.File, error) {
		if !noCache {
			if cache, err := aot.UserCache(); err == nil {
				f, _, err := cache.Compile(module, aot.Options{})
				return f, err
			}
		}
		return aot.Compile(module, aot.Options{})
	}
}

// unseal opens an object that this user compiled.
func unseal(sealed []byte) ([]byte, error) {
	key, err := aot.UserKey()
	if err != nil {
		return nil, err
	}
	return key.Open(sealed)
}
