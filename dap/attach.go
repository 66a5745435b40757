package dap

import (
	"net"
	"strconv"
)

// threadName names the one thread.
func (s *server) threadName() string { return "main" }

// goOnAttached lets a program that was attached to go on.
func (s *server) goOnAttached() { s.run(s.session.Continue) }

// hostPort is the address of a port.
func hostPort(host string, port int) string {
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}
