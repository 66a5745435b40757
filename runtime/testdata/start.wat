;; A module that begins with work: its start function asks the host and remembers the answer.
(module
  (import "env" "ask" (func $ask (param i32) (result i32)))
  (memory 1)
  (func $start
    i32.const 8 i32.const 5 call $ask i32.store)
  (func (export "answer") (result i32)
    i32.const 8 i32.load)
  (start $start))
