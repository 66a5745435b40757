;; Two memories: what is written to the first is copied to the second, until that is full. And references in locals.
(module
  (memory $data 1)
  (memory $log 1 2)
  (global $end (mut i32) (i32.const 0xfff0))
  (data (memory $data) (i32.const 0x100) "wasp")
  (data (memory $log) (i32.const 0x20) "a log of the second memory\00")

  (func $append (param $word i32)
    (i32.store $data (i32.const 0x200) (local.get $word))
    (memory.copy $log $data (global.get $end) (i32.const 0x200) (i32.const 4))
    (i32.store16 $log offset=4 (global.get $end) (i32.const 0x2121))
    (global.set $end (i32.add (global.get $end) (i32.const 6))))

  (elem declare func $append)

  (func $main (export "_start")
    (local $i i32) (local $f funcref) (local $e externref)
    (local.set $f (ref.func $append))
    (loop $again
      (call $append (i32.add (i32.load $data (i32.const 0x100)) (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 2))))
    (drop (ref.is_null (local.get $f)))
    (drop (ref.is_null (local.get $e)))
    (drop (memory.grow $log (i32.const 1)))
    (drop (i32.load $log (i32.const 0x20000)))))
