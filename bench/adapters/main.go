// Command adapters measures debug adapters: how long a step takes together with all that an editor asks for behind it
// (the stack, scopes, and variables with what is inside of them), and how much memory the adapter has then.
//
//	go run ./adapters -break FILE:LINE [-launch JSON] [-rounds N] -- ADAPTER ARGS...
//
// The adapter speaks the Debug Adapter Protocol on its standard input and output: sphex dap, lldb-dap-22. What it
// launches is in -launch: {"program": "big.wasm"}. ../README.md has figures.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/textproto"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// client is one session with an adapter.
type client struct {
	in     *bufio.Reader
	out    io.Writer
	seq    int
	events []message
}

type message struct {
	Type       string          `json:"type"`
	Event      string          `json:"event"`
	Command    string          `json:"command"`
	RequestSeq int             `json:"request_seq"`
	Success    bool            `json:"success"`
	Message    string          `json:"message"`
	Body       json.RawMessage `json:"body"`
}

func (c *client) read() message {
	h, err := textproto.NewReader(c.in).ReadMIMEHeader()
	check(err)
	n, err := strconv.Atoi(h.Get("Content-Length"))
	check(err)
	b := make([]byte, n)
	_, err = io.ReadFull(c.in, b)
	check(err)
	var m message
	check(json.Unmarshal(b, &m))
	return m
}

func (c *client) send(command string, arguments any) int {
	c.seq++
	b, err := json.Marshal(map[string]any{"seq": c.seq, "type": "request", "command": command, "arguments": arguments})
	check(err)
	_, err = fmt.Fprintf(c.out, "Content-Length: %d\r\n\r\n%s", len(b), b)
	check(err)
	return c.seq
}

// ask sends a request and decodes its answer.
func (c *client) ask(command string, arguments, body any) {
	seq := c.send(command, arguments)
	c.answer(seq, body)
}

func (c *client) answer(seq int, body any) {
	for {
		m := c.read()
		switch {
		case m.Type == "event":
			c.events = append(c.events, m)
		case m.Type == "response" && m.RequestSeq == seq:
			if !m.Success {
				log.Fatalf("%s: %s %s", m.Command, m.Message, m.Body)
			}
			if body != nil {
				check(json.Unmarshal(m.Body, body))
			}
			return
		}
	}
}

// event waits for an event.
func (c *client) event(name string) {
	for {
		for i, e := range c.events {
			if e.Event == name {
				c.events = c.events[i+1:]
				return
			}
			if e.Event == "terminated" {
				log.Fatalf("the program has ended; %s was waited for", name)
			}
		}
		c.events = nil
		if m := c.read(); m.Type == "event" {
			c.events = append(c.events, m)
		}
	}
}

type variable struct {
	Name               string `json:"name"`
	VariablesReference int    `json:"variablesReference"`
}

// look asks for the stack, the scopes of its innermost frame, and variables until there are as many as wanted.
func (c *client) look(thread, want int) (frames, variables int) {
	var st struct {
		StackFrames []struct {
			ID int `json:"id"`
		} `json:"stackFrames"`
	}
	c.ask("stackTrace", map[string]any{"threadId": thread, "startFrame": 0, "levels": 20}, &st)
	var sc struct {
		Scopes []struct {
			VariablesReference int  `json:"variablesReference"`
			Expensive          bool `json:"expensive"`
		} `json:"scopes"`
	}
	c.ask("scopes", map[string]any{"frameId": st.StackFrames[0].ID}, &sc)
	var open []int
	for _, s := range sc.Scopes {
		if !s.Expensive {
			open = append(open, s.VariablesReference)
		}
	}
	for len(open) > 0 && variables < want {
		var vs struct {
			Variables []variable `json:"variables"`
		}
		c.ask("variables", map[string]any{"variablesReference": open[0]}, &vs)
		open = open[1:]
		variables += len(vs.Variables)
		for _, v := range vs.Variables {
			if v.VariablesReference > 0 {
				open = append(open, v.VariablesReference)
			}
		}
	}
	return len(st.StackFrames), variables
}

// memory returns lines of a process's status.
func memory(pid int) (now, most string) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	check(err)
	for _, line := range strings.Split(string(b), "\n") {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			now = strings.TrimSpace(v)
		}
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			most = strings.TrimSpace(v)
		}
	}
	return now, most
}

// cpu is the processor time that a process has taken, by all of its threads: other load on the machine leaves it alone.
func cpu(pid int) (total time.Duration) {
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	check(err)
	for _, t := range tasks {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, t.Name()))
		if err != nil {
			continue // it has ended
		}
		ns, _, _ := strings.Cut(string(b), " ")
		n, err := strconv.ParseInt(ns, 10, 64)
		check(err)
		total += time.Duration(n)
	}
	return total
}

func main() {
	log.SetFlags(0)
	at := flag.String("break", "", "`FILE:LINE` of the first stop")
	launch := flag.String("launch", "{}", "the launch request's arguments, as `JSON`")
	rounds := flag.Int("rounds", 50, "how many steps are measured")
	want := flag.Int("variables", 100, "how many variables are looked at behind each")
	flag.Parse()
	file, line, ok := strings.Cut(*at, ":")
	number, err := strconv.Atoi(line)
	if !ok || err != nil || flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	cmd := exec.Command(flag.Arg(0), flag.Args()[1:]...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdinPipe()
	check(err)
	in, err := cmd.StdoutPipe()
	check(err)
	start := time.Now()
	check(cmd.Start())
	defer cmd.Process.Kill()
	c := &client{in: bufio.NewReader(in), out: out}
	c.ask("initialize", map[string]any{"adapterID": "x", "supportsVariableType": true}, nil)
	launched := c.send("launch", json.RawMessage(*launch)) // lldb-dap answers when the configuration is done
	c.event("initialized")
	c.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": file}, "breakpoints": []any{map[string]any{"line": number}}}, nil)
	done := c.send("configurationDone", nil)
	_, _ = launched, done
	c.event("stopped")
	fmt.Printf("first stop            %8.1f ms\n", float64(time.Since(start).Microseconds())/1000)
	var th struct {
		Threads []struct {
			ID int `json:"id"`
		} `json:"threads"`
	}
	c.ask("threads", nil, &th)
	thread := th.Threads[0].ID
	began, used := time.Now(), cpu(cmd.Process.Pid)
	frames, variables := c.look(thread, *want)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Printf("first look            %8.1f ms, CPU %.1f ms: %d frames, %d variables\n", ms(time.Since(began)), ms(cpu(cmd.Process.Pid)-used), frames, variables)
	var all []time.Duration
	used = cpu(cmd.Process.Pid)
	least := variables
	for range *rounds {
		began := time.Now()
		c.ask("next", map[string]any{"threadId": thread}, nil)
		c.event("stopped")
		_, n := c.look(thread, *want)
		all = append(all, time.Since(began))
		least = min(least, n)
	}
	used = cpu(cmd.Process.Pid) - used
	slices.Sort(all)
	fmt.Printf("step and look, median %8.1f ms, 95%% %.1f ms, most %.1f ms; CPU %.1f ms each; at least %d variables\n",
		ms(all[len(all)/2]), ms(all[len(all)*95/100]), ms(all[len(all)-1]), ms(used)/float64(len(all)), least)
	now, most := memory(cmd.Process.Pid)
	fmt.Printf("the adapter's memory  %s, at most %s\n", now, most)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
