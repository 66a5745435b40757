//go:build race

package runtime_test

// The race detector keeps memory for each goroutine that there ever was.
const raceDetector = true
