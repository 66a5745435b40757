// Every kind of value of Rust that can be assigned. Each function stops, and prints afterwards what its variables hold.
#![no_std]
#![no_main]
extern crate alloc;
use alloc::{boxed::Box, rc::Rc, string::String, vec::Vec};
use core::alloc::{GlobalAlloc, Layout};
use core::cell::{Cell, RefCell};
use core::hint::black_box;
use core::num::NonZeroU8;
use core::sync::atomic::{AtomicI32, AtomicUsize, Ordering::Relaxed};

struct Bump;
static NEXT: AtomicUsize = AtomicUsize::new(0);
static mut POOL: [u64; 2048] = [0; 2048];
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, l: Layout) -> *mut u8 {
        let at = (NEXT.load(Relaxed) + 15) & !15;
        NEXT.store(at + l.size(), Relaxed);
        (core::ptr::addr_of_mut!(POOL) as *mut u8).add(at)
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
#[global_allocator]
static HEAP: Bump = Bump;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[repr(C)]
struct Iov(*const u8, usize);
#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    fn fd_write(fd: i32, v: *const Iov, n: usize, out: *mut usize) -> i32;
}

#[inline(never)]
fn text(s: &[u8]) {
    let mut n = 0;
    unsafe { fd_write(1, &Iov(s.as_ptr(), s.len()), 1, &mut n) };
}
#[inline(never)]
fn put(what: &str, v: i128) {
    let mut b = [0u8; 40];
    let (mut u, mut at) = (v.unsigned_abs(), 40);
    loop {
        at -= 1;
        unsafe { *b.as_mut_ptr().add(at) = b'0' + (u % 10) as u8 };
        u /= 10;
        if u == 0 {
            break;
        }
    }
    text(what.as_bytes());
    text(if v < 0 { b" -" } else { b" " });
    text(unsafe { core::slice::from_raw_parts(b.as_ptr().add(at), 40 - at) });
    text(b"\n");
}
#[inline(never)]
fn puts(what: &str, s: &str) {
    text(what.as_bytes());
    text(b" ");
    text(s.as_bytes());
    text(b"\n");
}
#[inline(never)]
fn stop() {
    black_box(&SEED);
}

#[derive(Clone, Copy, PartialEq)]
#[repr(i8)]
enum Level { Low = -1, Mid = 4, High = 100 }
#[derive(Clone, Copy)]
enum Shape { Dot, Circle(u32), Rect { w: u16, h: u16 }, Far(f64) }
#[derive(Clone, Copy)]
struct Point { x: i32, y: i32 }
struct Meters(f32);

static SEED: AtomicI32 = AtomicI32::new(1);
static mut COUNT: u32 = 0;
static mut TABLE: [i16; 4] = [1, 2, 3, 4];
static mut WHERE: Point = Point { x: 1, y: 2 };
static mut MAYBE: Option<u32> = None;

#[inline(never)]
fn shape(what: &str, s: &Shape) {
    text(what.as_bytes());
    match *s {
        Shape::Dot => text(b" Dot\n"),
        Shape::Circle(r) => put(" Circle", r as i128),
        Shape::Rect { w, h } => put(" Rect", w as i128 * 1000 + h as i128),
        Shape::Far(d) => put(" Far", (d * 1000.0) as i128),
    }
}
#[inline(never)]
fn maybe(what: &str, o: Option<i128>) {
    match o {
        None => puts(what, "None"),
        Some(n) => put(what, n),
    }
}

#[inline(never)]
fn arguments(b: bool, c: char, i8_: i8, u8_: u8, i16_: i16, u16_: u16, i32_: i32, u32_: u32, i64_: i64, u64_: u64, f32_: f32, f64_: f64, us: usize, level: Level, r: &mut i32, o: Option<u32>) {
    stop(); // stop arguments
    put("b", b as i128);
    put("c", c as i128);
    put("i8_", i8_ as i128);
    put("u8_", u8_ as i128);
    put("i16_", i16_ as i128);
    put("u16_", u16_ as i128);
    put("i32_", i32_ as i128);
    put("u32_", u32_ as i128);
    put("i64_", i64_ as i128);
    put("u64_", u64_ as i128);
    put("f32_", (f32_ * 1000.0) as i128);
    put("f64_", (f64_ * 1000.0) as i128);
    put("us", us as i128);
    put("level", level as i128);
    put("r", *r as i128);
    maybe("o", o.map(|x| x as i128));
}

#[inline(never)]
fn many(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32, h: i32, i: i64, j: i64, k: u8, l: i16, m: bool, n: char, o: f64, p: f32, q: u64, r: i32, s: u32, t: i8) {
    stop(); // stop many
    let list = [a as i128, b as i128, c as i128, d as i128, e as i128, f as i128, g as i128, h as i128, i as i128, j as i128];
    for (n, v) in list.iter().enumerate() {
        put(unsafe { core::str::from_utf8_unchecked(core::slice::from_ref(&(b'a' + n as u8))) }, *v);
    }
    put("k", k as i128);
    put("l", l as i128);
    put("m", m as i128);
    put("n", n as i128);
    put("o", o as i128);
    put("p", p as i128);
    put("q", q as i128);
    put("r", r as i128);
    put("s", s as i128);
    put("t", t as i128);
}

#[inline(never)]
fn unchanging(n: i32, pair: (u8, i64), big: u128, name: &str) {
    let same = n;
    let twice = n * 2;
    let wide = twice as i64;
    let less = wide as i8;
    let sum = if n > 0 { n + 1 } else { n - 1 };
    stop(); // stop unchanging
    put("n", n as i128);
    put("same", same as i128);
    put("twice", twice as i128);
    put("wide", wide as i128);
    put("less", less as i128);
    put("sum", sum as i128);
    put("pair.0", pair.0 as i128);
    put("pair.1", pair.1 as i128);
    put("big", big as i128);
    puts("name", name);
}

#[inline(never)]
fn enums(seed: i32) {
    let mut dot = Shape::Dot;
    let mut circle = Shape::Circle(seed as u32);
    let mut rect = Shape::Rect { w: 1, h: 2 };
    let mut none: Option<u32> = if seed == 9 { Some(1) } else { None };
    let mut some: Option<i64> = Some(seed as i64);
    let mut flag: Option<bool> = None;
    let mut letter: Option<char> = Some('x');
    let mut niche: Option<NonZeroU8> = NonZeroU8::new(seed as u8);
    let number = 5i32;
    let mut link: Option<&i32> = None;
    let mut result: Result<u16, i32> = Ok(1);
    let mut level = Level::Low;
    black_box((&mut dot, &mut circle, &mut rect, &mut none, &mut some, &mut flag, &mut letter, &mut niche, &mut link, &mut result, &mut level));
    black_box(&number);
    stop(); // stop enums
    shape("dot", &dot);
    shape("circle", &circle);
    shape("rect", &rect);
    maybe("none", none.map(|x| x as i128));
    maybe("some", some.map(|x| x as i128));
    maybe("flag", flag.map(|x| x as i128));
    maybe("letter", letter.map(|x| x as i128));
    maybe("niche", niche.map(|x| x.get() as i128));
    maybe("link", link.map(|x| *x as i128));
    match result {
        Ok(n) => put("result", n as i128),
        Err(n) => put("result", -1000 * n as i128),
    }
    put("level", level as i128);
}

#[inline(never)]
fn memory(seed: i32) {
    let mut point = Point { x: seed, y: 2 };
    let mut other = Point { x: 30, y: 40 };
    let mut tuple = (seed as u8, 2.5f64, 'a');
    let mut array = [seed, 2, 3];
    let mut name = String::from("hello");
    let mut list: Vec<u16> = Vec::new();
    list.push(seed as u16);
    list.push(2);
    let mut boxed = Box::new(seed as i64);
    let shared = Rc::new(Cell::new(seed as u8));
    let cell = RefCell::new(seed);
    let mut meters = Meters(1.5);
    let mut huge = seed as i128;
    let mut raw: *const i32 = &array[0];
    let mut slice: &[i32] = &[1, 2, 3];
    black_box((&mut point, &mut other, &mut tuple, &mut array, &mut name, &mut list, &mut boxed, &shared, &cell, &mut meters));
    black_box((&mut huge, &mut raw, &mut slice));
    stop(); // stop memory
    put("point.x", point.x as i128);
    put("point.y", point.y as i128);
    put("tuple.0", tuple.0 as i128);
    put("tuple.1", (tuple.1 * 1000.0) as i128);
    put("tuple.2", tuple.2 as i128);
    put("array[0]", array[0] as i128);
    put("array[1]", array[1] as i128);
    put("array[2]", array[2] as i128);
    puts("name", &name);
    let end = list.len();
    put("list.len", end as i128);
    put("list[0]", list.first().map_or(0, |n| *n) as i128);
    put("list[1]", list.last().map_or(0, |n| *n) as i128);
    put("boxed", *boxed as i128);
    put("shared", shared.get() as i128);
    if let Ok(n) = cell.try_borrow() {
        put("cell", *n as i128);
    }
    put("meters", (meters.0 * 1000.0) as i128);
    put("huge", huge);
    put("raw", unsafe { *raw } as i128);
    put("slice", slice.len() as i128);
    put("other.x", other.x as i128);
}

#[inline(never)]
fn statics() {
    stop(); // stop statics
    unsafe {
        put("COUNT", COUNT as i128);
        put("TABLE", TABLE[2] as i128);
        put("WHERE.x", WHERE.x as i128);
        put("WHERE.y", WHERE.y as i128);
        maybe("MAYBE", MAYBE.map(|x| x as i128));
    }
    put("SEED", SEED.load(Relaxed) as i128);
}

#[no_mangle]
pub extern "C" fn _start() {
    let s = black_box(&SEED).load(Relaxed);
    unsafe {
        COUNT = s as u32;
        WHERE.x = s;
        black_box((core::ptr::addr_of_mut!(TABLE), core::ptr::addr_of_mut!(WHERE), core::ptr::addr_of_mut!(MAYBE), core::ptr::addr_of_mut!(COUNT)));
    }
    black_box((Level::Mid, Level::High));
    let mut n = s;
    arguments(s == 2, 'a', s as i8, s as u8, s as i16, s as u16, s, s as u32, s as i64, s as u64, s as f32, s as f64, s as usize, if s == 9 { Level::High } else { Level::Low }, black_box(&mut n), if s == 9 { None } else { Some(s as u32) });
    many(s, s, s, s, s, s, s, s, s as i64, s as i64, s as u8, s as i16, s == 2, 'a', s as f64, s as f32, s as u64, s, s as u32, s as i8);
    unchanging(s, (s as u8, s as i64), s as u128, if s == 9 { "xyz" } else { "abc" });
    enums(s);
    memory(s);
    statics();
}

#[cfg(old)] // the library of Rust 1.63 takes them from C's
mod c {
    #[no_mangle]
    unsafe extern "C" fn memset(to: *mut u8, b: i32, n: usize) -> *mut u8 {
        for i in 0..n {
            to.add(i).write_volatile(b as u8);
        }
        to
    }
    #[no_mangle]
    unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, n: usize) -> *mut u8 {
        for i in 0..n {
            to.add(i).write_volatile(*from.add(i));
        }
        to
    }
}
