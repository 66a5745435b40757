//go:build !unix

package tui

func stopProcess() {}
