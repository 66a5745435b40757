;; As many threads as there can be, which wait for ever.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (func (export "wasi_thread_start") (param i32 i32)
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
  (func (export "most") (result i32)
    (local $n i32)
    loop $next
      (if (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0))
        (then
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br $next)))
    end
    local.get $n))
