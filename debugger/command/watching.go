package command

import (
	"fmt"
	"strconv"
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger"
)

// watcher runs watch, rwatch and awatch.
func watcher(kind debugger.WatchKind) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		text, cond := splitCondition(c.args)
		what := debugger.WatchSpec{Level: in.Level, Kind: kind}
		text, thread := cutThread(text)
		text, err := watchFlags(text, &what)
		if err != nil {
			return err
		}
		if text == "" {
			return fmt.Errorf("watch what? an expression with a place: total, order.items, *p; or linear memory: *0x1000:16")
		}
		if at, n, ok := memoryRange(text); ok {
			what.Addr, what.Len = at, n
		} else {
			what.Expr = text
		}
		b, err := in.Session.SetWatch(what, debugger.BreakpointSpec{Condition: cond, Thread: thread})
		if err != nil {
			return explain(err)
		}
		in.printf("%s\n  it is %s\n", describe(&b), b.Watch.Value)
		return nil
	}
}

// watchFlags reads gdb's -l and lldb's -w KIND, and the words that lldb has before an expression.
func watchFlags(text string, what *debugger.WatchSpec) (rest string, err error) {
	for {
		word, more, _ := strings.Cut(text, " ")
		more = strings.TrimSpace(more)
		switch word {
		case "-l", "-location":
			what.Address = true
		case "-w", "--watch":
			kind, after, _ := strings.Cut(more, " ")
			kinds := map[string]debugger.WatchKind{"read": debugger.WatchRead, "write": debugger.WatchWrite,
				"modify": debugger.WatchWrite, "read_write": debugger.WatchAccess}
			k, ok := kinds[kind]
			if !ok {
				return "", fmt.Errorf("%q is no kind of access: read, write, modify or read_write", kind)
			}
			what.Kind, more = k, strings.TrimSpace(after)
		case "variable", "v", "var", "expression", "--":
			if more == "" { // the variable may be called so
				return text, nil
			}
			what.Address = what.Address || word == "expression"
		default:
			return text, nil
		}
		text = more
	}
}

// memoryRange reads *ADDRESS:LENGTH, both numbers.
func memoryRange(text string) (wasm.MemAddr, uint64, bool) {
	rest, ok := strings.CutPrefix(text, "*")
	if !ok {
		return 0, 0, false
	}
	at, n, _ := strings.Cut(rest, ":")
	if !strings.Contains(rest, ":") {
		n = "4"
	}
	a, err := strconv.ParseUint(strings.TrimSpace(at), 0, 64)
	if err != nil {
		return 0, 0, false
	}
	size, err := strconv.ParseUint(strings.TrimSpace(n), 0, 64)
	if err != nil || size == 0 {
		return 0, 0, false
	}
	return wasm.MemAddr(a), size, true
}

var watchNames = [...]string{debugger.WatchWrite: "Watchpoint", debugger.WatchRead: "Read watchpoint", debugger.WatchAccess: "Access watchpoint"}

// describeWatch renders what a watchpoint watches: Watchpoint 2: total (4 bytes of linear memory at 0x1000).
func describeWatch(b *debugger.Breakpoint) string {
	w := b.Watch
	s := fmt.Sprintf("%s %d: %s (%s)", watchNames[w.Kind], b.ID, w.WatchSpec.String(), w.Where)
	if w.Scope != "" {
		s += ", until " + w.Scope + " returns"
	}
	return s
}

// showWatch tells what a watchpoint has seen.
func (in *Interp) showWatch(r *debugger.Reason) {
	switch {
	case r.Kind == debugger.ReasonWatchEnd:
		in.printf("Watchpoint %d is over: %s has returned. %s was %s.\n", r.Breakpoint, r.Place.Function, r.Text, r.Old)
		return
	case r.Problem != nil:
		in.printf("Watchpoint %d: its condition failed: %v\n", r.Breakpoint, r.Problem)
	}
	by := "by the statement before"
	if r.Place != nil {
		by = "by " + r.Place.String()
	}
	if !r.Wrote {
		in.printf("Watchpoint %d: %s\n  value: %s\n  accessed %s\n", r.Breakpoint, r.Text, r.New, by)
		return
	}
	in.printf("Watchpoint %d: %s\n  old: %s\n  new: %s\n  written %s\n", r.Breakpoint, r.Text, r.Old, r.New, by)
}

// watchAsCommand renders the command that sets a watchpoint again; "" if there is no telling whether it would mean the same:
// what belongs to a frame, or lies at an address that was asked for.
func watchAsCommand(b *debugger.Breakpoint) string {
	w := b.Watch
	if w.Scope != "" || w.Address || w.Shown != nil {
		return ""
	}
	names := [...]string{debugger.WatchWrite: "watch", debugger.WatchRead: "rwatch", debugger.WatchAccess: "awatch"}
	line := names[w.Kind] + " " + w.WatchSpec.String()
	if b.Thread != 0 {
		line += fmt.Sprintf(" thread %d", b.Thread)
	}
	if b.Condition != "" {
		line += " if " + b.Condition
	}
	return line
}
