// Types of one's own; the file that the attribute names says how they are shown.
#![debugger_visualizer(natvis_file = "visual/types.natvis")]
#![no_std]
#![no_main]
extern crate alloc;
use alloc::{boxed::Box, string::String, vec::Vec};
use core::alloc::{GlobalAlloc, Layout};
use core::hint::black_box;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Bump;
static NEXT: AtomicUsize = AtomicUsize::new(0);
static mut POOL: [u64; 1024] = [0; 1024];
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

pub mod shapes {
    use super::*;
    pub struct Rect { pub x: f32, pub y: f32, pub dx: f32, pub dy: f32 }
    pub struct Meters(pub u32);
    pub struct Node<T> { pub value: T, pub next: Option<Box<Node<T>>> }
    pub struct Stack<T> { pub top: Option<Box<Node<T>>>, pub len: usize }
    impl<T> Stack<T> {
        pub fn push(&mut self, value: T) {
            self.top = Some(Box::new(Node { value, next: self.top.take() }));
            self.len += 1;
        }
    }
    pub struct Branch { pub left: *const Branch, pub right: *const Branch, pub key: u32, pub name: &'static str }
    pub struct Tree { pub root: *const Branch, pub size: usize }
    pub struct Slab { pub items: Vec<u16>, pub free: usize }
    pub enum Job { Idle, Run { speed: u8 }, Wait(u32) }
    pub struct Handle { pub job: *const Job }
    pub struct Broken { pub id: u8 }
}
use shapes::*;

#[inline(never)]
fn stop<T>(t: &T) {
    black_box(t);
}

#[no_mangle]
pub extern "C" fn _start() {
    let rect = Rect { x: 1.0, y: 2.5, dx: 10.0, dy: 20.0 };
    let meters = Meters(1500);
    let mut stack = Stack { top: None, len: 0 };
    for n in [7u8, 8, 9] {
        stack.push(n);
    }
    let one = Branch { left: core::ptr::null(), right: core::ptr::null(), key: 1, name: "one" };
    let three = Branch { left: core::ptr::null(), right: core::ptr::null(), key: 3, name: "three" };
    let two = Branch { left: &one, right: &three, key: 2, name: "two" };
    let tree = Tree { root: &two, size: 3 };
    let slab = Slab { items: Vec::from([5u16, 6, 7]), free: 2 };
    let job = Job::Run { speed: 80 };
    let idle = Job::Idle;
    let wait = Job::Wait(12);
    let handle = Handle { job: &job };
    let pair = (3u16, String::from("three"));
    let broken = Broken { id: 9 };
    stop(&(&rect, &meters, &stack, &tree, &slab, &job, &idle, &wait, &handle, &pair, &broken));
}
