#![no_std]
pub struct Uuid(pub [u8; 16]);
