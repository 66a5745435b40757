package dap

import (
	"bufio"
	"encoding/json"
	"errors"
	"net"
	"testing"

	"github.com/google/go-dap"
)

// TestRemoteInterrupt plays the host: an interrupt cancels the command that is being answered, and pauses what it may have let run;
// a second one does so again.
func TestRemoteInterrupt(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	in, w := bufio.NewReader(there), &writer{out: there}
	next := func() (r request) {
		b, err := readMessage(in)
		if err == nil {
			err = json.Unmarshal(b, &r)
		}
		if err != nil {
			t.Error(err)
		}
		return r
	}
	answer := func(r request) { w.respond(&response{RequestSeq: r.Seq, Command: r.Command, Success: true}) }
	interrupts := make(chan struct{}, 2)
	hosted := make(chan struct{})
	go func() {
		defer close(hosted)
		answer(next()) // initialize
		long := next()
		for range 2 {
			interrupts <- struct{}{}
			cancel := next()
			var a dap.CancelArguments
			if err := json.Unmarshal(cancel.Arguments, &a); err != nil || cancel.Command != "cancel" || a.RequestId != long.Seq {
				t.Errorf("%s %s behind an interrupt of request %d", cancel.Command, cancel.Arguments, long.Seq)
			}
			answer(cancel)
			pause := next()
			if pause.Command != "pause" {
				t.Errorf("%s behind a cancel", pause.Command)
			}
			answer(pause)
		}
		w.respond(&response{RequestSeq: long.Seq, Command: long.Command, Message: "interrupted"})
	}()
	r, err := NewRemote(here, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	_, over, err := r.Execute("funcs nosuch", interrupts)
	if over || err == nil || err.Error() != "interrupted" {
		t.Errorf("%v, over %v", err, over)
	}
	<-hosted
	there.Close()
	if _, _, err := r.Execute("funcs", interrupts); err == nil || errors.Is(err, net.ErrClosed) {
		t.Errorf("the host has gone, and: %v", err)
	}
}
