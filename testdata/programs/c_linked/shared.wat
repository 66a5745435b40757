;; A module that others share a memory, a table and a global with.
(module
  (memory (export "memory") 1 4)
  (table (export "table") 2 funcref)
  (global $counter (export "counter") (mut i32) (i32.const 40))
  (func $total (result i32) (i32.add (i32.load (i32.const 8)) (global.get $counter)))
  (elem (i32.const 0) func $total))
