;; What a guest may try against its sandbox, one function for each attempt.
(module
  (type $v (func))
  (type $i (func (param i32) (result i32)))
  (type $l (func (param i64) (result i64)))
  (import "env" "ask" (func $ask (param i32) (result i32)))
  (memory (export "memory") 1 65536)
  (table $t (export "table") 8 10000000 funcref)
  (table $u 4 funcref)
  (tag $e (param i32))
  (elem (table $t) (i32.const 0) func $add $nothing $long $ask)
  (elem $passive func $add $add $add)
  (data $bytes "0123456789")
  (global $g (mut i32) (i32.const 0))

  (func $add (export "add") (param i32) (result i32) local.get 0 i32.const 1 i32.add)
  (func $nothing (export "nothing"))
  (func $long (param i64) (result i64) local.get 0)

  (func (export "unreachable") unreachable)
  (func (export "div_s") (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
  (func (export "rem_u") (param i32 i32) (result i32) local.get 0 local.get 1 i32.rem_u)
  (func (export "div64_s") (param i64 i64) (result i64) local.get 0 local.get 1 i64.div_s)
  (func (export "rem64_s") (param i64 i64) (result i64) local.get 0 local.get 1 i64.rem_s)
  (func (export "trunc") (param f64) (result i32) local.get 0 i32.trunc_f64_s)
  (func (export "trunc64") (param f32) (result i64) local.get 0 i64.trunc_f32_u)

  ;; Bulk instructions, with whatever bounds.
  (func (export "memfill") (param i32 i32) local.get 0 i32.const 165 local.get 1 memory.fill)
  (func (export "memcopy") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.copy)
  (func (export "meminit") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.init $bytes)
  (func (export "datadrop") data.drop $bytes)
  (func (export "tabfill") (param i32 i32) local.get 0 ref.func $add local.get 1 table.fill $t)
  (func (export "tabcopy") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 table.copy $u $t)
  (func (export "tabinit") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 table.init $t $passive)
  (func (export "elemdrop") elem.drop $passive)
  (func (export "tabget") (param i32) (result i32) local.get 0 table.get $t ref.is_null)
  (func (export "tabset") (param i32) local.get 0 ref.func $add table.set $t)
  (func (export "tabgrow") (param i32) (result i32) ref.func $add local.get 0 table.grow $t)
  (func (export "memgrow") (param i32) (result i32) local.get 0 memory.grow)

  ;; Calls through a table: out of it, of null, and of other types.
  (func (export "icall") (param i32) (result i32) i32.const 1 local.get 0 call_indirect $t (type $i))
  (func (export "icall_long") (param i32) (result i64) i64.const 1 local.get 0 call_indirect $t (type $l))
  (func (export "icall_void") (param i32) local.get 0 call_indirect $t (type $v))
  (func (export "icall_other") (param i32) (result i32) i32.const 1 local.get 0 call_indirect $u (type $i))
  (func (export "tail_icall") (param i32) (result i32) i32.const 1 local.get 0 return_call_indirect $t (type $i))

  ;; The stack: recursion of all kinds.
  (func $self (export "self") (param i32) (result i32) local.get 0 call $self i32.const 1 i32.add)
  (func $ping (export "ping") (param i64 f64) (result i64) local.get 1 local.get 0 call $pong i64.const 1 i64.add)
  (func $pong (param f64 i64) (result i64) local.get 1 local.get 0 call $ping i64.const 2 i64.add)
  (func $through (export "through") (param i32) (result i32)
    local.get 0 i32.const 7 call_indirect $t (type $i) i32.const 1 i32.add)
  (func (export "arm") i32.const 7 ref.func $through table.set $t)
  (elem declare func $through)
  ;; A call of the host at each depth, from frames of several sizes, so that one of them meets the end of the stack.
  (func $visit (export "visit") (param i32) (result i32)
    local.get 0 call $ask call $visit i32.const 1 i32.add)
  (func $visit2 (export "visit2") (param i32) (result i32)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    i64.const 1 local.set 1 i64.const 2 local.set 2 i64.const 3 local.set 3 i64.const 4 local.set 4
    i64.const 5 local.set 5 i64.const 6 local.set 6 i64.const 7 local.set 7 i64.const 8 local.set 8
    i64.const 9 local.set 9 i64.const 10 local.set 10 i64.const 11 local.set 11 i64.const 12 local.set 12
    local.get 0 call $ask call $visit2
    local.get 1 local.get 2 i64.add local.get 3 i64.add local.get 4 i64.add local.get 5 i64.add local.get 6 i64.add
    local.get 7 i64.add local.get 8 i64.add local.get 9 i64.add local.get 10 i64.add local.get 11 i64.add local.get 12 i64.add
    i32.wrap_i64 i32.add)
  (func (export "grow_deep") (param i32) (result i32)
    local.get 0 memory.grow drop local.get 0 call $visit)
  ;; Tail calls need no stack: this one ends.
  (func $tail (export "tail") (param i32) (result i32)
    local.get 0 i32.eqz if i32.const 99 return end
    local.get 0 i32.const 1 i32.sub return_call $tail)

  ;; Storms.
  (func (export "memstorm") (result i32)
    loop $again i32.const 1 memory.grow i32.const -1 i32.ne br_if $again end memory.size)
  (func (export "tabstorm") (result i32)
    loop $again ref.null func i32.const 1000 table.grow $t i32.const -1 i32.ne br_if $again end table.size $t)
  (func (export "spin") loop $again br $again end)
  (func (export "askstorm") loop $again i32.const 1 call $ask drop br $again end)

  ;; Exceptions: nobody catches one; a handler that traps; one that throws anew; a storm.
  (func $throw (export "throw") i32.const 5 throw $e)
  (func (export "catch") (result i32) try (result i32) call $throw i32.const 0 catch $e end)
  (func (export "catch_trap") try call $throw catch $e drop unreachable end)
  (func (export "catch_load") (result i32) try (result i32) call $throw i32.const 0 catch $e i32.const -1 i32.add i32.const 0x10000 i32.add i32.load end)
  (func (export "catch_throw") try call $throw catch $e throw $e end)
  (func (export "catch_all_trap") try i32.const 1 i32.const 0 i32.div_u drop catch_all end)
  (func (export "throwstorm") loop $again try call $throw catch $e drop end br $again end)
  (func $throw_deep (export "throw_deep") (param i32)
    local.get 0 i32.eqz if call $throw end local.get 0 i32.const 1 i32.sub call $throw_deep)
  (func (export "catch_deep") (param i32) (result i32) try (result i32) local.get 0 call $throw_deep i32.const 0 catch $e end)
  (func (export "host_throw") (result i32) try (result i32) i32.const 3 call $ask catch $e end))
