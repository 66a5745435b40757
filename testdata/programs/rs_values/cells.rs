use crate::keep;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::sync::{Condvar, Mutex, Once, RwLock};
use std::thread::LocalKey;

thread_local! {
    static CONST_TLS: Cell<u32> = const { Cell::new(3) };
    static LAZY_TLS: RefCell<Vec<u32>> = RefCell::new(vec![1, 2, 3]);
}

#[inline(never)]
pub fn cells(n: u32) {
    let cell = Cell::new(n + 20);
    let ref_cell = RefCell::new(vec![1, n]);
    let shared = RefCell::new(n + 1);
    let guard1 = shared.borrow();
    let guard2 = shared.borrow();
    let exclusive = RefCell::new(format!("mut {}", n));
    let guard_mut = exclusive.borrow_mut();
    let unsafe_cell = UnsafeCell::new(n + 21);
    let cell_ref: &Cell<u32> = &cell;
    CONST_TLS.with(|c| c.set(c.get() + n));
    LAZY_TLS.with(|c| c.borrow_mut().push(n));
    let const_key: &'static LocalKey<Cell<u32>> = &CONST_TLS;
    let lazy_key: &'static LocalKey<RefCell<Vec<u32>>> = &LAZY_TLS;
    #[cfg(new)]
    {
        use std::cell::{LazyCell, OnceCell};
        let once: OnceCell<String> = OnceCell::new();
        let once_set: OnceCell<String> = OnceCell::from(format!("once {}", n));
        let lazy: LazyCell<u32> = LazyCell::new(|| 1);
        let lazy_done: LazyCell<u32> = LazyCell::new(|| 22);
        keep(&*lazy_done);
        stop!(once, once_set, lazy, lazy_done);
    }
    stop!(cell, ref_cell, shared, guard1, guard2, exclusive, guard_mut, unsafe_cell, cell_ref, const_key, lazy_key);
}

#[inline(never)]
pub fn locks(n: u32) {
    let mutex = Mutex::new(n + 30);
    let locked = Mutex::new(format!("locked {}", n));
    let guard = locked.lock().unwrap();
    let rwlock = RwLock::new(n + 31);
    let read = RwLock::new(n + 32);
    let read1 = read.read().unwrap();
    let read2 = read.read().unwrap();
    let written = RwLock::new(n + 33);
    let write = written.write().unwrap();
    let once = Once::new();
    once.call_once(|| keep(&n));
    let not_once = Once::new();
    let condvar = Condvar::new();
    #[cfg(new)]
    {
        use std::sync::{LazyLock, OnceLock};
        let once_lock: OnceLock<u32> = OnceLock::new();
        let once_lock_set: OnceLock<u32> = OnceLock::from(n + 34);
        let lazy_lock: LazyLock<String> = LazyLock::new(|| "lazy".to_string());
        let lazy_lock_done: LazyLock<String> = LazyLock::new(|| "done".to_string());
        keep(&*lazy_lock_done);
        stop!(once_lock, once_lock_set, lazy_lock, lazy_lock_done);
    }
    stop!(mutex, locked, guard, rwlock, read, read1, read2, written, write, once, not_once, condvar);
}


