use std::cell::RefCell;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::ptr::NonNull;
use std::rc::{Rc, Weak};
use std::sync::Arc;

pub struct Tagged<T> {
    id: u32,
    what: PhantomData<T>,
}

pub struct Node {
    name: String,
    parent: RefCell<Weak<Node>>,
    children: RefCell<Vec<Rc<Node>>>,
}

#[repr(C)]
pub union Number {
    int: u32,
    float: f32,
    bytes: [u8; 4],
}

pub struct Marker;
pub struct Meters(f32);
#[repr(C, packed)]
pub struct Packed {
    a: u8,
    b: u32,
    c: u16,
}

#[inline(never)]
pub fn pointers(n: u32) {
    let mut number = n + 9;
    let boxed = Box::new(n + 10);
    let boxed_box = Box::new(Box::new(n + 11));
    let boxed_string = Box::new(format!("boxed {}", n));
    let reference: &u32 = &boxed;
    let ref_ref: &&u32 = &reference;
    let raw: *const u32 = &*boxed;
    let null: *const u64 = (n as usize - 1) as *const u64;
    let wild: *const u64 = (n as usize * 0xffff_fff0) as *const u64;
    let non_null = NonNull::from(&*boxed_string);
    let dangling: NonNull<u64> = NonNull::dangling();
    let mut_ref: &mut u32 = &mut number;
    let pinned: Pin<Box<u32>> = Box::pin(n + 12);
    let pin_ref: Pin<&u32> = Pin::new(&boxed);
    let phantom: PhantomData<String> = PhantomData;
    let tagged: Tagged<String> = Tagged { id: n, what: PhantomData };
    let manually = ManuallyDrop::new(format!("kept {}", n));
    let maybe_uninit: MaybeUninit<u32> = MaybeUninit::new(n + 13);
    let union = Number { float: n as f32 };
    let marker = Marker;
    let meters = Meters(2.5 * n as f32);
    let packed = Packed { a: n as u8, b: 0x0102_0304, c: 0x0506 };
    let raw_slice: *const [u32] = &[n, n + 1];
    let raw_str: *const str = "raw";
    let opt_ref: Option<&u32> = Some(reference);
    let opt_none: Option<&u32> = if n == 1 { None } else { Some(reference) };
    let opt_box: Option<Box<u32>> = Some(Box::new(n + 14));
    let boxed_map: Box<HashMap<u8, u8>> = Box::new(Some((n as u8, 2u8)).into_iter().collect());
    stop!(
        boxed, boxed_box, boxed_string, reference, ref_ref, raw, null, wild, non_null, dangling, mut_ref, pinned, pin_ref, phantom,
        tagged, manually, maybe_uninit, union, marker, meters, packed, raw_slice, raw_str, opt_ref, opt_none, opt_box, boxed_map
    );
}

#[inline(never)]
pub fn counted(n: u32) {
    let rc = Rc::new(n + 4);
    let rc2 = rc.clone();
    let weak = Rc::downgrade(&rc);
    let dead: Weak<u32> = Rc::downgrade(&Rc::new(n));
    let never: Weak<u32> = Weak::new();
    let arc = Arc::new(format!("shared {}", n));
    let arc2 = arc.clone();
    let arc_weak = Arc::downgrade(&arc);
    let rc_str: Rc<str> = Rc::from("counted");
    let rc_slice: Rc<[u16]> = Rc::from([1, 2, n as u16]);
    let rc_cell = Rc::new(RefCell::new(vec![1, 2, n]));
    let opt_rc: Option<Rc<u32>> = Some(rc.clone());
    let no_rc: Option<Rc<u32>> = if n == 1 { None } else { Some(rc.clone()) };
    let leaf = Rc::new(Node { name: format!("leaf {}", n), parent: RefCell::new(Weak::new()), children: RefCell::new(vec![]) });
    let root = Rc::new(Node { name: "root".into(), parent: RefCell::new(Weak::new()), children: RefCell::new(vec![leaf.clone()]) });
    *leaf.parent.borrow_mut() = Rc::downgrade(&root);
    stop!(rc, rc2, weak, dead, never, arc, arc2, arc_weak, rc_str, rc_slice, rc_cell, opt_rc, no_rc, leaf, root);
}
