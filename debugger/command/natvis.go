package command

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sphex/debugger"
	"sphex/debugger/natvis"
	"sphex/debugger/value"
)

// runNatvis lists, loads and drops Natvis files.
func runNatvis(in *Interp, c *call) error {
	verb, path, _ := strings.Cut(c.args, " ")
	path = strings.Trim(strings.TrimSpace(path), `"`)
	switch verb {
	case "":
		listNatvis(in)
		return nil
	case "load":
		if path == "" {
			return fmt.Errorf("natvis load needs a FILE")
		}
		f, err := in.Session.LoadNatvis(path)
		if err != nil {
			return err
		}
		in.printf("%s: %s\n", path, counted(len(f.Types), "entry", "entries"))
		problems(in, f)
		return nil
	case "unload":
		if path == "" {
			return fmt.Errorf("natvis unload needs a FILE, or all")
		}
		which := path
		if path == "all" {
			which = ""
		}
		n := in.Session.UnloadNatvis(which)
		if n == 0 {
			return fmt.Errorf("no Natvis file %s is loaded", path)
		}
		in.printf("%s left out.\n", counted(n, "file", "files"))
		return nil
	case "reload":
		in.Session.ReloadNatvis()
		listNatvis(in)
		return nil
	}
	if path == "" && filepath.Ext(verb) == ".natvis" {
		return runNatvis(in, &call{args: "load " + verb})
	}
	return fmt.Errorf("natvis alone lists what is loaded; natvis load FILE, natvis unload FILE and natvis reload change that")
}

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func problems(in *Interp, f *natvis.File) {
	for _, p := range f.Problems {
		in.printf("  %s\n", p)
	}
}

// listNatvis prints each file with its entries, and which types they render.
func listNatvis(in *Interp) {
	status := in.Session.Natvis()
	if len(status.Files) == 0 {
		in.printf("No Natvis file is loaded; natvis load FILE loads one.\n")
		return
	}
	for _, f := range status.Files {
		listNatvisFile(in, f, status.Uses)
	}
}

func listNatvisFile(in *Interp, f debugger.NatvisFile, uses []value.NatvisUse) {
	if f.Err != nil {
		in.printf("%v\n", f.Err)
		return
	}
	in.printf("%s: %s", f.Path, counted(len(f.File.Types), "entry", "entries"))
	if f.From != "" {
		in.printf(" (%s)", f.From)
	}
	in.printf("\n")
	problems(in, f.File)
	for _, e := range f.File.Types {
		var names []string
		for i := range e.Names {
			names = append(names, e.Names[i].String())
		}
		in.printf("  line %d: %s", e.Line, strings.Join(names, ", "))
		var shows, fails []string
		for _, u := range uses {
			switch {
			case u.Entry != e:
			case u.Err != nil:
				fails = append(fails, fmt.Sprintf("\n    not for %s: %v", u.Type, u.Err))
			default:
				shows = append(shows, u.Type)
			}
		}
		slices.Sort(shows)
		shows = slices.Compact(shows)
		switch {
		case len(shows) > 8:
			in.printf(" shows %s and %d more types", strings.Join(shows[:8], ", "), len(shows)-8)
		case len(shows) > 0:
			in.printf(" shows %s", strings.Join(shows, ", "))
		case len(fails) == 0:
			in.printf(" (no value of it was shown yet)")
		}
		in.printf("%s\n", strings.Join(fails, ""))
	}
}

func completeNatvis(in *Interp, word string) (out []string) {
	for _, v := range []string{"load", "unload", "reload"} {
		if strings.HasPrefix(v, word) {
			out = append(out, v)
		}
	}
	return append(out, completeFile(in, word)...)
}
