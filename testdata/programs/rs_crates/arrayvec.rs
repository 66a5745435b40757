#![no_std]
use core::mem::MaybeUninit;
pub struct ArrayVec<T, const CAP: usize> {
    pub len: u32,
    pub xs: [MaybeUninit<T>; CAP],
}
pub struct ArrayString<const CAP: usize> {
    pub len: u32,
    pub xs: [MaybeUninit<u8>; CAP],
}
