// Enums of which the optimiser keeps a part.
#![no_std]
#![no_main]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }

static mut SEEN: i64 = 0;
#[inline(never)]
fn see(n: i64) { unsafe { core::ptr::write_volatile(&raw mut SEEN, n) } }

pub enum Shape { Rect(i64, i64), Circle(i64), Empty }

#[inline(never)]
fn area(n: i64) -> i64 {
    let shape = if n > 3 { Shape::Rect(n, 7) } else if n > 1 { Shape::Circle(n) } else { Shape::Empty };
    see(n);
    let a = match shape {
        Shape::Rect(w, h) => w * h,
        Shape::Circle(r) => 3 * r,
        Shape::Empty => 0,
    };
    see(a);
    a + 1
}

#[inline(never)]
fn found(n: i64) -> i64 {
    let wide: Option<(i64, i64)> = if n != 9 { Some((n, n * 2)) } else { None };
    see(n);
    let r = wide.map_or(1, |(a, b)| a + b);
    see(r);
    r
}

#[no_mangle]
pub extern "C" fn _start() { let n = unsafe { core::ptr::read_volatile(&raw const SEEN) }; see(area(n + 5) + found(n + 4)); }
