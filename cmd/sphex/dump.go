package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sphex/aot/wasm"
	"sphex/debugger/dump"
	"sphex/repl"
)

// dumpFlags are the choices of sphex dump.
type dumpFlags struct {
	program  programFlags
	function string // a regular expression
	offset   string // in the file
	html     string
	columns  []string
	json     bool
	dwarf    bool
	verbose  bool
}

func dumpCommand() *cobra.Command {
	var d dumpFlags
	c := &cobra.Command{
		Use:   "dump [flags] PROGRAM [FUNCTION | FILE:LINE | *OFFSET | func[N]]",
		Short: "Show source, WebAssembly, native code and the places of variables side by side",
		Long: `Show what became of a function or a line: its source, WebAssembly, native code, where the
operand stack's entries and the variables are, side by side. Nothing is run. PROGRAM is a
module, or an object that sphex compile made.

A function is named as for a breakpoint; *OFFSET counts in the code section; func[N] is the
function with index N. Without any of them, and without --func and --at, there is an overview:
units, functions, sections, and what is wrong with the debug information.`,
		Example: `  sphex dump app.wasm                       an overview
  sphex dump app.wasm parse                 the function parse
  sphex dump app.wasm src/main.rs:54        the code of one line
  sphex dump app.wasm --func '^app::' --html page.html
  sphex dump app.wasm --dwarf               what became of the debug information`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 2 {
				return fmt.Errorf("dump takes a program and one place, not %d arguments: sphex %s", len(args), c.Use)
			}
			return needProgram(c, args)
		},
		RunE: func(_ *cobra.Command, args []string) error { return d.run(args) },
	}
	f := c.Flags()
	f.StringVar(&d.function, "func", "", "show the functions whose names match this regular `expression`")
	f.StringVar(&d.offset, "at", "", "show the function at this `offset` of the module's file, as backtraces elsewhere print it")
	f.StringVar(&d.html, "html", "", "write one page of HTML that needs nothing else to this `file`")
	f.BoolVar(&d.json, "json", false, "write JSON")
	f.StringSliceVar(&d.columns, "columns", nil, "show only these `columns`: "+strings.Join(dump.ColumnNames, ","))
	f.BoolVar(&d.dwarf, "dwarf", false, "show what the translation of the debug information kept and dropped, and why")
	f.BoolVarP(&d.verbose, "verbose", "v", false, "list everything that the overview and --dwarf only count")
	f.StringArrayVar(&d.program.maps, "map", nil, "replace a prefix of source paths: `FROM=TO`")
	addDebugDirs(c, &d.program.debugDirs)
	f.BoolVar(&d.program.noCache, "no-cache", false, "compile anew, without the cache on disk")
	return c
}

func (d *dumpFlags) run(args []string) error {
	for _, c := range d.columns {
		if !slices.Contains(dump.ColumnNames, c) {
			return fmt.Errorf("there is no column %q: %s", c, strings.Join(dump.ColumnNames, ", "))
		}
	}
	cfg, err := d.program.config(args[:1])
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	if d.dwarf {
		if len(args) > 1 || d.function != "" || d.offset != "" || d.html != "" {
			return errors.New("--dwarf is about the whole program, as text or with --json")
		}
		report, err := dump.OpenDwarf(context.Background(), cfg)
		if err != nil {
			return err
		}
		if d.json {
			return errors.Join(writeJSON(out, report), out.Flush())
		}
		return errors.Join(dump.WriteDwarf(out, report, d.layout(), d.verbose), out.Flush())
	}
	p, err := dump.Open(context.Background(), cfg)
	if err != nil {
		return err
	}
	if len(args) < 2 && d.function == "" && d.offset == "" {
		if d.html != "" {
			return errors.New("--html shows functions: name one, or give --func")
		}
		return errors.Join(d.overview(out, p), out.Flush())
	}
	sel, err := d.selected(p, args[1:])
	if err != nil {
		return err
	}
	return errors.Join(d.show(out, p, sel), out.Flush())
}

func (d *dumpFlags) overview(w io.Writer, p *dump.Program) error {
	o := p.Overview()
	if d.json {
		return writeJSON(w, o)
	}
	return dump.WriteOverview(w, o, d.layout(), d.verbose)
}

// selected finds what the arguments name.
func (d *dumpFlags) selected(p *dump.Program, args []string) (sel dump.Selected, err error) {
	switch {
	case len(args) > 0 && (d.function != "" || d.offset != "") || d.function != "" && d.offset != "":
		return sel, errors.New("name one place: an argument, --func or --at")
	case d.function != "":
		re, err := regexp.Compile(d.function)
		if err != nil {
			return sel, err
		}
		if sel.Functions = p.Match(re); len(sel.Functions) == 0 {
			return sel, fmt.Errorf("no function's name matches %s", d.function)
		}
	case d.offset != "":
		n, err := strconv.ParseUint(d.offset, 0, 32)
		if err != nil {
			return sel, fmt.Errorf("%q is no offset in a file", d.offset)
		}
		sel, err = p.SelectOffset(wasm.FileOffset(n))
		if err != nil {
			return sel, err
		}
	default:
		if sel, err = p.Select(args[0]); err != nil {
			return sel, err
		}
	}
	if sel.Note != "" {
		fmt.Fprintln(os.Stderr, "sphex:", sel.Note)
	}
	return sel, nil
}

// show builds and writes the functions one by one; a page and JSON hold all of them.
func (d *dumpFlags) show(w io.Writer, p *dump.Program, sel dump.Selected) error {
	var list []*dump.Function
	for i, code := range sel.Functions {
		f, err := p.Function(code)
		if err != nil {
			return err
		}
		if sel.Line > 0 {
			f.Narrow(sel.File, sel.Line)
		}
		if d.html != "" || d.json {
			list = append(list, f)
			continue
		}
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := dump.WriteFunction(w, f, d.layout()); err != nil {
			return err
		}
	}
	switch {
	case d.html != "":
		var page bytes.Buffer
		if err := dump.WriteHTML(&page, list); err != nil {
			return err
		}
		return os.WriteFile(d.html, page.Bytes(), 0o644)
	case d.json:
		return writeJSON(w, list)
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// pipedWidth is the width of text that goes to no terminal.
const pipedWidth = 160

// layout fits the text to where it goes: COLUMNS and NO_COLOR are heeded.
func (d *dumpFlags) layout() dump.Layout {
	l := dump.Layout{Width: pipedWidth, Columns: d.columns, Colour: isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == ""}
	if n := repl.Width(os.Stdout); n > 0 {
		l.Width = n
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		l.Width = n
	}
	l.Width = max(l.Width, 40)
	return l
}
