// Package line reads and writes line number programs (.debug_line).
package line
