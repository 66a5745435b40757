#![no_std]
pub struct ArrayVec<A> {
    pub len: u16,
    pub data: A,
}
