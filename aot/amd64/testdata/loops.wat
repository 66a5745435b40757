(module
  (memory 1)
  ;; A leaf: both parameters stay where they arrive, the index folds into the address.
  (func $sum (param $p i32) (param $n i32) (result i32) (local $s i32)
    (block
      (br_if 0 (i32.eqz (local.get $n)))
      (loop
        (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (br_if 0 (local.tee $n (i32.add (local.get $n) (i32.const -1))))))
    (local.get $s))
  (func $indexed (param $a i32) (param $i i32) (result i32)
    (i32.load offset=8 (i32.add (local.get $a) (i32.shl (local.get $i) (i32.const 2)))))
  (func $max (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.gt_s (local.get $a) (local.get $b))))
  (func $bump (param $p i32)
    (i32.store (local.get $p) (i32.add (i32.load (local.get $p)) (i32.const 1)))))
