package main

import (
	"context"
	"fmt"
	"os"

	"sphex/dap"
	"sphex/debugger"
)

// runListening runs a program to which debuggers may attach meanwhile.
func runListening(cfg debugger.Config, address string, wait bool, form string) error {
	service := debugger.ServeConfig{View: dap.ServeHost, Token: os.Getenv(tokenVariable)}
	l, err := debugger.Listen(address)
	if err != nil {
		return err
	}
	if err := service.Allows(l.Addr()); err != nil {
		l.Close()
		return fmt.Errorf("%w: put it into $%s", err, tokenVariable)
	}
	at := l.Addr().String()
	if l.Addr().Network() == "unix" {
		at = "unix:" + at
	}
	var h debugger.Host
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- debugger.Serve(ctx, l, &h, service) }()
	run, err := h.Run(ctx, cfg, func() {
		fmt.Fprintf(os.Stderr, "sphex: debuggers may attach at %s\n", at)
		if wait {
			fmt.Fprintf(os.Stderr, "sphex: the program waits for one\n")
			h.Await(ctx)
		}
	})
	cancel()
	if failed := <-served; err == nil && failed != nil {
		err = failed
	}
	if err != nil {
		return err
	}
	switch {
	case run.Trap != nil && form == backtraceNone:
		fmt.Fprintf(os.Stderr, "sphex: the program trapped%s: %s\n", inThread(run.Trap.Thread), printable(run.Trap.Message))
	case run.Trap != nil:
		if err := writeReport(run.Trap, form); err != nil {
			return err
		}
	case cfg.Invoke != "":
		for _, r := range run.Results {
			fmt.Println(r)
		}
	}
	if run.ExitCode != 0 {
		return exitStatus(run.ExitCode)
	}
	return nil
}
