//go:build linux && amd64

package runtime

// Leaving counts the threads for which others give way.
func Leaving() int { return int(leaving.Load()) }

// Deadlines counts those that the alarm is watched for.
func Deadlines() int {
	deadlines.mu.Lock()
	defer deadlines.mu.Unlock()
	return len(deadlines.heap)
}
