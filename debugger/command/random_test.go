package command

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"sphex/debugger"
)

// The long form of TestRandomCommands:
//
//	go test ./debugger/command -run TestRandomCommands -timeout 0 -random.dir FOLDER -random.time 10m
//
// The name of a failed session ends with its seed: -random.only PROGRAM -random.seed SEED plays it again.
var (
	randomDir  = flag.String("random.dir", "", "TestRandomCommands: every .wasm below this `folder` in place of a few of testdata's")
	randomTime = flag.Duration("random.time", 2*time.Second, "TestRandomCommands: how long it plays")
	randomSeed = flag.Uint64("random.seed", 0, "TestRandomCommands: the seed, 0 takes the clock")
	randomOnly = flag.String("random.only", "", "TestRandomCommands: only programs whose path contains this")
	randomLog  = flag.String("random.log", "", "TestRandomCommands: write each command to this `file` before it runs")
)

// What may happen to one command before it counts as a defect.
const (
	randomPatience = 2 * time.Second  // then the program is asked to pause, as by Ctrl-C
	randomHang     = 20 * time.Second // then the debugger hangs
	randomOutput   = 16 << 20         // bytes that one command may print
	randomHeap     = 3 << 30          // bytes that a session may hold
)

// TestRandomCommands types commands of every kind, with arguments made of the program's own names and of
// nonsense, at random places of programs. Nothing may panic, hang, print without end or hold memory without
// bound, and where the program stops an instruction must begin, and behind a step a statement
// (see stoppedRight). What fails is told with the seed and the commands before it.
func TestRandomCommands(t *testing.T) {
	seed := *randomSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	programs := map[string][]string{"": {
		"c_kinds/c_kinds-O2.wasm", "cpp_shapes/cpp_shapes-O0.wasm", "orders/orders.wasm", "rs_types/rs_types-debug.wasm", "c_writes/c_writes-O0.wasm",
	}}[*randomDir]
	root := filepath.Join("..", "..", "testdata", "programs")
	if *randomDir != "" {
		root = *randomDir
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".wasm") && strings.Contains(path, *randomOnly) {
				rel, _ := filepath.Rel(root, path)
				programs = append(programs, rel)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(programs) == 0 {
		t.Fatal("no programs in " + root)
	}
	var log io.Writer = io.Discard
	if *randomLog != "" {
		f, err := os.Create(*randomLog)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		log = f
	}
	end := time.Now().Add(*randomTime)
	commands, sessions := 0, 0
	for round := 0; round == 0 || time.Now().Before(end); round++ {
		for i := range programs {
			if time.Now().After(end) {
				break
			}
			// In the order of the folder the same program would use up the time each time.
			name := programs[(i+int(seed%uint64(len(programs))))%len(programs)]
			one := seed + uint64(round)
			t.Run(fmt.Sprintf("%s#%d", name, one), func(t *testing.T) {
				h := fnv.New64() // each program is played otherwise, and alone as among the others
				io.WriteString(h, name)
				p := &player{t: t, r: rand.New(rand.NewPCG(one, h.Sum64())), log: log, temp: t.TempDir()}
				p.play(filepath.Join(root, name), min(time.Until(end), *randomTime/4, 15*time.Second))
				commands += p.commands
				sessions++
			})
		}
	}
	t.Logf("seed %d: %d commands in %d sessions", seed, commands, sessions)
}

// player plays one session.
type player struct {
	t        *testing.T
	r        *rand.Rand
	log      io.Writer
	temp     string
	s        *debugger.Session
	in       *Interp
	out      boundedBuffer
	last     *debugger.Stop
	stop     *debugger.Stop // the one before
	model    *statements
	commands int
	lines    []string // what was typed

	files, functions, names []string
}

// boundedBuffer keeps the beginning of what is written and counts the rest.
type boundedBuffer struct {
	bytes.Buffer
	total int
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	b.total += len(p)
	if room := 1<<16 - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (p *player) play(path string, budget time.Duration) {
	stdin := "hello 12\n3 4 5\nx\n"
	if b, err := os.ReadFile(filepath.Join(filepath.Dir(path), "stdin.txt")); err == nil {
		stdin = string(b)
	}
	fmt.Fprintf(p.log, "# %s\n", p.t.Name())
	s, err := debugger.Open(context.Background(), debugger.Config{
		Program: path, Stdin: strings.NewReader(stdin), CatchPanics: true, WatchPages: p.r.IntN(3) == 0,
		Dirs: []debugger.Dir{{Host: p.temp, Guest: "."}},
	})
	if err != nil {
		p.t.Logf("not opened: %v", err) // a module that is not for us
		return
	}
	defer s.Close()
	p.s, p.in = s, &Interp{Session: s, Out: &p.out}
	p.in.Resume = func(run func() (*debugger.Stop, error)) (*debugger.Stop, error) {
		stop, err := run()
		p.last = stop
		return stop, err
	}
	p.model = readStatements(path)
	p.files, p.functions = s.Files(), s.FunctionNames("")
	end := time.Now().Add(budget)
	for range 10 {
		p.execute("break " + p.location())
	}
	for range 400 {
		if p.t.Failed() || time.Now().After(end) {
			return
		}
		p.execute(p.line())
	}
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.HeapInuse > randomHeap {
		p.t.Errorf("%d bytes of heap", m.HeapInuse)
	}
}

// execute types one line and judges what it does.
func (p *player) execute(line string) {
	fmt.Fprintln(p.log, line)
	p.commands++
	p.lines = append(p.lines, line)
	if p.last != nil {
		p.stop = p.last
	}
	p.last = nil
	p.out.Reset()
	p.out.total = 0
	done := make(chan error, 1)
	start := time.Now()
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		if err := p.in.Execute(line); errors.Is(err, ErrQuit) {
			done <- fmt.Errorf("panic: the line leaves the debugger")
		} else {
			if err != nil && strings.Contains(err.Error(), "runtime error") {
				done <- fmt.Errorf("panic: %w", err)
			}
			done <- nil
		}
	}()
	var err error
	for waiting := true; waiting; {
		select {
		case err = <-done:
			waiting = false
		case <-time.After(randomPatience):
			p.s.Pause()
			if time.Since(start) > randomHang {
				stacks := make([]byte, 1<<20)
				panic(fmt.Sprintf("%s\n%s\nhangs in %q\n%s", p.t.Name(), strings.Join(p.lines, "\n"), line, stacks[:runtime.Stack(stacks, true)]))
			}
		}
	}
	if d := time.Since(start); d > randomPatience+3*time.Second {
		p.t.Logf("%v for %q", d, line)
	}
	if err == nil && p.out.total > randomOutput {
		err = fmt.Errorf("%d bytes printed: %.300q…", p.out.total, p.out.String())
	}
	if err == nil {
		err = p.placed(line)
	}
	if err != nil {
		p.t.Errorf("%q: %v\nthe commands:\n%s", line, err, strings.Join(p.lines, "\n"))
	}
}

// placed tells what is wrong with the place where the program stands.
func (p *player) placed(line string) error {
	stop := p.last
	switch p.s.State() {
	case debugger.Running:
		return errors.New("the program runs on behind the command")
	case debugger.Stopped:
		if fs, _, err := p.s.Frames(0, 3); err != nil || len(fs) == 0 {
			return fmt.Errorf("%d frames: %v", len(fs), err)
		}
	}
	if stop == nil || stop.Frame == nil || p.s.State() != debugger.Stopped {
		return nil
	}
	f := stop.Frame
	if f.Host {
		return nil
	}
	list, err := p.s.DisassembleFunction(f.PC)
	if err != nil {
		return fmt.Errorf("%v in %s: no code: %w", stop, f.Function, err)
	}
	for i := range list {
		if list[i].Text == f.PC {
			return p.stoppedRight(line, p.stop, stop, list)
		}
	}
	return fmt.Errorf("%v at %#x in %s, where no instruction begins", stop, f.PC, f.Function)
}

func (p *player) of(list ...string) string {
	if len(list) == 0 {
		return "x"
	}
	return list[p.r.IntN(len(list))]
}

func (p *player) number() string {
	return p.of("0", "1", "2", "3", "7", "-1", "255", "0x80000000", "4294967295", "-9223372036854775808", "18446744073709551615", "1e300", "1.5", "'a'", fmt.Sprint(p.r.IntN(1000)))
}

// location makes a place for break and its like.
func (p *player) location() string {
	switch p.r.IntN(9) {
	case 0:
		return p.of("+1", "-1", "+100000", "*$pc", "*0", "*file:64", "*text:0", "func[3]", "$main", "nosuch.c:1", "0", "", ":", "-r ^m", "main", "99999999999999999999")
	case 1:
		return fmt.Sprintf("*%d", p.r.IntN(5000))
	case 2, 3:
		return p.of(p.functions...)
	case 4:
		return fmt.Sprint(1 + p.r.IntN(120))
	}
	file := p.of(p.files...)
	if positions := p.s.Positions(file, 1, 1<<20); len(positions) > 0 {
		at := positions[p.r.IntN(len(positions))]
		if p.r.IntN(4) == 0 {
			return fmt.Sprintf("%s:%d:%d", file, at.Line, at.Column)
		}
		return fmt.Sprintf("%s:%d", file, at.Line)
	}
	return fmt.Sprintf("%s:%d", file, 1+p.r.IntN(200))
}

// variable names something that is in scope now and then.
func (p *player) variable() string {
	if p.r.IntN(4) == 0 || len(p.names) == 0 {
		p.names = p.names[:0]
		if p.s.State() == debugger.Stopped {
			vars, _ := p.s.Locals(p.in.Level)
			args, _ := p.s.Arguments(p.in.Level)
			globals, _ := p.s.Globals(p.in.Level, false)
			for _, v := range append(append(vars, args...), globals[:min(8, len(globals))]...) {
				p.names = append(p.names, v.Name)
			}
		}
	}
	if p.r.IntN(8) == 0 {
		return p.of("$ret", "$", "$1", "$2", "$rax", "$rsp", "$pc", "$local0", "$local3", "$global0", "$nosuch", "nosuch", "this", "self", "argc", "argv")
	}
	return p.of(p.names...)
}

// expression makes one that may have a meaning.
func (p *player) expression(depth int) string {
	if depth > 3 {
		return p.variable()
	}
	e := func() string { return p.expression(depth + 1) }
	switch p.r.IntN(16) {
	case 0:
		return e() + p.of("+", "-", "*", "/", "%", "<<", ">>", "&", "|", "==", "<", "&&", "||", "=", "@") + e()
	case 1:
		return p.of("*", "&", "-", "!", "~", "**", "&*") + e()
	case 2:
		return e() + p.of("->", ".") + p.of("next", "x", "id", "0", "name", "len", "items", "p", "__0", "value", "left")
	case 3:
		return e() + "[" + p.number() + "]"
	case 4, 5:
		args := make([]string, p.r.IntN(4))
		for i := range args {
			args[i] = p.of(p.number(), e())
		}
		return p.of(p.functions...) + "(" + strings.Join(args, ", ") + ")"
	case 6:
		return "(" + p.of("int", "char*", "unsigned char", "long long", "float", "double", "struct nosuch", "u8", "void*") + ")" + e()
	case 7:
		return e() + " as " + p.of("u8", "i64", "f32", "*const u8", "usize")
	case 8:
		return p.of("sizeof("+e()+")", "{int}"+e(), e()+"[0..3]", "(", "1 +", "\"text\"", e()+" ? 1 : 2", e()+",x", strings.Repeat("(", 2000), strings.Repeat("*", 500)+e())
	case 9:
		return p.number()
	}
	return p.variable()
}

// line makes a command.
func (p *player) line() string {
	e := func() string { return p.expression(0) }
	small := func() string { return fmt.Sprint(p.r.IntN(6)) }
	if p.s.State() != debugger.Stopped && p.r.IntN(2) == 0 {
		return p.of("start", "restart", "run", "restore")
	}
	condition := func() string { return p.of("", "", " if 1 == 1", " if 1 > 2", " if "+e()) }
	switch p.r.IntN(40) {
	case 0, 1:
		return p.of("continue", "continue "+p.location())
	case 2, 3, 4:
		return p.of("next", "next "+small())
	case 5, 6, 7:
		return p.of("step", "step "+small(), "step -l", "step -t "+p.of(p.functions...), "stepinto "+small())
	case 8:
		return "finish"
	case 9:
		return p.of("si", "ni", "si 20", "ni 20", "")
	case 10:
		return p.of("until", "until "+p.location())
	case 11:
		return "jump " + p.location()
	case 12:
		return p.of("return", "return "+e(), "return "+p.number())
	case 13, 14:
		return p.of("checkpoint", "checkpoint", "restore", "restore", "restore "+small(), "checkpoints", "checkpoints delete "+small())
	case 15:
		return p.of("break ", "tbreak ", "b ") + p.location() + condition()
	case 16:
		return "logpoint " + p.location() + " at {" + e() + p.of("", ":x", ":s", ":c") + "} " + p.of("", "{", "}", "{{"+e()+"}")
	case 17, 18, 19:
		return p.of("watch ", "rwatch ", "awatch ", "watch -l ", "awatch -l ") + p.of(e(), p.variable(), p.variable(), fmt.Sprintf("*%d:%d", p.r.IntN(1<<17), 1+p.r.IntN(70000))) + condition()
	case 20:
		return p.of("catch ", "uncatch ", "catch ") + p.of("panic", "throw", "trap", "trap memory", "host", "host fd_*", "host if 1 > 2", "exit", "", "nosuch", small())
	case 21:
		return p.of("condition "+small()+" "+e(), "condition "+small()+" -hits "+p.of("5", ">= 3", "% 2", "% 0", "x"), "ignore "+small()+" "+small(), "disable "+small(), "enable "+small(), "enable once "+small(), "disable "+small()+".1", "enable")
	case 22:
		return p.of("clear "+small(), "clear "+small(), "clear "+p.location(), "clearall", "breakpoints")
	case 23:
		return p.of("trace ", "untrace ", "untrace ") + p.of(p.of(p.functions...), "", "^m", "main.*:*")
	case 24, 25, 26:
		return "set " + p.of(p.variable(), p.variable(), e(), "$kept") + " = " + p.of(p.number(), p.number(), e())
	case 27, 28, 29, 30:
		return p.of("print ", "print ", "p/x ", "p/r ", "p/b ", "p/c ", "p/o ", "p/d ", "p/q ", "whatis ", "v ") + e()
	case 31:
		return p.of("locals", "args", "globals", "globals -a", "locals/x", "args/r", "locals/l", "variables", "history")
	case 32:
		return p.of("x ", "x/64 ", "x/16xw ", "x/8xg ", "x/4s ", "x/1000000000xb ", "x/q ", "x/-3 ") + p.of(e(), p.number())
	case 33:
		return p.of("bt", "bt 3", "bt -2", "bt all", "bt fold", "regs", "why", "bt 99999999999")
	case 34, 35:
		return p.of("up", "down", "frame "+small(), "up 3", "frame", "frame -1")
	case 36:
		return p.of("list", "list "+p.location(), "list 5,9000", "disassemble", "disassemble "+p.location(), "funcs "+p.of("m", "zz"), "sources", "info "+p.of("line", "locals", "stop", "threads", "frame"))
	case 37:
		return p.of("skip", "skip function "+p.of(p.functions...), "skip file", "skip delete 1", "skip libraries off", "skip libraries on", "commands "+small()+" "+p.of("bt; continue", "silent; next", "print 1", "restart"))
	case 38:
		if p.r.IntN(4) == 0 {
			return p.of("restart", "start", "run", "kill", "restart a b c")
		}
		return "coredump " + filepath.Join(p.temp, "core")
	}
	return p.of("start", "continue", "step", "save breakpoints "+filepath.Join(p.temp, "saved"), "source "+filepath.Join(p.temp, "saved"), "help print", "nosuch", "p", "/", "p/", "rbreak ^a")
}
