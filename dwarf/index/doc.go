// Package index reads and writes the tables by which a debugger finds units without reading
// them: .debug_names by name and .debug_aranges by address.
package index
