//! Types with operators of their own, errors in boxes, and much to look through.
#![no_std]
extern crate alloc;

use alloc::{boxed::Box, string::String, vec, vec::Vec};
use core::alloc::{GlobalAlloc, Layout};
use core::error::Error;
use core::fmt;
use core::ops::Index;

/// Memory is given out and never taken back.
struct Bump;

unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        static mut NEXT: usize = 0;
        unsafe {
            if NEXT == 0 {
                NEXT = core::arch::wasm32::memory_size(0) << 16;
            }
            let at = (NEXT + layout.align() - 1) & !(layout.align() - 1);
            NEXT = at + layout.size();
            let have = core::arch::wasm32::memory_size(0);
            if NEXT > have << 16 {
                core::arch::wasm32::memory_grow(0, (NEXT >> 16) + 1 - have);
            }
            at as *mut u8
        }
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static BUMP: Bump = Bump;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    pub value: i32,
    pub seen: bool,
}

/// Indexed by a row and a column, by a row's name, and by a type of its own.
pub struct Grid {
    width: usize,
    cells: Vec<Cell>,
    names: [&'static str; 2],
}

#[derive(Clone, Copy)]
pub struct Corner(u8);

impl Index<(usize, usize)> for Grid {
    type Output = Cell;
    #[inline(never)]
    fn index(&self, at: (usize, usize)) -> &Cell {
        &self.cells[at.0 * self.width + at.1]
    }
}

impl Index<&str> for Grid {
    type Output = Cell;
    #[inline(never)]
    fn index(&self, name: &str) -> &Cell {
        let row = self.names.iter().position(|n| *n == name).unwrap();
        &self.cells[row * self.width]
    }
}

impl Index<Corner> for Grid {
    type Output = Cell;
    #[inline(never)]
    fn index(&self, corner: Corner) -> &Cell {
        &self.cells[corner.0 as usize * (self.cells.len() - 1)]
    }
}

/// What a document holds, as in crates for JSON: indexed by what the compiler puts into its callers.
pub enum Value {
    Null,
    Number(i64),
    List(Vec<Value>),
    Table(Vec<(i32, Value)>),
}

#[derive(Debug)]
pub struct Missing {
    pub part: u16,
    pub of: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, _: &mut fmt::Formatter) -> fmt::Result {
        Ok(())
    }
}

impl Error for Missing {}

#[inline(never)]
fn load(n: i32) -> Result<i32, Box<dyn Error>> {
    if n == 1 {
        return Err(Box::new(Missing { part: 7, of: String::from("book") }));
    }
    if n == 2 {
        return Err("no such file".into());
    }
    Ok(n)
}

#[inline(never)]
fn stop(grid: &Grid, doc: &Value, errors: &[Result<i32, Box<dyn Error>>; 3], many: &Vec<u32>, corner: Corner, any: &[anyhow::Error; 2]) -> i32 {
    let a = grid[(1, 2)].value + grid["low"].value + grid[corner].value;
    a + match doc {
        Value::List(l) => l.len() as i32,
        _ => errors.len() as i32 + many.len() as i32 + any.len() as i32,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn _start() {
    let cells = (0..6).map(|i| Cell { value: 10 * i, seen: i % 2 == 0 }).collect();
    let grid = Grid { width: 3, cells, names: ["high", "low"] };
    let doc = Value::List(vec![Value::Number(4), Value::Null, Value::Table(vec![(5, Value::Number(-6))])]);
    let errors = [load(0), load(1), load(2)];
    let many: Vec<u32> = (0..150_000).map(|i| i % 10).collect();
    let any = [anyhow::Error::new(Missing { part: 8, of: String::from("page") }), anyhow::Error::new(9u64)];
    if stop(&grid, &doc, &errors, &many, Corner(1), &any) == 0 {
        core::arch::wasm32::unreachable();
    }
}
