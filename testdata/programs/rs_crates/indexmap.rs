#![no_std]
extern crate alloc;
use alloc::vec::Vec;
pub struct Bucket<K, V> {
    pub hash: usize,
    pub key: K,
    pub value: V,
}
pub struct IndexMapCore<K, V> {
    pub indices: usize,
    pub entries: Vec<Bucket<K, V>>,
}
pub struct IndexMap<K, V, S> {
    pub core: IndexMapCore<K, V>,
    pub hash_builder: S,
}
pub struct IndexSet<T, S> {
    pub map: IndexMap<T, (), S>,
}
