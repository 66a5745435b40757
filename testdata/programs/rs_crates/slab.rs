#![no_std]
extern crate alloc;
use alloc::vec::Vec;
pub enum Entry<T> {
    Vacant(usize),
    Occupied(T),
}
pub struct Slab<T> {
    pub entries: Vec<Entry<T>>,
    pub len: usize,
    pub next: usize,
}
