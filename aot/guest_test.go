package aot

import (
	goruntime "runtime"
	"testing"
)

// skipWithoutGuest skips a test that runs guest code where there is no runtime for it.
func skipWithoutGuest(t testing.TB) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("guest code runs on linux/amd64 only")
	}
}
