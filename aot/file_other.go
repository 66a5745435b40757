//go:build !linux

package aot

import "os"

// stamp tells one state of a file from another. Here it never does: modules are read each time.
type stamp struct{ Modified, Changed int64 }

func stampOf(string) (stamp, bool) { return stamp{}, false }

func mapFile(path string) ([]byte, error) { return os.ReadFile(path) }

func unmapFile([]byte) {}

func readFile(path string) ([]byte, error) { return os.ReadFile(path) }

func borrowFile(string) (b []byte, release func(), ok bool) { return nil, nil, false }

func writersWait() (wanted <-chan os.Signal, stop func()) { return nil, func() {} }
