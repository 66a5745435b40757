#![no_std]
extern crate alloc;
extern crate indexmap;
pub mod number {
    pub struct Number {
        pub n: N,
    }
    pub enum N {
        PosInt(u64),
        NegInt(i64),
        Float(f64),
    }
}
pub mod map {
    use indexmap::IndexMap;
    pub struct Map<K, V> {
        pub map: IndexMap<K, V, ()>,
    }
}
pub mod value {
    use alloc::{string::String, vec::Vec};
    pub enum Value {
        Null,
        Bool(bool),
        Number(crate::number::Number),
        String(String),
        Array(Vec<Value>),
        Object(crate::map::Map<String, Value>),
    }
}
