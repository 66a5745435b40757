#![no_std]
use core::cell::UnsafeCell;
pub struct Mutex<R, T> {
    pub raw: R,
    pub data: UnsafeCell<T>,
}
