//! An error laid out as that of the crate anyhow is: one pointer, to a table of functions with the error behind it.
#![no_std]
extern crate alloc;

use alloc::boxed::Box;
use error::{ErrorImpl, ErrorVTable};

#[repr(transparent)]
pub struct Own<T> {
    pub ptr: core::ptr::NonNull<T>,
}

#[repr(transparent)]
pub struct Error {
    inner: Own<ErrorImpl<()>>,
}

pub mod error {
    use super::Own;

    pub struct ErrorVTable {
        pub object_drop: unsafe fn(Own<ErrorImpl<()>>),
        pub object_ref: unsafe fn(&ErrorImpl<()>) -> usize,
    }

    #[repr(C)]
    pub struct ErrorImpl<E> {
        pub vtable: &'static ErrorVTable,
        pub backtrace: Option<u32>,
        pub _object: E,
    }

    pub unsafe fn object_drop<E>(e: Own<ErrorImpl<()>>) {
        unsafe { core::ptr::drop_in_place(e.ptr.cast::<ErrorImpl<E>>().as_ptr()) }
    }

    pub unsafe fn object_ref<E>(e: &ErrorImpl<()>) -> usize {
        unsafe { &raw const (*(e as *const ErrorImpl<()>).cast::<ErrorImpl<E>>())._object as usize }
    }
}

impl Error {
    pub fn new<E>(e: E) -> Error {
        let vtable = const { &ErrorVTable { object_drop: error::object_drop::<E>, object_ref: error::object_ref::<E> } };
        let at = Box::leak(Box::new(ErrorImpl { vtable, backtrace: None, _object: e }));
        Error { inner: Own { ptr: core::ptr::NonNull::from(at).cast() } }
    }
}
