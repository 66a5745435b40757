package command

import (
	"fmt"
	"strconv"
	"strings"

	"sphex/debugger"
)

// infoThreads lists the threads.
func infoThreads(in *Interp, _ *call) error {
	list, err := in.Session.Threads()
	if err != nil {
		return explain(err)
	}
	for i := range list {
		in.printf("%s\n", threadLine(&list[i]))
	}
	return nil
}

// threadLine is a thread in a list: the present one with a star.
func threadLine(t *debugger.Thread) string {
	var b strings.Builder
	mark := ' '
	if t.Current {
		mark = '*'
	}
	fmt.Fprintf(&b, "%c %d %s", mark, t.ID, t.Name)
	switch {
	case t.Frame == nil:
		b.WriteString(": has not run yet")
	case t.Waits != "":
		fmt.Fprintf(&b, ": waits in %s, %s", t.Waits, t.Frame.Brief())
	default:
		fmt.Fprintf(&b, ": %s", t.Frame.Brief())
	}
	return b.String()
}

// runThread selects a thread, or runs a command in some.
func runThread(in *Interp, c *call) error {
	if rest, ok := cutWord(c.args, "apply"); ok {
		ids, command, err := in.threadIDs(rest)
		if err != nil {
			return err
		}
		return in.eachThread(ids, command, true)
	}
	word, command, _ := strings.Cut(c.args, " ")
	if word == "" {
		return in.showThread()
	}
	id, err := strconv.Atoi(word)
	if err != nil {
		return fmt.Errorf("%q is no thread: info threads lists them", word)
	}
	if command = strings.TrimSpace(command); command != "" {
		return in.eachThread([]int{id}, command, false)
	}
	if err := in.Session.SelectThread(id); err != nil {
		return explain(err)
	}
	in.Level, in.listed, in.thread = 0, false, id
	return in.showThread()
}

// showThread shows the present thread.
func (in *Interp) showThread() error {
	list, err := in.Session.Threads()
	if err != nil {
		return explain(err)
	}
	for i := range list {
		if list[i].Current {
			in.printf("%s\n", threadLine(&list[i]))
		}
	}
	return nil
}

// titleThread shows a thread in which a command is about to run; before is the one that was selected.
func (in *Interp) titleThread(id, before int) error {
	list, err := in.Session.Threads()
	if err != nil {
		return explain(err)
	}
	for i := range list {
		if t := &list[i]; t.ID == id {
			t.Current = id == before
			in.printf("%s\n", threadLine(t))
		}
	}
	return nil
}

// threadIDs reads the threads of apply: all, or numbers and ranges of them; the rest is the command.
func (in *Interp) threadIDs(text string) (ids []int, command string, err error) {
	list, err := in.Session.Threads()
	if err != nil {
		return nil, "", explain(err)
	}
	if rest, ok := cutWord(text, "all"); ok {
		for i := range list {
			ids = append(ids, list[i].ID)
		}
		return ids, rest, nil
	}
	command = text
	for {
		word, rest, more := strings.Cut(command, " ")
		from, to, isRange := strings.Cut(word, "-")
		first, err := strconv.Atoi(from)
		last := first
		if err == nil && isRange {
			last, err = strconv.Atoi(to)
		}
		if err != nil || !more {
			break
		}
		for i := range list { // a range may be long
			if list[i].ID >= first && list[i].ID <= last {
				ids = append(ids, list[i].ID)
			}
		}
		command = strings.TrimSpace(rest)
	}
	if len(ids) == 0 {
		return nil, "", fmt.Errorf("in which threads? thread apply all COMMAND, or thread apply 1 2 COMMAND")
	}
	return ids, command, nil
}

// eachThread runs a command in threads, and comes back to the present one unless the program has run.
func (in *Interp) eachThread(ids []int, command string, title bool) error {
	if command == "" {
		return fmt.Errorf("which command? as in thread apply all bt")
	}
	before, level, stop := in.Session.CurrentThread(), in.Level, in.stops
	defer func() {
		if in.stops == stop && in.Session.SelectThread(before) == nil {
			in.Level = level
		}
	}()
	for _, id := range ids {
		if err := in.Session.SelectThread(id); err != nil {
			return explain(err)
		}
		in.Level = 0
		if title {
			if err := in.titleThread(id, before); err != nil {
				return err
			}
		}
		if err := in.Execute(command); err != nil {
			return err
		}
		if in.stops != stop {
			return nil
		}
	}
	return nil
}

// switched tells that the program has stopped in another thread than the last time.
func (in *Interp) switched(stop *debugger.Stop) {
	if stop.Thread == 0 || stop.Thread == max(in.thread, 1) {
		return
	}
	in.thread = stop.Thread
	in.printf("Thread %d stops.\n", stop.Thread)
}

// cutThread takes gdb's thread N off the end of a breakpoint's location.
func cutThread(loc string) (rest string, thread int) {
	i := strings.LastIndex(loc, "thread ")
	if i < 0 || i > 0 && loc[i-1] != ' ' {
		return loc, 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(loc[i+len("thread "):]))
	if err != nil || n < 1 {
		return loc, 0
	}
	return strings.TrimSpace(loc[:i]), n
}
