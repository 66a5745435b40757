// Package frame reads and writes call frame information (.debug_frame, .eh_frame): how to
// get from a function's frame to its caller's.
package frame
