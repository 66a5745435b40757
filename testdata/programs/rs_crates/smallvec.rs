#![no_std]
use core::mem::MaybeUninit;
use core::ptr::NonNull;
pub trait Array {
    type Item;
}
impl<T, const N: usize> Array for [T; N] {
    type Item = T;
}
pub enum SmallVecData<A: Array> {
    Inline(MaybeUninit<A>),
    Heap { ptr: NonNull<A::Item>, len: usize },
}
pub struct SmallVec<A: Array> {
    pub capacity: usize,
    pub data: SmallVecData<A>,
}
