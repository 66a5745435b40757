// The values that a Rust programmer meets, each a local of a function that stops when all are set. The
// modules are for rustc 1.63 and 1.96; what only the newer has, or will have, stands behind cfg(new).
#![cfg_attr(new, feature(f16, f128, repr128))]
#![allow(dead_code, unused_unsafe, static_mut_refs, unused_assignments)]
/// Keeps many values, and stops.
macro_rules! stop {
    ($($x:ident),* $(,)?) => {{
        let held = ($(&$x,)*); // what the optimiser gives no place is seen through it
        crate::keep(&held);
        crate::stop();
        crate::keep(&held);
    }};
}

mod cells;
mod enums;
mod functions;
mod iterators;
mod maps;
mod numbers;
mod pointers;
mod sequences;
mod text;
#[cfg(new)]
mod wide;

static mut SEEN: *const u8 = std::ptr::null();

/// Takes an address away from the optimiser, so that what is there must be in memory.
#[inline(never)]
pub fn keep<T>(x: &T) {
    unsafe { std::ptr::write_volatile(&mut SEEN, x as *const T as *const u8) }
}

/// Where the debugger stops: the caller's values are all set.
#[inline(never)]
pub fn stop() {
    unsafe { std::ptr::read_volatile(&SEEN) };
}

fn main() {
    let n = std::env::args().count() as u32; // 1
    text::text(n);
    numbers::integers(n);
    numbers::wrapped(n);
    numbers::times(n);
    sequences::sequences(n);
    maps::maps(n);
    pointers::pointers(n);
    pointers::counted(n);
    cells::cells(n);
    cells::locks(n);
    enums::standard(n);
    enums::niches(n);
    enums::shapes(n);
    functions::functions(n);
    functions::traits(n);
    functions::futures(n);
    iterators::iterators(n);
    iterators::ranges(n);
    #[cfg(new)]
    wide::wide(n);
}
