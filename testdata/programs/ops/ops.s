# Code and DWARF 5 by hand: operations that producers for WebAssembly seldom emit.
	.globaltype	__stack_pointer, i32
	.globl	_start
	.functype	middle (i32) -> (i32)
	.functype	inner (i32, i64, f64, i32, i32, i32, i32) -> (i32)
	.functype	_start () -> ()
	.section	.text._start,"",@
	.file	1 "/src/ops" "ops.s"
_start:
	.functype	_start () -> ()
.Lstart_begin:
	.loc	1 13 0 prologue_end
	i32.const	41
	call	middle
.Lcall_middle:
	drop
	.loc	1 18 0
	end_function
.Lstart_end:

	.section	.text.middle,"",@
middle:
	.functype	middle (i32) -> (i32)
.Lmiddle_begin:
	.local	i32, f64
	.loc	1 27 0 prologue_end
	local.get	0
	i32.const	1
	i32.add
	local.set	1
	i32.const	0
	local.set	0		# the caller's 41 is gone
	.loc	1 34 0
	f64.const	2.5
	local.set	2
	local.get	1
	i64.const	5000000000
	local.get	2
	i32.const	7
	i32.const	8
	i32.const	9
	i32.const	10
	call	inner
.Lcall_inner:
	.loc	1 46 0
	end_function
.Lmiddle_end:

	.section	.text.inner,"",@
inner:
	.functype	inner (i32, i64, f64, i32, i32, i32, i32) -> (i32)
.Linner_begin:
	.local	i32
	.loc	1 55 0 prologue_end
	local.get	0
	i32.const	100
	i32.mul
	local.set	0		# 4200
	local.get	1
	i64.const	1
	i64.add
	local.set	1
	local.get	2
	f64.const	0.5
	f64.mul
	local.set	2		# 1.25
	local.get	6
	i32.const	5
	i32.mul
	local.set	6		# 50
.Linner_mid:
	.loc	1 73 0
	local.get	0
	local.get	6
.Linner_two:
	i32.lt_s
.Linner_cond:
	.loc	1 79 0			# the condition is on the operand stack
	if	i32
	local.get	6
	else
.Llabel:
	.loc	1 84 0
	i32.const	0
	i32.load	word
	i32.const	12
	i32.and
.Linner_and:
	.loc	1 90 0			# an and whose value nobody but the if wants
	if	i32
	i32.const	3
	else
	i32.const	4
	end_if
	end_if
	.loc	1 97 0
	local.get	0
	i32.add
	local.get	1
	i32.wrap_i64
	i32.add
	local.get	2
	i32.trunc_f64_s
	i32.add
.Linner_last:
	.loc	1 107 0
	end_function
.Linner_end:

	.section	.data.word,"",@
	.globl	word
word:
	.int32	12345
	.size	word, 4

	.section	.debug_abbrev,"",@
.Labbrev:
	.uleb128	1	# DW_TAG_compile_unit
	.uleb128	0x11
	.int8	1
	.uleb128	0x25	# DW_AT_producer, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x13	# DW_AT_language, DW_FORM_data2
	.uleb128	0x5
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x1b	# DW_AT_comp_dir, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x10	# DW_AT_stmt_list, DW_FORM_sec_offset
	.uleb128	0x17
	.uleb128	0x11	# DW_AT_low_pc, DW_FORM_addr
	.uleb128	0x1
	.int8	0
	.int8	0
	.uleb128	2	# DW_TAG_base_type
	.uleb128	0x24
	.int8	0
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x3e	# DW_AT_encoding, DW_FORM_data1
	.uleb128	0xb
	.uleb128	0xb	# DW_AT_byte_size, DW_FORM_data1
	.uleb128	0xb
	.int8	0
	.int8	0
	.uleb128	3	# DW_TAG_pointer_type
	.uleb128	0xf
	.int8	0
	.uleb128	0x49	# DW_AT_type, DW_FORM_ref4
	.uleb128	0x13
	.int8	0
	.int8	0
	.uleb128	4	# DW_TAG_structure_type
	.uleb128	0x13
	.int8	1
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0xb	# DW_AT_byte_size, DW_FORM_data1
	.uleb128	0xb
	.int8	0
	.int8	0
	.uleb128	5	# DW_TAG_member
	.uleb128	0xd
	.int8	0
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x49	# DW_AT_type, DW_FORM_ref4
	.uleb128	0x13
	.uleb128	0x38	# DW_AT_data_member_location, DW_FORM_data1
	.uleb128	0xb
	.int8	0
	.int8	0
	.uleb128	6	# DW_TAG_dwarf_procedure
	.uleb128	0x36
	.int8	0
	.uleb128	0x2	# DW_AT_location, DW_FORM_exprloc
	.uleb128	0x18
	.int8	0
	.int8	0
	.uleb128	7	# DW_TAG_variable
	.uleb128	0x34
	.int8	0
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x49	# DW_AT_type, DW_FORM_ref4
	.uleb128	0x13
	.uleb128	0x2	# DW_AT_location, DW_FORM_exprloc
	.uleb128	0x18
	.int8	0
	.int8	0
	.uleb128	8	# DW_TAG_subprogram
	.uleb128	0x2e
	.int8	1
	.uleb128	0x11	# DW_AT_low_pc, DW_FORM_addr
	.uleb128	0x1
	.uleb128	0x12	# DW_AT_high_pc, DW_FORM_data4
	.uleb128	0x6
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x49	# DW_AT_type, DW_FORM_ref4
	.uleb128	0x13
	.uleb128	0x7a	# DW_AT_call_all_calls, DW_FORM_flag
	.uleb128	0xc
	.int8	0
	.int8	0
	.uleb128	9	# DW_TAG_call_site
	.uleb128	0x48
	.int8	1
	.uleb128	0x7d	# DW_AT_call_return_pc, DW_FORM_addr
	.uleb128	0x1
	.uleb128	0x7f	# DW_AT_call_origin, DW_FORM_ref4
	.uleb128	0x13
	.int8	0
	.int8	0
	.uleb128	10	# DW_TAG_call_site_parameter
	.uleb128	0x49
	.int8	0
	.uleb128	0x2	# DW_AT_location, DW_FORM_exprloc
	.uleb128	0x18
	.uleb128	0x7e	# DW_AT_call_value, DW_FORM_exprloc
	.uleb128	0x18
	.int8	0
	.int8	0
	.uleb128	11	# DW_TAG_formal_parameter
	.uleb128	0x5
	.int8	0
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x49	# DW_AT_type, DW_FORM_ref4
	.uleb128	0x13
	.uleb128	0x2	# DW_AT_location, DW_FORM_exprloc
	.uleb128	0x18
	.int8	0
	.int8	0
	.uleb128	12	# DW_TAG_variable
	.uleb128	0x34
	.int8	0
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x49	# DW_AT_type, DW_FORM_ref4
	.uleb128	0x13
	.uleb128	0x1c	# DW_AT_const_value, DW_FORM_sdata
	.uleb128	0xd
	.int8	0
	.int8	0
	.uleb128	13	# DW_TAG_variable
	.uleb128	0x34
	.int8	0
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x49	# DW_AT_type, DW_FORM_ref4
	.uleb128	0x13
	.uleb128	0x1c	# DW_AT_const_value, DW_FORM_data16
	.uleb128	0x1e
	.int8	0
	.int8	0
	.uleb128	14	# DW_TAG_variable
	.uleb128	0x34
	.int8	0
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x49	# DW_AT_type, DW_FORM_ref4
	.uleb128	0x13
	.uleb128	0x2	# DW_AT_location, DW_FORM_sec_offset
	.uleb128	0x17
	.uleb128	0x2137	# DW_AT_locviews, DW_FORM_sec_offset
	.uleb128	0x17
	.int8	0
	.int8	0
	.uleb128	15	# DW_TAG_variable
	.uleb128	0x34
	.int8	0
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x49	# DW_AT_type, DW_FORM_ref4
	.uleb128	0x13
	.uleb128	0x2	# DW_AT_location, DW_FORM_sec_offset
	.uleb128	0x17
	.int8	0
	.int8	0
	.uleb128	16	# DW_TAG_label
	.uleb128	0xa
	.int8	0
	.uleb128	0x3	# DW_AT_name, DW_FORM_string
	.uleb128	0x8
	.uleb128	0x3a	# DW_AT_decl_file, DW_FORM_data1
	.uleb128	0xb
	.uleb128	0x3b	# DW_AT_decl_line, DW_FORM_data1
	.uleb128	0xb
	.uleb128	0x11	# DW_AT_low_pc, DW_FORM_addr
	.uleb128	0x1
	.int8	0
	.int8	0
	.uleb128	17	# DW_TAG_lexical_block
	.uleb128	0xb
	.int8	1
	.uleb128	0x11	# DW_AT_low_pc, DW_FORM_addr
	.uleb128	0x1
	.uleb128	0x12	# DW_AT_high_pc, DW_FORM_data4
	.uleb128	0x6
	.uleb128	0x52	# DW_AT_entry_pc, DW_FORM_addr
	.uleb128	0x1
	.int8	0
	.int8	0
	.int8	0

	.section	.debug_info,"",@
.Linfo:
	.int32	.Linfo_end-.Linfo_start
.Linfo_start:
	.int16	5
	.int8	1
	.int8	4
	.int32	.Labbrev
	.uleb128	1		# DW_TAG_compile_unit
	.asciz	"a person"		# DW_AT_producer
	.int16	0x1d		# DW_AT_language
	.asciz	"/src/ops/ops.s"		# DW_AT_name
	.asciz	"/src/ops"		# DW_AT_comp_dir
	.int32	.Lline		# DW_AT_stmt_list
	.int32	0		# DW_AT_low_pc
.Lint:
	.uleb128	2		# DW_TAG_base_type
	.asciz	"int"		# DW_AT_name
	.int8	5		# DW_AT_encoding
	.int8	4		# DW_AT_byte_size
.Llong:
	.uleb128	2		# DW_TAG_base_type
	.asciz	"long long"		# DW_AT_name
	.int8	5		# DW_AT_encoding
	.int8	8		# DW_AT_byte_size
.Ldouble:
	.uleb128	2		# DW_TAG_base_type
	.asciz	"double"		# DW_AT_name
	.int8	4		# DW_AT_encoding
	.int8	8		# DW_AT_byte_size
.Lfloat:
	.uleb128	2		# DW_TAG_base_type
	.asciz	"float"		# DW_AT_name
	.int8	4		# DW_AT_encoding
	.int8	4		# DW_AT_byte_size
.Luint:
	.uleb128	2		# DW_TAG_base_type
	.asciz	"unsigned int"		# DW_AT_name
	.int8	7		# DW_AT_encoding
	.int8	4		# DW_AT_byte_size
.Lint128:
	.uleb128	2		# DW_TAG_base_type
	.asciz	"__int128"		# DW_AT_name
	.int8	5		# DW_AT_encoding
	.int8	16		# DW_AT_byte_size
.Lintp:
	.uleb128	3		# DW_TAG_pointer_type
	.int32	.Lint-.Linfo		# DW_AT_type
.Ltriple:
	.uleb128	4		# DW_TAG_structure_type
	.asciz	"triple"		# DW_AT_name
	.int8	12		# DW_AT_byte_size
	.uleb128	5		# DW_TAG_member
	.asciz	"a"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.int8	0		# DW_AT_data_member_location
	.uleb128	5		# DW_TAG_member
	.asciz	"b"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.int8	4		# DW_AT_data_member_location
	.uleb128	5		# DW_TAG_member
	.asciz	"c"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.int8	8		# DW_AT_data_member_location
	.int8	0
.Lproc:
	.uleb128	6		# DW_TAG_dwarf_procedure
	.uleb128	.Lx22e-.Lx22b		# DW_AT_location
.Lx22b:
	.int8	0x23	# DW_OP_plus_uconst 4
	.int8	4
.Lx22e:
.Lword_die:
	.uleb128	7		# DW_TAG_variable
	.asciz	"word"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx20e-.Lx20b		# DW_AT_location
.Lx20b:
	.int8	0x03	# DW_OP_addr
	.int32	word
.Lx20e:
.Lstart:
	.uleb128	8		# DW_TAG_subprogram
	.int32	.Lstart_begin		# DW_AT_low_pc
	.int32	.Lstart_end-.Lstart_begin		# DW_AT_high_pc
	.asciz	"start"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.int8	1		# DW_AT_call_all_calls
	.uleb128	9		# DW_TAG_call_site
	.int32	.Lcall_middle		# DW_AT_call_return_pc
	.int32	.Lmiddle-.Linfo		# DW_AT_call_origin
	.uleb128	10		# DW_TAG_call_site_parameter
	.uleb128	.Lx23e-.Lx23b		# DW_AT_location
.Lx23b:
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
.Lx23e:
	.uleb128	.Lx24e-.Lx24b		# DW_AT_call_value
.Lx24b:
	.int8	0x08	# DW_OP_const1u 41
	.int8	41
.Lx24e:
	.int8	0
	.int8	0
.Lmiddle:
	.uleb128	8		# DW_TAG_subprogram
	.int32	.Lmiddle_begin		# DW_AT_low_pc
	.int32	.Lmiddle_end-.Lmiddle_begin		# DW_AT_high_pc
	.asciz	"middle"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.int8	1		# DW_AT_call_all_calls
	.uleb128	11		# DW_TAG_formal_parameter
	.asciz	"a"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx21e-.Lx21b		# DW_AT_location
.Lx21b:
	.int8	0xa3	# DW_OP_entry_value
	.int8	3
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
	.int8	0x9f	# DW_OP_stack_value
.Lx21e:
	.uleb128	9		# DW_TAG_call_site
	.int32	.Lcall_inner		# DW_AT_call_return_pc
	.int32	.Linner-.Linfo		# DW_AT_call_origin
	.uleb128	10		# DW_TAG_call_site_parameter
	.uleb128	.Lx25e-.Lx25b		# DW_AT_location
.Lx25b:
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
.Lx25e:
	.uleb128	.Lx26e-.Lx26b		# DW_AT_call_value
.Lx26b:
	.int8	0xa3	# DW_OP_entry_value
	.int8	3
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
	.int8	0x23	# DW_OP_plus_uconst 1
	.int8	1
.Lx26e:
	.uleb128	10		# DW_TAG_call_site_parameter
	.uleb128	.Lx27e-.Lx27b		# DW_AT_location
.Lx27b:
	.int8	0xed	# DW_OP_WASM_location local 1
	.int8	0
	.int8	1
.Lx27e:
	.uleb128	.Lx28e-.Lx28b		# DW_AT_call_value
.Lx28b:
	.int8	0x0e	# DW_OP_const8u
	.int64	5000000000
.Lx28e:
	.uleb128	10		# DW_TAG_call_site_parameter
	.uleb128	.Lx29e-.Lx29b		# DW_AT_location
.Lx29b:
	.int8	0xed	# DW_OP_WASM_location local 2
	.int8	0
	.int8	2
.Lx29e:
	.uleb128	.Lx30e-.Lx30b		# DW_AT_call_value
.Lx30b:
	.int8	0xed	# DW_OP_WASM_location local 2
	.int8	0
	.int8	2
.Lx30e:
	.uleb128	10		# DW_TAG_call_site_parameter
	.uleb128	.Lx31e-.Lx31b		# DW_AT_location
.Lx31b:
	.int8	0xed	# DW_OP_WASM_location local 4
	.int8	0
	.int8	4
.Lx31e:
	.uleb128	.Lx32e-.Lx32b		# DW_AT_call_value
.Lx32b:
	.int8	0x38	# DW_OP_lit8
.Lx32e:
	.int8	0
	.int8	0
.Linner:
	.uleb128	8		# DW_TAG_subprogram
	.int32	.Linner_begin		# DW_AT_low_pc
	.int32	.Linner_end-.Linner_begin		# DW_AT_high_pc
	.asciz	"inner"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.int8	1		# DW_AT_call_all_calls
	.uleb128	11		# DW_TAG_formal_parameter
	.asciz	"n"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx1e-.Lx1b		# DW_AT_location
.Lx1b:
	.int8	0xa3	# DW_OP_entry_value
	.int8	3
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
	.int8	0x9f	# DW_OP_stack_value
.Lx1e:
	.uleb128	11		# DW_TAG_formal_parameter
	.asciz	"big"		# DW_AT_name
	.int32	.Llong-.Linfo		# DW_AT_type
	.uleb128	.Lx2e-.Lx2b		# DW_AT_location
.Lx2b:
	.int8	0xa3	# DW_OP_entry_value
	.int8	3
	.int8	0xed	# DW_OP_WASM_location local 1
	.int8	0
	.int8	1
	.int8	0x9f	# DW_OP_stack_value
.Lx2e:
	.uleb128	11		# DW_TAG_formal_parameter
	.asciz	"x"		# DW_AT_name
	.int32	.Ldouble-.Linfo		# DW_AT_type
	.uleb128	.Lx3e-.Lx3b		# DW_AT_location
.Lx3b:
	.int8	0xa3	# DW_OP_entry_value
	.int8	3
	.int8	0xed	# DW_OP_WASM_location local 2
	.int8	0
	.int8	2
	.int8	0x9f	# DW_OP_stack_value
.Lx3e:
.Lunread:
	.uleb128	11		# DW_TAG_formal_parameter
	.asciz	"unread"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx4e-.Lx4b		# DW_AT_location
.Lx4b:
	.int8	0xed	# DW_OP_WASM_location local 3
	.int8	0
	.int8	3
	.int8	0x9f	# DW_OP_stack_value
.Lx4e:
	.uleb128	11		# DW_TAG_formal_parameter
	.asciz	"unread2"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx5e-.Lx5b		# DW_AT_location
.Lx5b:
	.int8	0xa3	# DW_OP_entry_value
	.int8	3
	.int8	0xed	# DW_OP_WASM_location local 4
	.int8	0
	.int8	4
	.int8	0x9f	# DW_OP_stack_value
.Lx5e:
	.uleb128	11		# DW_TAG_formal_parameter
	.asciz	"unread3"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx6e-.Lx6b		# DW_AT_location
.Lx6b:
	.int8	0xed	# DW_OP_WASM_location local 5
	.int8	0
	.int8	5
	.int8	0x9f	# DW_OP_stack_value
.Lx6e:
	.uleb128	11		# DW_TAG_formal_parameter
	.asciz	"words"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx7e-.Lx7b		# DW_AT_location
.Lx7b:
	.int8	0xa3	# DW_OP_entry_value
	.int8	3
	.int8	0xed	# DW_OP_WASM_location local 6
	.int8	0
	.int8	6
	.int8	0x9f	# DW_OP_stack_value
.Lx7e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"twice"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx8e-.Lx8b		# DW_AT_location
.Lx8b:
	.int8	0xa3	# DW_OP_entry_value
	.int8	5
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
	.int8	0x32	# DW_OP_lit2, DW_OP_mul
	.int8	0x1e
	.int8	0x9f	# DW_OP_stack_value
.Lx8e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"before"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx9e-.Lx9b		# DW_AT_location
.Lx9b:
	.int8	0xa3	# DW_OP_entry_value
	.int8	3
	.int8	0xed	# DW_OP_WASM_location local 7
	.int8	0
	.int8	7
	.int8	0x9f	# DW_OP_stack_value
.Lx9e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"untouched"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx10e-.Lx10b		# DW_AT_location
.Lx10b:
	.int8	0xed	# DW_OP_WASM_location local 7
	.int8	0
	.int8	7
	.int8	0x9f	# DW_OP_stack_value
.Lx10e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"called"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx11e-.Lx11b		# DW_AT_location
.Lx11b:
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
	.int8	0x99	# DW_OP_call4
	.int32	.Lproc-.Linfo
	.int8	0x9f	# DW_OP_stack_value
.Lx11e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"chosen"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx12e-.Lx12b		# DW_AT_location
.Lx12b:
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
	.int8	0x0a	# DW_OP_const2u
	.int16	1000
	.int8	0x2b	# DW_OP_gt
	.int8	0x28	# DW_OP_bra
	.int16	4
	.int8	0x31	# DW_OP_lit1
	.int8	0x2f	# DW_OP_skip
	.int16	1
	.int8	0x32	# DW_OP_lit2
	.int8	0x9f	# DW_OP_stack_value
.Lx12e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"pointer"		# DW_AT_name
	.int32	.Lintp-.Linfo		# DW_AT_type
	.uleb128	.Lx13e-.Lx13b		# DW_AT_location
.Lx13b:
	.int8	0xa0	# DW_OP_implicit_pointer
	.int32	.Lunread-.Linfo
	.int8	0
.Lx13e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"parts"		# DW_AT_name
	.int32	.Ltriple-.Linfo		# DW_AT_type
	.uleb128	.Lx14e-.Lx14b		# DW_AT_location
.Lx14b:
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
	.int8	0x9f	# DW_OP_stack_value
	.int8	0x93	# DW_OP_piece
	.int8	4
	.int8	0x93	# DW_OP_piece: nothing
	.int8	4
	.int8	0x37	# DW_OP_lit7, DW_OP_stack_value, DW_OP_piece
	.int8	0x9f
	.int8	0x93
	.int8	4
.Lx14e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"huge"		# DW_AT_name
	.int32	.Lint128-.Linfo		# DW_AT_type
	.uleb128	.Lx15e-.Lx15b		# DW_AT_location
.Lx15b:
	.int8	0x9e	# DW_OP_implicit_value
	.int8	16
	.int64	1
	.int64	2
.Lx15e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"converted"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx16e-.Lx16b		# DW_AT_location
.Lx16b:
	.int8	0xed	# DW_OP_WASM_location local 2
	.int8	0
	.int8	2
	.int8	0xa8	# DW_OP_convert
	.uleb128	.Lint-.Linfo
	.int8	0x9f	# DW_OP_stack_value
.Lx16e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"bits"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx17e-.Lx17b		# DW_AT_location
.Lx17b:
	.int8	0xa4	# DW_OP_const_type
	.uleb128	.Lfloat-.Linfo
	.int8	4
	.float	1.5
	.int8	0xa9	# DW_OP_reinterpret
	.int8	0
	.int8	0x9f	# DW_OP_stack_value
.Lx17e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"value"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx18e-.Lx18b		# DW_AT_location
.Lx18b:
	.int8	0xfd	# DW_OP_GNU_variable_value
	.int32	.Lword_die
	.int8	0x9f	# DW_OP_stack_value
.Lx18e:
	.uleb128	7		# DW_TAG_variable
	.asciz	"uninitialised"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx19e-.Lx19b		# DW_AT_location
.Lx19b:
	.int8	0xed	# DW_OP_WASM_location local 0
	.int8	0
	.int8	0
	.int8	0x9f	# DW_OP_stack_value
	.int8	0xf0	# DW_OP_GNU_uninit
.Lx19e:
	.uleb128	12		# DW_TAG_variable
	.asciz	"minus"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.sleb128	-5		# DW_AT_const_value
	.uleb128	13		# DW_TAG_variable
	.asciz	"two128"		# DW_AT_name
	.int32	.Lint128-.Linfo		# DW_AT_type
	.int64	3		# DW_AT_const_value
	.int64	4
	.uleb128	14		# DW_TAG_variable
	.asciz	"listed"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.int32	.Llisted		# DW_AT_location
	.int32	.Llisted_views		# DW_AT_locviews
	.uleb128	15		# DW_TAG_variable
	.asciz	"nowhere"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.int32	.Lnowhere		# DW_AT_location
	.uleb128	7		# DW_TAG_variable
	.asciz	"empty"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	0		# DW_AT_location
	.uleb128	15		# DW_TAG_variable
	.asciz	"operands"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.int32	.Loperands		# DW_AT_location
	.uleb128	16		# DW_TAG_label
	.asciz	"otherwise"		# DW_AT_name
	.int8	1		# DW_AT_decl_file
	.int8	84		# DW_AT_decl_line
	.int32	.Llabel		# DW_AT_low_pc
	.uleb128	17		# DW_TAG_lexical_block
	.int32	.Linner_mid		# DW_AT_low_pc
	.int32	.Linner_end-.Linner_mid		# DW_AT_high_pc
	.int32	.Linner_cond		# DW_AT_entry_pc
	.uleb128	7		# DW_TAG_variable
	.asciz	"in_block"		# DW_AT_name
	.int32	.Lint-.Linfo		# DW_AT_type
	.uleb128	.Lx33e-.Lx33b		# DW_AT_location
.Lx33b:
	.int8	0x35	# DW_OP_lit5, DW_OP_stack_value
	.int8	0x9f
.Lx33e:
	.int8	0
	.int8	0
	.int8	0
.Linfo_end:

	.section	.debug_loclists,"",@
	.int32	.Lloc_end-.Lloc_start
.Lloc_start:
	.int16	5
	.int8	4
	.int8	0
	.int32	0
.Llisted_views:
	.int8	9	# DW_LLE_GNU_view_pair
	.int8	0
	.int8	0
	.int8	9	# DW_LLE_GNU_view_pair
	.int8	1
	.int8	2
.Llisted:
	.int8	7	# DW_LLE_start_end
	.int32	.Linner_begin
	.int32	.Linner_mid
	.uleb128	.Lx34e-.Lx34b
.Lx34b:
	.int8	0x31	# DW_OP_lit1, DW_OP_stack_value
	.int8	0x9f
.Lx34e:
	.int8	7	# DW_LLE_start_end
	.int32	.Linner_cond
	.int32	.Linner_cond
	.uleb128	.Lx35e-.Lx35b
.Lx35b:
	.int8	0x39
	.int8	0x9f
.Lx35e:
	.int8	5	# DW_LLE_default_location
	.uleb128	.Lx36e-.Lx36b
.Lx36b:
	.int8	0x32	# DW_OP_lit2, DW_OP_stack_value
	.int8	0x9f
.Lx36e:
	.int8	0	# DW_LLE_end_of_list
.Lnowhere:
	.int8	0	# DW_LLE_end_of_list
.Loperands:
	.int8	7	# DW_LLE_start_end
	.int32	.Linner_mid
	.int32	.Linner_two
	.uleb128	.Lx37e-.Lx37b
.Lx37b:
	.int8	0xed	# DW_OP_WASM_location local 6
	.int8	0
	.int8	6
	.int8	0x9f	# DW_OP_stack_value
.Lx37e:
	.int8	7	# DW_LLE_start_end
	.int32	.Linner_two
	.int32	.Linner_and
	.uleb128	.Lx38e-.Lx38b
.Lx38b:
	.int8	0xed	# DW_OP_WASM_location operand 0
	.int8	2
	.int8	0
	.int8	0x9f	# DW_OP_stack_value
.Lx38e:
	.int8	7	# DW_LLE_start_end
	.int32	.Linner_and
	.int32	.Linner_last
	.uleb128	.Lx39e-.Lx39b
.Lx39b:
	.int8	0xed	# DW_OP_WASM_location operand 0
	.int8	2
	.int8	0
	.int8	0x9f	# DW_OP_stack_value
.Lx39e:
	.int8	0	# DW_LLE_end_of_list
.Lloc_end:

	.section	.debug_line,"",@
.Lline:


