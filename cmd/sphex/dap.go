package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/dap"
)

func dapCommand() *cobra.Command {
	var listen string
	var anyHost, schema bool
	c := &cobra.Command{
		Use:   "dap",
		Short: "Serve the Debug Adapter Protocol on stdio, or on a TCP port",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if schema {
				e := json.NewEncoder(os.Stdout)
				e.SetIndent("", "  ")
				return e.Encode(dap.Schema())
			}
			if listen == "" {
				if isTerminal(os.Stdin) {
					fmt.Fprintln(os.Stderr, "sphex: this waits for the messages of an editor, which starts it by itself; sphex debug is for people (Ctrl-C ends this)")
				}
				return dap.Serve(stdio{}, adapterOptions())
			}
			if err := checkAddress(listen, anyHost); err != nil {
				return err
			}
			l, err := net.Listen("tcp", listen)
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "DAP server listening at %s\n", l.Addr())
			o := adapterOptions()
			o.AnyUser = anyHost
			return dap.ServeAll(l, o)
		},
	}
	c.Flags().StringVar(&listen, "listen", "", "serve clients at this TCP `address`, 127.0.0.1:4711 for one")
	c.Flags().BoolVar(&schema, "schema", false, "print the JSON schema of launch and attach configurations, and end")
	c.Flags().BoolVar(&anyHost, "any-host", false, "let other machines connect: whoever connects can run programs as you")
	return c
}

// adapterOptions are those of each client's session.
func adapterOptions() dap.Options {
	o := dap.Options{Init: new(terminalFlags).init(), Load: loader(false, nil, aot.Options{Text: debuginfo.TextFills, LaterFrom: aot.LargeModule})}
	if self, err := os.Executable(); err == nil {
		o.TerminalHelper = []string{self, terminalHelper}
	}
	return o
}

// terminalHelper is the command that editors run in their terminals.
const terminalHelper = "dap-terminal"

func terminalHelperCommand() *cobra.Command {
	return &cobra.Command{
		Use:    terminalHelper + " SOCKET",
		Short:  "Hand this terminal over to a program that is being debugged; editors run it",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			interrupts := make(chan os.Signal, 1)
			signal.Notify(interrupts, os.Interrupt)
			return dap.RunTerminalHelper(args[0], os.Stdin, os.Stdout, os.Stderr, interrupts)
		},
	}
}

// checkAddress refuses addresses that other machines reach, unless they are wanted.
func checkAddress(addr string, anyHost bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); anyHost || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%s can be reached from other machines, and whoever connects can run programs as you; use 127.0.0.1, or say --any-host", addr)
}

// stdio is the process's standard input and output as one connection.
type stdio struct{}

func (stdio) Read(p []byte) (int, error)  { return os.Stdin.Read(p) }
func (stdio) Write(p []byte) (int, error) { return os.Stdout.Write(p) }
func (stdio) Close() error                { return os.Stdin.Close() }
