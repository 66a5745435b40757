;; Threads that have their memory grow while others work at its end. Each counts itself in the word at 0 when it is done, and waits
;; for ever at 8; the last one finds 1 + 8 * 25 pages and does an unaligned access.
(module
  (import "env" "memory" (memory 1 600 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (func $work (param $id i32) (local $i i32) (local $end i32)
    loop $again
      (if (i32.eqz (i32.rem_u (i32.add (local.get $i) (local.get $id)) (i32.const 8)))
        (then (drop (memory.grow (i32.const 1)))))
      (local.set $end (i32.mul (memory.size) (i32.const 65536)))
      (drop (i64.load (i32.sub (local.get $end) (i32.const 8))))
      (drop (i32.atomic.rmw.add (i32.sub (local.get $end) (i32.const 16)) (i32.const 1)))
      (memory.fill (i32.sub (local.get $end) (i32.const 200)) (i32.const 7) (i32.const 100))
      (memory.copy (i32.sub (local.get $end) (i32.const 400)) (i32.sub (local.get $end) (i32.const 200)) (i32.const 100))
      (drop (memory.atomic.wait32 (i32.const 16) (i32.const 0) (i64.const 1000)))
      (drop (memory.atomic.notify (i32.const 16) (i32.const 2)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 200)))
    end)
  (func (export "wasi_thread_start") (param $id i32) (param i32)
    (call $work (local.get $id))
    (if (i32.eq (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 7))
      (then
        (if (i32.ne (memory.size) (i32.const 201)) (then unreachable))
        (drop (i32.atomic.load (i32.const 13)))))
    (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1))))
  (func (export "_start") (local $n i32)
    loop $next
      (drop (call $spawn (i32.const 0)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $n) (i32.const 8)))
    end
    loop $spin
      (br $spin)
    end))
