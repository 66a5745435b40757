;; A thread: an instance on the memory of all.
(module
  (import "env" "memory" (memory 1 4 shared))
  (func (export "size") (result i32) memory.size)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 offset=8 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32)
    (memory.atomic.notify (local.get 0) (local.get 1)))
  ;; adds 1 to the word at the first parameter so many times: by addition, by exchange in a loop, and by and, or, xor
  (func (export "add") (param $at i32) (param $n i32) (local $old i32)
    (loop $round
      (drop (i32.atomic.rmw.add (local.get $at) (i32.const 1)))
      (drop (i32.atomic.rmw16.sub_u offset=4 (local.get $at) (i32.const -1)))
      (loop $again
        (local.set $old (i32.atomic.load8_u offset=8 (local.get $at)))
        (br_if $again (i32.ne (local.get $old)
          (i32.atomic.rmw8.cmpxchg_u offset=8 (local.get $at) (local.get $old)
            (i32.add (local.get $old) (i32.const 1))))))
      (drop (i64.atomic.rmw.xor offset=16 (local.get $at) (i64.const 0x8000000000000001)))
      (br_if $round (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
