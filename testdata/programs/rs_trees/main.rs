// Iterators over B-trees, at their beginning and on their way.
#![no_std]
#![no_main]
extern crate alloc;
use alloc::collections::{BTreeMap, BTreeSet};
use core::alloc::{GlobalAlloc, Layout};
use core::hint::black_box;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

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

// What the library of 1.63 wants from C.
#[cfg(old)]
mod c {
    #[no_mangle]
    unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, n: usize) -> *mut u8 {
        for i in 0..n {
            to.add(i).write_volatile(from.add(i).read());
        }
        to
    }
    #[no_mangle]
    unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, n: usize) -> *mut u8 {
        if (to as usize) < from as usize {
            return memcpy(to, from, n);
        }
        for i in (0..n).rev() {
            to.add(i).write_volatile(from.add(i).read());
        }
        to
    }
    #[no_mangle]
    unsafe extern "C" fn memset(to: *mut u8, value: i32, n: usize) -> *mut u8 {
        for i in 0..n {
            to.add(i).write_volatile(value as u8);
        }
        to
    }
}

#[inline(never)]
fn stop<T>(t: T) {
    black_box(t);
}

#[no_mangle]
pub extern "C" fn _start() {
    let mut map = BTreeMap::new();
    for i in 0..20u32 {
        map.insert(i, (i * i) as u16);
    }
    let mut set = BTreeSet::new();
    for n in [3u8, 1, 2] {
        set.insert(n);
    }
    let empty = BTreeMap::<u8, u8>::new();
    let fresh = map.iter();
    let mut later = map.iter();
    for _ in 0..14 {
        later.next();
    }
    let mut back = map.iter();
    for _ in 0..17 {
        back.next_back();
    }
    let mut keys = map.keys();
    keys.nth(15);
    let mut values = map.values();
    values.nth(15);
    let range = map.range(5..8);
    let members = set.iter();
    let nothing = empty.iter();
    let mut moved = BTreeMap::from([(1u8, 'a'), (2, 'b'), (3, 'c')]).into_iter();
    moved.next();
    stop((&fresh, &later, &back, &keys, &values, &range, &members, &nothing, &moved));
}
