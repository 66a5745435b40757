;; Memories that are checked against their size. Whoever passes over a jump to a trap at a guess must not get at an address of the
;; guest's choice: the index is one that leads to the first byte then, and a length is 0.
(module
  (memory i64 0 10)
  (memory $full i64 1 10)
  (func (param i64) (result i64) local.get 0 i64.load offset=0x100)
  (func (param i64) (result i64) local.get 0 i64.load offset=0xfffffff0)
  (func (param i64) (result i64) local.get 0 i64.load $full offset=0x100)
  (func (param i64 f64) local.get 0 i64.const 8 i64.mul local.get 1 f64.store offset=0x8)
  (func (param i64 i64 i64) local.get 0 local.get 1 local.get 2 memory.copy)
  (func (param i64 i32 i64) local.get 0 local.get 1 local.get 2 memory.fill))
