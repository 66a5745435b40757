package dap

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"sphex/debugger"
)

// templates are requests as clients send them; %d are numbers that may mean something or not.
var templates = []string{
	`"initialize","arguments":{"linesStartAt1":true,"supportsProgressReporting":true,"supportsVariablePaging":true}`,
	`"launch","arguments":{"program":"PROGRAM","stopOnEntry":true}`,
	`"launch","arguments":{"program":"PROGRAM"}`,
	`"launch","arguments":{"program":"/does/not/exist"}`,
	`"attach","arguments":{"port":%d}`,
	`"setBreakpoints","arguments":{"source":{"path":"SOURCE"},"breakpoints":[{"line":%d},{"line":18,"condition":"n == %d"},{"line":22,"logMessage":"{n}"}]}`,
	`"setBreakpoints","arguments":{"source":{"path":"SOURCE"}}`,
	`"setBreakpoints","arguments":{"source":{},"lines":[%d,%d]}`,
	`"setFunctionBreakpoints","arguments":{"breakpoints":[{"name":"fact"},{"name":""}]}`,
	`"setInstructionBreakpoints","arguments":{"breakpoints":[{"instructionReference":"0x1000%d","offset":%d}]}`,
	`"setDataBreakpoints","arguments":{"breakpoints":[{"dataId":"0x1000:%d","accessType":"readWrite"}]}`,
	`"dataBreakpointInfo","arguments":{"name":"total","frameId":%d,"bytes":%d}`,
	`"dataBreakpointInfo","arguments":{"name":"%d","asAddress":true}`,
	`"setExceptionBreakpoints","arguments":{"filters":["trap","host"]}`,
	`"breakpointLocations","arguments":{"source":{"path":"SOURCE"},"line":%d,"endLine":%d}`,
	`"configurationDone"`,
	`"continue","arguments":{"threadId":1}`, `"continue","arguments":{"threadId":%d}`,
	`"next","arguments":{"threadId":1}`, `"next","arguments":{"threadId":1,"granularity":"instruction"}`,
	`"stepIn","arguments":{"threadId":1,"targetId":%d}`, `"stepOut","arguments":{"threadId":1}`, `"pause","arguments":{"threadId":1}`,
	`"stepInTargets","arguments":{"frameId":%d}`,
	`"gotoTargets","arguments":{"source":{"path":"SOURCE"},"line":%d}`, `"goto","arguments":{"threadId":1,"targetId":%d}`,
	`"restartFrame","arguments":{"frameId":%d}`, `"restart"`,
	`"threads"`, `"stackTrace","arguments":{"threadId":1,"startFrame":%d,"levels":%d}`, `"scopes","arguments":{"frameId":%d}`,
	`"variables","arguments":{"variablesReference":%d,"start":%d,"count":%d}`, `"variables","arguments":{"variablesReference":%d}`,
	`"setVariable","arguments":{"variablesReference":%d,"name":"total","value":"%d"}`,
	`"setExpression","arguments":{"expression":"total","value":"%d","frameId":%d}`,
	`"evaluate","arguments":{"expression":"total * %d","frameId":1}`, `"evaluate","arguments":{"expression":"fact(%d)","frameId":1,"context":"repl"}`,
	`"evaluate","arguments":{"expression":"next","context":"repl"}`, `"evaluate","arguments":{"expression":"disassemble","context":"repl"}`,
	`"evaluate","arguments":{"expression":"checkpoint","context":"repl"}`, `"evaluate","arguments":{"expression":"restore","context":"repl"}`,
	`"evaluate","arguments":{"expression":"kill","context":"repl"}`, `"evaluate","arguments":{"expression":"commands 1","context":"repl"}`,
	`"completions","arguments":{"text":"print to","column":%d,"frameId":%d}`,
	`"locations","arguments":{"locationReference":%d}`, `"exceptionInfo","arguments":{"threadId":1}`,
	`"source","arguments":{"sourceReference":%d}`, `"loadedSources"`, `"modules","arguments":{"startModule":%d}`,
	`"readMemory","arguments":{"memoryReference":"0x1000","offset":%d,"count":%d}`,
	`"writeMemory","arguments":{"memoryReference":"0x1000","offset":%d,"data":"AAAA","allowPartial":true}`,
	`"disassemble","arguments":{"memoryReference":"0x100100","instructionOffset":%d,"instructionCount":%d}`,
	`"cancel","arguments":{"requestId":%d}`, `"cancel","arguments":{"progressId":"work %d"}`,
	`"terminate"`, `"terminateThreads","arguments":{"threadIds":[%d]}`, `"disconnect","arguments":{"suspendDebuggee":true}`,
	`"sphex/stop"`, `"sphex/terminal","arguments":{"colour":true}`, `"sphex/panes","arguments":{"code":true,"listed":true}`, `"sphex/instances","arguments":{}`, `"fly","arguments":[%d]`, `"variables","arguments":%d`, `"evaluate","arguments":null`,
	`"attach","arguments":{}`,
}

// usual is how a session begins, and attaching how one with a host does.
var usual, attaching = []int{0, 1, 5, 15}, []int{0, len(templates) - 1, 5, 15}

// adapter serves a client that launches programs.
func adapter(conn net.Conn) { Serve(conn, Options{Compile: compile}) }

// play sends messages that the numbers choose to a server, leaves in the way that they choose, and waits until the server
// has ended. When it stayed to the end, each of its requests must have had one answer.
func play(t testing.TB, serve func(net.Conn), start []int, numbers []byte) {
	k := 0
	number := func() int {
		if k == len(numbers) {
			return 0
		}
		k++
		return int(numbers[k-1])
	}
	ours, theirs := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		serve(theirs)
	}()
	answers := map[int]int{}
	read := make(chan struct{})
	go func() {
		defer close(read)
		in := bufio.NewReader(ours)
		for {
			b, err := readMessage(in)
			if err != nil {
				return
			}
			var m rawMessage
			if err := json.Unmarshal(b, &m); err != nil {
				t.Errorf("%.200s: %v", b, err)
			}
			if m.Type == "response" {
				answers[m.RequestSeq]++
			}
		}
	}()
	if number()%4 == 0 {
		start = nil
	}
	replace := strings.NewReplacer("PROGRAM", absolute(t, programs+"c_steps/c_steps-O0.wasm"), "SOURCE", absolute(t, programs+"c_steps/main.c"))
	seq, left, damaged := 0, false, false
	for n := 0; k < len(numbers) && !left; n++ {
		i := number() % len(templates)
		if n < len(start) {
			i = start[n]
		}
		text := replace.Replace(templates[i])
		for strings.Contains(text, "%d") {
			v := number()
			if v > 240 {
				v = []int{-1, 1 << 31, -1 << 40, 1<<62 - 1, 65536}[v%5]
			}
			text = strings.Replace(text, "%d", fmt.Sprint(v), 1)
		}
		left = strings.HasPrefix(text, `"disconnect"`)
		seq++
		text = fmt.Sprintf(`{"seq":%d,"type":"request","command":%s}`, seq, text)
		switch number() {
		case 7: // cut off in the middle
			cut := min(number(), len(text))
			text, damaged = text[:cut], true
		case 8: // twice
			text = text + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(text), text)
			fmt.Fprintf(ours, "Content-Length: %d\r\n\r\n%s", len(text)/2, text)
			damaged = true
			continue
		case 9: // with a header that lies
			fmt.Fprintf(ours, "Content-Length: %d\r\n\r\n%s", number(), text)
			damaged = true
			continue
		}
		if _, err := fmt.Fprintf(ours, "Content-Length: %d\r\n\r\n%s", len(text), text); err != nil {
			break
		}
	}
	if number()%3 != 0 && !left { // it stays
		seq++
		text := fmt.Sprintf(`{"seq":%d,"type":"request","command":"disconnect"}`, seq)
		fmt.Fprintf(ours, "Content-Length: %d\r\n\r\n%s", len(text), text)
		left = true
	}
	if !left || damaged {
		ours.Close()
	}
	wait := time.After(longWait)
	for _, c := range []chan struct{}{served, read} {
		select {
		case <-c:
		case <-wait:
			t.Fatalf("the server goes on without a client: %v", numbers)
		}
	}
	ours.Close()
	for i := 1; i <= seq && left && !damaged; i++ {
		if answers[i] != 1 {
			t.Errorf("request %d of %d had %d answers: %v", i, seq, answers[i], numbers)
		}
	}
}

// TestRandomSequences plays random messages, and looks whether something is left of the sessions.
func TestRandomSequences(t *testing.T) {
	rounds, warm := 150, 50
	if testing.Short() {
		rounds, warm = 40, 20
	}
	goroutines, mappings := 0, 0
	for seed := range rounds {
		if seed == warm { // threads and the heap of this process have been made
			runtime.GC()
			goroutines, mappings = runtime.NumGoroutine(), mapped(t)
		}
		r := rand.New(rand.NewPCG(uint64(seed), 5))
		numbers := make([]byte, 20+r.IntN(200))
		for i := range numbers {
			numbers[i] = byte(r.Uint32())
		}
		if play(t, adapter, usual, numbers); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	for wait := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		runtime.GC()
		g, m := runtime.NumGoroutine(), mapped(t)
		if g <= goroutines+2 && m <= mappings+20 { // a session has more than 10 of its own
			break
		}
		if time.Since(wait) > longWait {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines before, %d after; %d mappings before, %d after\n%s", goroutines, g, mappings, m, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// mapped counts the mappings of this process; 0 where that is not known.
func mapped(t testing.TB) int {
	b, err := os.ReadFile("/proc/self/maps")
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(b), "\n")
}

// TestRandomSequencesOfHost plays them to a host, whose program must go on behind each, as long as no client kills it.
func TestRandomSequencesOfHost(t *testing.T) {
	deadly := func(n byte) bool {
		text := templates[int(n)%len(templates)]
		return strings.Contains(text, "terminate") || strings.Contains(text, "kill") || strings.Contains(text, `"suspendDebuggee":true`)
	}
	h, _, _ := host(t, "", "one")
	serve := func(conn net.Conn) {
		served := make(chan struct{})
		go func() {
			defer close(served)
			ServeHost(debugger.TrustedPeer(conn), h)
		}()
		<-served
	}
	rounds := ""
	for seed := range 40 {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		numbers := make([]byte, 20+r.IntN(200))
		for i := range numbers {
			for numbers[i] = byte(r.Uint32()); deadly(numbers[i]); numbers[i]++ {
			}
		}
		if play(t, serve, attaching, numbers); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		for end := time.Now().Add(longWait); ; { // it goes on, on a busy machine after a while
			s, err := h.Attach(context.Background(), "", debugger.Config{})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			now := ""
			v, err := s.Eval(0, "rounds")
			if err == nil {
				now = v.String()
			}
			if closed := s.Close(); err != nil || closed != nil { // closed before the test ends: its program waits for that
				t.Fatalf("seed %d: rounds %v, %v", seed, err, closed)
			}
			if now != rounds {
				rounds = now
				break
			}
			if time.Now().After(end) {
				t.Fatalf("seed %d: rounds is still %s", seed, rounds)
			}
		}
	}
}

func FuzzSequences(f *testing.F) {
	f.Add([]byte{1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50})
	f.Add([]byte("any text will do for a session that nobody has had before"))
	f.Fuzz(func(t *testing.T, numbers []byte) { play(t, adapter, usual, numbers[:min(len(numbers), 300)]) })
}

// A client that floods the server with requests and reads nothing does not make it keep them all.
func TestFlood(t *testing.T) {
	ours, theirs := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		Serve(theirs, Options{Compile: compile})
	}()
	text := `{"seq":1,"type":"request","command":"threads"}`
	ours.SetDeadline(time.Now().Add(300 * time.Millisecond))
	sent := 0
	for {
		if _, err := fmt.Fprintf(ours, "Content-Length: %d\r\n\r\n%s", len(text), text); err != nil {
			break
		}
		sent++
	}
	if sent > 2*mostWaiting {
		t.Errorf("it took %d requests without an answer being read", sent)
	}
	ours.Close()
	<-served
}
