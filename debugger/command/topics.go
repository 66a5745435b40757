package command

// Topic is a page of help that is not about one command. A line with four blanks before it is an example.
type Topic struct {
	Name  string
	Short string
	Text  string
}

// Topics holds the pages of help, in the order of reading.
var Topics = []Topic{
	{"start", "the first five minutes", `A program stands before its start. Set a breakpoint, run, and look around:

    break main
    run
    next
    locals
    print order
    bt
    continue

A breakpoint may have a condition, and an empty line repeats next, step and
their like. Tab completes commands, places, variables and fields; the arrow up
and Ctrl-R bring back what was typed before. Ctrl-C stops a program that runs.
tui opens the full-screen view.`},
	{"locations", "how to name a place", `Where a command wants a place:

    break price
    break Till::take
    break main.rs:54
    break main.rs:54:25
    tbreak +2
    break main.rs:47 if order.discount.is_some()
    rbreak ^pri

A function's name may be the end of its full one. A line without code means
the next one that has some. What WebAssembly itself calls things works, too:
$NAME, func[12], and *OFFSET in the code section, *file:OFFSET as other
engines print it in their backtraces.`},
	{"stepping", "how to walk through a program", `next goes over calls, step into them, finish out of the function. Steps leave
the standard library and other libraries out, but enter your closures that it
calls.

    step
    next 2
    step -l
    until
    finish

step -l lists the calls of a statement, stepinto NAME goes into one of them.
skip leaves functions and files of your own out. si and ni step over machine
instructions. jump and return change where the program goes on. checkpoint
saves where it stands and restore comes back to it.`},
	{"values", "how to look at data and change it", `    locals
    args
    print order.items[0]
    print/x self.takings
    ptype Order
    display self.takings
    set self.takings = 7
    x/16 &self.takings

What was printed is kept as $1, $2, …; $ is the last one. display shows a
value at each stop and what it was before it changed; watch stops when one
changes. help expressions tells what can be written. set max-string 1000 and
its like decide how much is shown: help settings.`},
	{"stack", "how to see where the program came from", `    bt
    bt full
    up
    frame 0
    frame 1 args

Frames that the compiler inlined are frames like others. bt all shows those of
the runtime, too.`},
	{"scripts", "how to have commands run by themselves", `A file of commands is run by source FILE, and the file that config -file names
at each start.

    commands 1 silent; print paid; continue
    logpoint main.rs:54 paid {paid}
    alias total = print order.items.len()
    define both
      locals
      args
    end
    define hook-stop
      print 1
    end

The words behind a command that define made are $arg0, $arg1, …; hook-stop
runs at each stop. Commands that are piped into sphex debug make a transcript.`},
	{"gdb", "for those who know gdb", `Type what you are used to: info locals, info line, x/8xw, p/x, ptype, bt full,
finish, until, tbreak, display, set var, set args, list 10,20, disas /s,
commands … end, define, source, and layout src for the full-screen view. What
differs:

- variables of optimised code have their values, and expressions may be
  Rust's;
- a number behind break means a line of the present file, and break *N an
  offset in the module's code section;
- addresses of data are those of linear memory, and pointers have four bytes;
- the program runs in the debugger itself: there is no attach by process, and no
  signals;
- all threads stop together (threads lists them), and go on together, unless
  scheduler-locking is set.`},
	{"lldb", "for those who know lldb", `Type what you are used to: br s -f main.rs -l 54, br s -n price -c 'COND', br
l, br del 1, fr v, fr s 2, th bt, thread step-over, v, po, expr -f x -- e,
memory read, register read, image lookup -n price, settings set, command
alias, type lookup, gui. What differs:

- help expressions tells what may be written: Rust's and C's, without a
  compiler behind it;
- image lookup -a and br s -a take offsets in the module's file, as lldb's own
  WebAssembly plugin prints them.`},
}
