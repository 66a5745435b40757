// Package list reads and writes range lists (.debug_ranges, .debug_rnglists) and location
// lists (.debug_loc, .debug_loclists).
package list
