//go:build !unix

package repl

import "os"

// GuestInput gives the terminal to the program. On this system a read that was interrupted
// can't be kept from taking what is typed at the prompt.
type GuestInput struct{ file *os.File }

// NewGuestInput lends a terminal; out is where the program writes to it.
func NewGuestInput(f *os.File, _ *GuestOutput) *GuestInput { return &GuestInput{file: f} }

func (g *GuestInput) lend(bool) {}

func (g *GuestInput) elsewhere() (back func()) { return func() {} }

func (g *GuestInput) feed([]byte, bool) {}

// IsTerminal tells the program that it reads from a terminal.
func (g *GuestInput) IsTerminal() bool { return true }

// Read implements io.Reader.
func (g *GuestInput) Read(p []byte) (int, error) { return g.file.Read(p) }
