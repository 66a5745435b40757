package repl

import (
	"fmt"
	"os"

	"sphex/debugger/colour"
	"sphex/repl/tui"
)

// wantView is the command tui: the view is opened when the command has ended.
func (r *loop) wantView(name string) error {
	switch name {
	case "off", "disable":
		return fmt.Errorf("the full-screen view is not open")
	}
	if err := tui.CheckLayout(name); err != nil {
		return err
	}
	r.viewWanted, r.layout = true, name
	return nil
}

// view opens the full-screen view, and tells whether the whole debugger is to end behind it.
func (r *loop) view() (quit bool) {
	r.viewWanted = false
	cfg := tui.Config{
		Backend: &tui.Local{Interp: r.interp, Paint: r.painter.Paint, Style: colour.Style},
		History: append(History(r.cfg.History, r.interp.HistorySize()), r.typed...),
		Colour:  os.Getenv("NO_COLOR") == "" && r.interp.Color(),
		Style:   colour.Style,
		Lend:    r.lend,
		Layout:  r.layout,
	}
	if g := r.cfg.Guest; g != nil {
		cfg.Redirect = g.redirect
	}
	if l := r.cfg.Lend; l != nil {
		defer l.elsewhere()()
		cfg.Feed = l.feed
	}
	result, err := tui.Run(cfg)
	if err != nil {
		fmt.Fprintln(r.cfg.Out, err)
		return false
	}
	for _, line := range result.Printed {
		fmt.Fprintln(r.cfg.Out, line)
	}
	for _, line := range result.Typed {
		r.remember(line)
	}
	return result.Quit
}
