#![no_std]
pub struct Bytes {
    pub ptr: *const u8,
    pub len: usize,
}
