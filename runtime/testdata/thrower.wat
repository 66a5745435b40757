(module
  (import "env" "tag" (tag $tag (param i32)))
  (import "env" "table" (table 1 funcref))
  (elem (i32.const 0) $throw)
  (func $throw (param i32)
    local.get 0 throw $tag))
