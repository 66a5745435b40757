// Package info reads and writes units and their entries (.debug_info, .debug_types,
// .debug_abbrev).
//
// Reading is lazy: New scans the units' headers, abbreviations are read when a unit is first
// used, and entries only when a Walker comes to them, without allocation per entry.
// All of Data is safe for concurrent use.
package info
