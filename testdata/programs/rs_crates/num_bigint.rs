#![no_std]
extern crate alloc;
use alloc::vec::Vec;
pub struct BigUint {
    pub data: Vec<u32>,
}
pub enum Sign {
    Minus,
    NoSign,
    Plus,
}
pub struct BigInt {
    pub sign: Sign,
    pub data: BigUint,
}
