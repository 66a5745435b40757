# Where a thread begins: its stack and its thread-local storage are in front of what it was given.
	.globaltype	__stack_pointer, i32
	.globaltype	__tls_base, i32
	.functype	thread_begin (i32, i32) -> ()

	.section	.text.wasi_thread_start,"",@
	.globl	wasi_thread_start
	.export_name	wasi_thread_start, wasi_thread_start
	.type	wasi_thread_start,@function
wasi_thread_start:
	.functype	wasi_thread_start (i32, i32) -> ()
	local.get	1
	i32.load	0
	global.set	__stack_pointer
	local.get	1
	i32.load	4
	global.set	__tls_base
	local.get	0
	local.get	1
	call	thread_begin
	end_function
