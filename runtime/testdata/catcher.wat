;; Catches what a function of another instance throws, which thrower.wat puts into the table.
(module
  (import "env" "tag" (tag $tag (param i32)))
  (type $f (func (param i32)))
  (table (export "table") 1 funcref)
  (func (export "catch") (param i32) (result i32)
    try (result i32)
      local.get 0 i32.const 0 call_indirect (type $f)
      i32.const -1
    catch $tag
    end))
