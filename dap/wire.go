package dap

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/go-dap"
)

// maxMessage is the largest message that is read, in bytes.
const maxMessage = 16 << 20

// request is a message from the client.
type request struct {
	Seq       int             `json:"seq"`
	Type      string          `json:"type"`
	Command   string          `json:"command"`
	Arguments json.RawMessage `json:"arguments"`
}

// reply is a response from the client, to a request of ours.
type reply struct {
	RequestSeq int             `json:"request_seq"`
	Success    bool            `json:"success"`
	Message    string          `json:"message"`
	Body       json.RawMessage `json:"body"`
}

// response answers a request.
type response struct {
	Seq        int    `json:"seq"`
	Type       string `json:"type"`
	RequestSeq int    `json:"request_seq"`
	Success    bool   `json:"success"`
	Command    string `json:"command"`
	Message    string `json:"message,omitempty"`
	Body       any    `json:"body,omitempty"`
}

// event tells the client of something.
type event struct {
	Seq   int    `json:"seq"`
	Type  string `json:"type"`
	Event string `json:"event"`
	Body  any    `json:"body,omitempty"`
}

// errBadMessage is a message that could not be understood; the next one may be.
type errBadMessage struct{ why string }

func (e errBadMessage) Error() string { return e.why }

// readMessage returns the next message's content. After an errBadMessage the reader stands
// behind the offending part; other errors are final.
func readMessage(r *bufio.Reader) ([]byte, error) {
	length, seen, bad := 0, false, ""
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return nil, errBadMessage{"a header line without end"}
		}
		if err != nil {
			return nil, err
		}
		field := strings.TrimRight(string(line), "\r\n")
		if field == "" {
			if bad != "" {
				return nil, errBadMessage{bad}
			}
			if !seen {
				return nil, errBadMessage{"a header without Content-Length"}
			}
			break
		}
		if strings.Contains(field, " HTTP/1.") { // a page in this user's browser must not get anywhere
			return nil, errors.New("the client speaks HTTP")
		}
		name, value, ok := strings.Cut(field, ":")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			continue // other fields, and what a lost client sends, have no meaning here
		}
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 {
			bad = fmt.Sprintf("Content-Length is %q", value)
			continue
		}
		length, seen = n, true
	}
	if length > maxMessage {
		if _, err := io.CopyN(io.Discard, r, int64(length)); err != nil {
			return nil, err
		}
		return nil, errBadMessage{fmt.Sprintf("a message of %d bytes; the limit is %d", length, maxMessage)}
	}
	b := make([]byte, length)
	_, err := io.ReadFull(r, b)
	return b, err
}

// writer sends messages, numbered in the order in which they are sent.
type writer struct {
	mu  sync.Mutex
	out io.Writer
	seq int
	err error // the first one

	kept   *dap.OutputEventBody // messages of a log point that wait for more of it
	text   []byte               // their text
	waking bool                 // a timer will send them
}

// How much text of a log point is sent at once, and how long it waits: a program may come to one a million
// times a second.
const (
	mostKept = 16 << 10
	keptFor  = 40 * time.Millisecond
)

// output sends an output event soon, together with others from the same place.
func (w *writer) output(body *dap.OutputEventBody) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if k := w.kept; k != nil && k.Line == body.Line && samePath(k.Source, body.Source) && len(w.text) < mostKept {
		w.text = append(w.text, body.Output...)
	} else {
		w.flush()
		w.kept, w.text = body, append(w.text[:0], body.Output...)
	}
	if !w.waking {
		w.waking = true
		time.AfterFunc(keptFor, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.waking = false
			w.flush()
		})
	}
}

func samePath(a, b *dap.Source) bool {
	return a == b || a != nil && b != nil && a.Path == b.Path && a.SourceReference == b.SourceReference
}

// flush sends what waits. mu is held.
func (w *writer) flush() {
	if w.kept != nil {
		w.kept.Output = string(w.text)
		w.seq++
		w.send(&event{Seq: w.seq, Type: "event", Event: "output", Body: w.kept})
		w.kept = nil
	}
}

func (w *writer) respond(r *response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush()
	w.seq++
	r.Seq, r.Type = w.seq, "response"
	w.send(r)
}

func (w *writer) event(name string, body any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush()
	w.seq++
	w.send(&event{Seq: w.seq, Type: "event", Event: name, Body: body})
}

// request sends a request of ours and returns its number.
func (w *writer) request(command string, arguments any) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush()
	w.seq++
	w.send(&struct {
		Seq       int    `json:"seq"`
		Type      string `json:"type"`
		Command   string `json:"command"`
		Arguments any    `json:"arguments,omitempty"`
	}{w.seq, "request", command, arguments})
	return w.seq
}

// raw passes on a message that is another's.
func (w *writer) raw(b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush()
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, "Content-Length: %d\r\n\r\n%s", len(b), b)
	}
}

// failed returns the first error of sending.
func (w *writer) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *writer) send(m any) {
	b, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("dap: encoding a message: %v", err)) // all bodies are ours
	}
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, "Content-Length: %d\r\n\r\n%s", len(b), b)
	}
}
