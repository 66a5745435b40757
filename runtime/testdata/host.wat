;; What a guest and its host do to each other.
(module
  (type $unary (func (param i32) (result i32)))
  (import "env" "mix" (func $mix (param i32 i64 f32 f64) (result f64)))
  (import "env" "pair" (func $pair (param i32) (result i32 i64)))
  (import "env" "wide" (func $wide (param v128) (result v128)))
  (import "env" "refs" (func $refs (param funcref externref) (result externref)))
  (import "env" "ask" (func $ask (param i32) (result i32)))
  (memory (export "memory") 1 100)
  (table (export "table") 4 1000 funcref)
  (global $count (export "count") (mut i32) (i32.const 0))
  (global $kept (export "value") (mut i64) (i64.const 7))
  (global $wide (mut v128) (v128.const i64x2 1 2))
  (data (i32.const 16) "sphex")
  (data $passive "left in the box")
  (elem (i32.const 0) $double $ask)

  (func $double (export "double") (param i32) (result i32)
    local.get 0 i32.const 1 i32.shl)
  (func (export "add") (param i32 i32) (result i32)
    local.get 0 local.get 1 i32.add)
  (func (export "mix") (param i32 i64 f32 f64) (result f64)
    local.get 0 local.get 1 local.get 2 local.get 3 call $mix)
  ;; The sum of what env.pair returns.
  (func (export "pair") (param i32) (result i64)
    (local i64)
    local.get 0 call $pair local.set 1 i64.extend_i32_u local.get 1 i64.add)
  (func (export "swap") (param i32 i64) (result i64 i32)
    local.get 1 local.get 0)
  (func (export "wide") (param v128) (result v128)
    local.get 0 call $wide)
  (func (export "refs") (param externref) (result externref)
    ref.func $double local.get 0 call $refs)
  (func (export "halve") (param f32) (result f32)
    local.get 0 f32.const 0.5 f32.mul)
  ;; The sum of env.ask(n), …, env.ask(1).
  (func $asks (export "asks") (param i32) (result i32)
    (local i32)
    loop $again
      local.get 0
      if
        local.get 1 local.get 0 call $ask i32.add local.set 1
        local.get 0 i32.const 1 i32.sub local.set 0
        br $again
      end
    end
    local.get 1)
  (func (export "tally") (result i32)
    global.get $count i32.const 1 i32.add global.set $count global.get $count)

  (func (export "spin")
    loop $again br $again end)
  ;; 1 + … + n.
  (func $sum (export "sum") (param i32) (result i64)
    (local i64)
    loop $again
      local.get 1 local.get 0 i64.extend_i32_u i64.add local.set 1
      local.get 0 i32.const 1 i32.sub local.tee 0
      br_if $again
    end
    local.get 1)
  (func $fib (export "fib") (param i32) (result i32)
    local.get 0 i32.const 2 i32.lt_u
    if (result i32)
      local.get 0
    else
      local.get 0 i32.const 1 i32.sub call $fib
      local.get 0 i32.const 2 i32.sub call $fib
      i32.add
    end)
  ;; n calls of the table's element i.
  (func (export "indirect") (param i32 i32) (result i32)
    (local i32)
    loop $again
      local.get 2 local.get 1 call_indirect (type $unary) local.set 2
      local.get 0 i32.const 1 i32.sub local.tee 0
      br_if $again
    end
    local.get 2)
  (func (export "grow") (param i32) (result i32)
    local.get 0 memory.grow)
  (func (export "tablegrow") (param i32) (result i32)
    ref.null func local.get 0 table.grow 0)
  (func (export "load") (param i32) (result i64)
    local.get 0 i64.load)
  (func (export "store") (param i32 i64)
    local.get 0 local.get 1 i64.store)
  (func (export "fill") (param i32 i32 i32)
    local.get 0 local.get 1 local.get 2 memory.fill)
  (func (export "tableset") (param i32)
    local.get 0 ref.func $double table.set 0)
  (func (export "tableget") (param i32) (result i32)
    local.get 0 table.get 0 ref.is_null)
  ;; Keeps many locals alive in registers and in the frame, over a call of env.ask.
  (func (export "secret") (param i64) (result i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 f64 f64)
    local.get 0 i64.const 1 i64.xor local.set 1
    local.get 0 i64.const 2 i64.xor local.set 2
    local.get 0 i64.const 3 i64.xor local.set 3
    local.get 0 i64.const 4 i64.xor local.set 4
    local.get 0 i64.const 5 i64.xor local.set 5
    local.get 0 i64.const 6 i64.xor local.set 6
    local.get 0 i64.const 7 i64.xor local.set 7
    local.get 0 i64.const 8 i64.xor local.set 8
    local.get 0 i64.const 9 i64.xor local.set 9
    local.get 0 f64.reinterpret_i64 local.set 10
    local.get 1 f64.reinterpret_i64 local.set 11
    i32.const 7 call $ask drop
    local.get 1 local.get 2 i64.add local.get 3 i64.add local.get 4 i64.add local.get 5 i64.add
    local.get 6 i64.add local.get 7 i64.add local.get 8 i64.add local.get 9 i64.add
    local.get 10 i64.reinterpret_f64 i64.add local.get 11 i64.reinterpret_f64 i64.add)
  (func $deep (export "deep") (param i32) (result i32)
    local.get 0
    if (result i32)
      local.get 0 i32.const 1 i32.sub call $deep i32.const 1 i32.add
    else
      i32.const 0
    end)
  (func (export "trap") unreachable)
  ;; What a tenant may leave behind.
  (func (export "keep") (param i64)
    local.get 0 global.set $kept
    local.get 0 i64x2.splat global.set $wide)
  (func (export "kept") (result i64)
    global.get $kept global.get $wide i64x2.extract_lane 1 i64.add)
  (func (export "unpack") (param i32)
    local.get 0 i32.const 0 i32.const 15 memory.init $passive)
  (func (export "drop") data.drop $passive)
)
