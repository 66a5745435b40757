;; A start function that writes, and then traps.
(module
  (import "env" "memory" (memory 1))
  (func $start i32.const 0 i32.const 42 i32.store i32.const -1 i32.load drop)
  (start $start))
