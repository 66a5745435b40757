// Package runtime runs compiled modules: it maps an object's text, makes instances with their
// memories, tables and globals, links them to host functions and to each other, and calls
// their functions. A debugger drives an instance through Start, Resume and Stop and looks at
// it with Frames, Memory and ReadNative while it stands.
//
// Guest code runs in this process on stacks of its own. Everything that ends or interrupts it
// (a return, a call of the host, a trap, a breakpoint, a pause) comes back to the goroutine
// that entered it as a state in the instance's abi.Context; the machinery for that is in
// runtime/native.
//
// An Instance is used by one goroutine at a time, except for Pause and Kill. A host function
// may call the instance that called it, to any depth.
package runtime
