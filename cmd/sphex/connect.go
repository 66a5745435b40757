package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"sphex/dap"
	"sphex/debugger"
	"sphex/debugger/colour"
	"sphex/debugger/command"
	"sphex/repl"
)

func connectCommand() *cobra.Command {
	var instance string
	var list bool
	var look terminalFlags
	c := &cobra.Command{
		Use:   "connect [flags] ADDRESS",
		Short: "Debug in the terminal what another process runs: sphex run --debug-listen, or a Go program with debugger.Serve",
		Long: "Debug in the terminal what another process runs. ADDRESS is as for sphex run --debug-listen: HOST:PORT or unix:PATH.\n" +
			"exit, or the end of the input, leaves the program, which goes on without breakpoints. A host that asks for a token\nfinds it in $SPHEX_TOKEN.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("connect takes the one address that the program was given: sphex connect 127.0.0.1:4711 to a program of sphex run --debug-listen 127.0.0.1:4711")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return connect(args[0], instance, list, look) },
	}
	look.add(c)
	c.Flags().StringVar(&instance, "instance", "", "attach to the instance of this `number or name`, where the host has several")
	c.Flags().BoolVar(&list, "list", false, "list the host's instances")
	return c
}

// tokenVariable holds what a host asks for. It is no flag, since others can read those.
const tokenVariable = "SPHEX_TOKEN"

func connect(address, instance string, list bool, look terminalFlags) error {
	conn, err := debugger.Dial(address)
	if err != nil {
		return err
	}
	defer conn.Close()
	out := &sharedOutput{w: os.Stdout}
	r, err := dap.NewRemote(conn, func(text string) { io.WriteString(out, text) })
	if err != nil {
		return fmt.Errorf("%s: %w", address, err)
	}
	token := os.Getenv(tokenVariable)
	if list {
		instances, err := r.Instances(token)
		if err != nil {
			return err
		}
		for _, x := range instances {
			attached := ""
			if x.Attached {
				attached = " (a debugger is attached)"
			}
			fmt.Printf("%d %s%s\n", x.ID, printable(x.Name), attached)
		}
		return nil
	}
	c := &visit{r: r, out: out, interrupts: make(chan struct{}, 1), history: historyFile(), terminal: isTerminal(os.Stdin) && isTerminal(os.Stdout)}
	if c.terminal {
		c.pager = repl.NewPager(out, r.Paging)
	}
	c.colour = c.terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	c.dress()
	stop, err := r.Attach(instance, token)
	if err != nil {
		return err
	}
	c.show(stop)
	err = c.converse(look)
	if errors.Is(err, errKilled) {
		return r.Close(true)
	}
	if err == nil {
		_ = r.Close(false) // a host that has gone needs no farewell
	}
	return err
}

var errKilled = errors.New("killed")

// visit is a terminal's session with a host.
type visit struct {
	r          *dap.Remote
	out        *sharedOutput
	interrupts chan struct{}
	terminal   bool
	colour     bool
	columns    int         // of the terminal, as the host knows it; 0 is none
	pager      *repl.Pager // nil: our output is no terminal
	history    string      // file
	typed      []string    // lines of this session
	save       func(line string)
	over       bool // the program has ended
}

// dress tells the host what the answers at the prompt are for.
func (c *visit) dress() {
	c.columns = c.width()
	_ = c.r.SetTerminal(c.colour, false, c.columns) // a host of before answers in plain words
}

// width is that of the terminal; 0 if there is none.
func (c *visit) width() int {
	if !c.terminal {
		return 0
	}
	return repl.Width(os.Stdout)
}

// converse reads commands, those of the file of settings first, and shows their answers until the end.
func (c *visit) converse(look terminalFlags) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	go func() {
		for range signals {
			select {
			case c.interrupts <- struct{}{}:
			default: // there is one already
			}
		}
	}()
	file := look.init()
	for _, line := range initLines(file) {
		if over, err := c.execute(line); over {
			return nil
		} else if err != nil {
			fmt.Fprintf(c.out, "%s: %s: %s\n", file, line, printable(err.Error()))
		}
	}
	next, closing, err := c.lines()
	if err != nil {
		return err
	}
	defer closing()
	if look.view {
		if !c.terminal {
			return errors.New("the full-screen view needs a terminal")
		}
		if quit, err := c.view(""); quit || err != nil {
			return err
		}
	}
	for {
		line, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(line) == "" && !c.terminal {
			continue
		}
		switch what, args := own(line); {
		case what == leaves:
			return nil
		case what == kills:
			return errKilled
		case what == opensView && c.terminal:
			quit, err := c.view(args)
			if quit {
				return err
			}
			if err != nil {
				c.tell(err)
			}
			continue
		}
		c.typed = append(c.typed, line)
		over, err := c.execute(line)
		if err != nil {
			c.tell(err)
		}
		if over {
			return nil
		}
	}
}

// execute runs a command at the host and shows what comes of it. over tells that the program has ended, which is said.
func (c *visit) execute(line string) (over bool, err error) {
	select {
	case <-c.interrupts: // an old one
	default:
	}
	if c.width() != c.columns { // a person has changed it
		c.dress()
	}
	text, over, err := c.r.Execute(line, c.interrupts)
	c.show(text)
	if over {
		if err != nil {
			c.tell(err)
		}
		c.tellEnd()
		return true, nil
	}
	return false, err
}

// tellEnd says how it has ended.
func (c *visit) tellEnd() {
	if status, ok := c.r.ExitCode(); ok {
		fmt.Fprintf(c.out, "The program has exited with status %d.\n", status)
	} else {
		fmt.Fprintln(c.out, "The host has ended the session.")
	}
}

// tell shows an error.
func (c *visit) tell(err error) {
	text := command.Broken(printable(err.Error()), c.columns)
	if c.colour {
		text = colour.Style(command.StyleError, text)
	}
	fmt.Fprintln(c.out, text)
}

// initLines are the commands of a file, none if there is no such file.
func initLines(name string) (lines []string) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// show prints an answer, in lines of its own, and no more of it when the person interrupts that.
func (c *visit) show(text string) {
	text = strings.TrimRight(text, "\n")
	switch {
	case text == "":
		return
	case c.pager == nil:
		fmt.Fprintln(c.out, text)
		return
	}
	c.pager.Restart()
	for line := range strings.Lines(text + "\n") {
		select {
		case <-c.interrupts:
			c.pager.End()
		default:
		}
		io.WriteString(c.pager, line)
	}
}

// lines returns what reads commands: from a terminal with editing and completion, or else from a pipe, where each is
// echoed as in a transcript.
func (c *visit) lines() (next func() (string, error), closing func() error, err error) {
	prompt := func() string {
		if p := c.r.Prompt(); p != "" {
			return p
		}
		return repl.Prompt
	}
	c.save = func(string) {}
	if !c.terminal {
		in := bufio.NewScanner(os.Stdin)
		in.Buffer(make([]byte, 0, 4096), 1<<20)
		return func() (string, error) {
			for in.Scan() {
				if line := in.Text(); !strings.HasPrefix(strings.TrimSpace(line), "#") {
					fmt.Fprintf(c.out, "%s%s\n", prompt(), line)
					return line, nil
				}
			}
			return "", errors.Join(in.Err(), io.EOF)
		}, func() error { return nil }, nil
	}
	reader, err := repl.NewReader(c.history, historyLines, c.r.Complete)
	if err != nil {
		return nil, nil, err
	}
	c.save = reader.Save
	return func() (string, error) { return reader.Read(prompt()) }, reader.Close, nil
}

// historyLines is how much history is kept; here nobody can set it.
const historyLines = 1000

// sharedOutput is where answers go, and what the host tells at any time: to the terminal, or to the view while that is open.
type sharedOutput struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements io.Writer.
func (o *sharedOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w.Write(p)
}

// redirect makes w another writer, and returns the way back.
func (o *sharedOutput) redirect(w io.Writer) (back func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	old := o.w
	o.w = w
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.w = old
	}
}
