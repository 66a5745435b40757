package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"sphex/dap"
	"sphex/debugger"
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
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return connect(args[0], instance, list, look.init()) },
	}
	look.addInit(c)
	c.Flags().StringVar(&instance, "instance", "", "attach to the instance of this `number or name`, where the host has several")
	c.Flags().BoolVar(&list, "list", false, "list the host's instances")
	return c
}

// tokenVariable holds what a host asks for. It is no flag, since others can read those.
const tokenVariable = "SPHEX_TOKEN"

func connect(address, instance string, list bool, initFile string) error {
	conn, err := debugger.Dial(address)
	if err != nil {
		return err
	}
	defer conn.Close()
	out := &repl.GuestOutput{W: os.Stdout}
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
	stop, err := r.Attach(instance, token)
	if err != nil {
		return err
	}
	show(stop)
	err = converse(r, initFile)
	if errors.Is(err, errKilled) {
		return r.Close(true)
	}
	if err == nil {
		_ = r.Close(false) // a host that has gone needs no farewell
	}
	return err
}

var errKilled = errors.New("killed")

// converse reads commands, those of the file of settings first, and shows their answers until the end.
func converse(r *dap.Remote, initFile string) error {
	interrupts := make(chan struct{})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	go func() {
		for range signals {
			select {
			case interrupts <- struct{}{}:
			default: // nothing runs
			}
		}
	}()
	for _, line := range initLines(initFile) {
		text, over, err := r.Execute(line, interrupts)
		show(text)
		if err != nil {
			fmt.Printf("%s: %s: %s\n", initFile, line, printable(err.Error()))
		}
		if over {
			return nil
		}
	}
	next, closing, err := lines(r)
	if err != nil {
		return err
	}
	defer closing()
	for {
		line, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch strings.TrimSpace(line) {
		case "":
			continue
		case "exit", "quit", "q", "detach":
			return nil
		case "kill":
			return errKilled
		}
		text, over, err := r.Execute(line, interrupts)
		show(text)
		if err != nil {
			fmt.Println(printable(err.Error()))
		}
		if over {
			if status, ok := r.ExitCode(); ok {
				fmt.Printf("The program has exited with status %d.\n", status)
			} else {
				fmt.Println("The host has ended the session.")
			}
			return nil
		}
	}
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

// show prints an answer, in lines of its own.
func show(text string) {
	if text = strings.TrimRight(text, "\n"); text != "" {
		fmt.Println(text)
	}
}

// lines returns what reads commands: from a terminal with editing and completion, or else from a pipe, where each is
// echoed as in a transcript.
func lines(r *dap.Remote) (next func() (string, error), closing func() error, err error) {
	if !isTerminal(os.Stdin) || !isTerminal(os.Stdout) {
		in := bufio.NewScanner(os.Stdin)
		in.Buffer(make([]byte, 0, 4096), 1<<20)
		return func() (string, error) {
			for in.Scan() {
				if line := in.Text(); !strings.HasPrefix(strings.TrimSpace(line), "#") {
					fmt.Printf("%s%s\n", repl.Prompt, line)
					return line, nil
				}
			}
			return "", errors.Join(in.Err(), io.EOF)
		}, func() error { return nil }, nil
	}
	reader, err := repl.NewReader(historyFile(), historyLines, r.Complete)
	if err != nil {
		return nil, nil, err
	}
	return func() (string, error) { return reader.Read(repl.Prompt) }, reader.Close, nil
}

// historyLines is how much history is kept; here nobody can set it.
const historyLines = 1000
