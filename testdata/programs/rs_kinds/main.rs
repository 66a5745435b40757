// Values and control flow that are easy to get wrong: generics, traits, closures, iterators,
// niches of every kind, nested modules, 128-bit integers.
#![allow(dead_code)]
use std::fmt::Display;
use std::num::{NonZeroI8, NonZeroU64};
use std::ops::{Add, ControlFlow};
use std::rc::Rc;

mod outer {
    pub static DEPTH: u8 = 1;
    pub mod inner {
        pub static DEPTH: u8 = 2;
        #[derive(Debug, Clone, PartialEq)]
        pub struct Deep { pub level: u16, pub name: &'static str }
        impl Deep {
            #[inline(never)]
            pub fn describe(&self, times: usize) -> String {
                let text = self.name.repeat(times);
                format!("{}@{}", text, self.level)
            }
        }
        #[inline(never)]
        pub fn helper(x: i32) -> i32 {
            let doubled = x * 2;
            doubled + DEPTH as i32
        }
    }
}
use outer::inner::{helper, Deep};

static PRIMES: [u32; 5] = [2, 3, 5, 7, 11];
static mut LOG: Vec<String> = Vec::new();
static NAMES: &[&str] = &["zero", "one", "two"];

#[derive(Debug, Clone, Copy, PartialEq)]
struct V2<T> { x: T, y: T }
impl<T: Add<Output = T>> Add for V2<T> {
    type Output = V2<T>;
    fn add(self, o: V2<T>) -> V2<T> { V2 { x: self.x + o.x, y: self.y + o.y } }
}

trait Animal {
    fn name(&self) -> String;
    fn legs(&self) -> u32 { 4 }
}
struct Dog { age: u8 }
struct Bird<'a> { song: &'a str }
impl Animal for Dog { fn name(&self) -> String { format!("dog {}", self.age) } }
impl Animal for Bird<'_> {
    fn name(&self) -> String { self.song.to_uppercase() }
    fn legs(&self) -> u32 { 2 }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Dir { North, East, South, West }
#[derive(Debug)]
#[repr(i64)]
enum Wide { Low = -5_000_000_000, High = 5_000_000_000 }
#[derive(Debug)]
enum Nest { A(Option<bool>), B(Dir), C }
#[derive(Debug)]
#[repr(u16)]
enum Tagged { Empty = 3, Byte(u8) = 7, Pair { a: i32, b: i64 } = 900 }
#[derive(Debug)]
enum One { Only(u32) }
#[derive(Debug)]
enum Big { Huge([u64; 3]), Wide(u128), Nothing }
enum Void {}

#[inline(never)]
fn niches(n: u32) -> u32 {
    let on: Option<Dir> = if n > 0 { Some(Dir::West) } else { None };
    let off: Option<Dir> = if n > 100 { Some(Dir::East) } else { None };
    let ooo: Option<Option<Option<Dir>>> = Some(Some(None));
    let nest_a = Nest::A(Some(n > 0));
    let nest_n = Nest::A(None);
    let nest_b = Nest::B(Dir::South);
    let nest_c = Nest::C;
    let low = Wide::Low;
    let high = if n > 0 { Wide::High } else { Wide::Low };
    let t0 = Tagged::Empty;
    let t1 = Tagged::Byte(200);
    let t2 = Tagged::Pair { a: -7, b: i64::MAX };
    let one = One::Only(n + 9);
    let huge = Big::Huge([n as u64, 2, u64::MAX]);
    let wide = Big::Wide(u128::MAX - n as u128);
    let nothing = Big::Nothing;
    let nz8: Option<NonZeroI8> = NonZeroI8::new(-3);
    let nz64: Option<NonZeroU64> = NonZeroU64::new(n as u64 - 1);
    let sl: Option<&[u8]> = Some(&[1, 2, 3]);
    let no_sl: Option<&[u8]> = None;
    let vec: Option<Vec<u16>> = Some(vec![9, 8]);
    let no_vec: Option<Vec<u16>> = None;
    let func: Option<fn(i32) -> i32> = Some(helper);
    let rc: Option<Rc<str>> = Some(Rc::from("shared"));
    let flow: ControlFlow<String, u8> = ControlFlow::Break("stop".to_string());
    let never: Result<u32, Void> = Ok(5);
    let res: Result<Option<Box<Deep>>, Dir> = Ok(Some(Box::new(Deep { level: 4, name: "boxed" })));
    let bad: Result<Option<Box<Deep>>, Dir> = Err(Dir::East);
    let chars: [Option<char>; 3] = [Some('é'), None, Some('\u{10FFFF}')];
    let tup: (Option<u8>, Option<()>, bool) = (None, Some(()), true);
    println!("{on:?} {off:?} {ooo:?} {nest_a:?} {nest_n:?} {nest_b:?} {nest_c:?} {low:?} {high:?}"); // niches
    println!("{t0:?} {t1:?} {t2:?} {one:?} {huge:?} {wide:?} {nothing:?} {nz8:?} {nz64:?} {sl:?} {no_sl:?} {vec:?} {no_vec:?}");
    println!("{} {rc:?} {flow:?} {} {res:?} {bad:?} {chars:?} {tup:?}", func.is_some(), never.is_ok());
    n
}

#[inline(never)]
fn largest<T: PartialOrd + Copy + Display>(items: &[T]) -> T {
    let mut best = items[0];
    for &item in items {
        if item > best {
            best = item;
        }
    }
    println!("largest {best}"); // largest
    best
}

#[inline(never)]
fn apply<F: FnMut(i64) -> i64>(mut f: F, times: u32) -> i64 {
    let mut acc = 1;
    for _ in 0..times {
        acc = f(acc);
    }
    acc
}

#[inline(never)]
fn closures(base: i64) -> i64 {
    let mut calls = 0u32;
    let label = String::from("step");
    let grow = |x: i64| {
        calls += 1;
        let next = x * base + label.len() as i64; // closure
        next
    };
    let out = apply(grow, 3);
    let fs: Vec<Box<dyn Fn(i64) -> i64>> = vec![Box::new(move |v| v + base), Box::new(|v| v - 1)];
    let folded = fs.iter().fold(out, |acc, f| f(acc));
    println!("closures {out} {calls} {folded}"); // closures
    folded
}

#[inline(never)]
fn iterators(words: &[&str]) -> usize {
    let lens: Vec<(usize, &str)> = words.iter().map(|w| (w.len(), *w)).filter(|(n, _)| *n > 2).collect();
    let mut counts: [Vec<usize>; 2] = [vec![], vec![]];
    for (i, w) in words.iter().enumerate() {
        for c in w.chars().take(1) {
            counts[(c as usize) % 2].push(i); // entry
        }
    }
    let pairs: Vec<[u8; 2]> = words.windows(2).map(|p| [p[0].len() as u8, p[1].len() as u8]).collect();
    let total: usize = lens.iter().map(|l| l.0).sum();
    println!("iterators {total} {counts:?} {pairs:?}"); // iterators
    total
}

#[inline(never)]
fn zoo(age: u8) -> u32 {
    let song = String::from("tweet");
    let dog = Dog { age };
    let animals: Vec<Box<dyn Animal + '_>> = vec![Box::new(Dog { age: age + 1 }), Box::new(Bird { song: &song })];
    let first: &dyn Animal = &dog;
    let mut legs = first.legs();
    for a in &animals {
        let name = a.name();
        legs += a.legs(); // zoo
        println!("{name} {legs}");
    }
    legs
}

#[inline(never)]
fn wide(a: u128, b: i128) -> u128 {
    let product = a.wrapping_mul(1 << 70);
    let negative = b - 1;
    let halves = [(product >> 64) as u64, product as u64];
    let mixed = V2 { x: product, y: a } + V2 { x: 1, y: 2 };
    println!("wide {product} {negative} {halves:?} {mixed:?}"); // wide
    product
}

#[inline(never)]
fn points(n: i32) -> i32 {
    let mut pts = vec![V2 { x: n, y: -n }, V2 { x: 10, y: 20 }, V2 { x: 30, y: 40 }];
    let sum = pts.iter().copied().fold(V2 { x: 0, y: 0 }, |a, b| a + b);
    let (left, right) = pts.split_at_mut(1);
    left[0].x += right[1].y;
    let deep = Deep { level: 3, name: "ab" };
    let text = deep.describe(n as usize);
    let V2 { x: px, y: ref py } = sum;
    let label = 'outer: loop {
        for (i, p) in right.iter().enumerate() {
            if p.x > 15 {
                break 'outer i;
            }
        }
    };
    if let Some(V2 { x, .. }) = right.last() {
        let shadow = *x;
        let x = format!("{shadow}!");
        println!("points {text} {px} {py} {label} {x} {}", left[0].x); // points
    }
    helper(sum.x)
}

fn main() {
    let seed = std::env::args().count() as u32 + 1;
    println!("niches {}", niches(seed));
    println!("{} {}", largest(&[1.5, 9.25, -3.0]), largest(&['q', 'z', 'a']));
    println!("{}", closures(seed as i64));
    println!("{}", iterators(&["apple", "at", "bee", "avocado", "by"]));
    println!("zoo {}", zoo(seed as u8));
    wide(u64::MAX as u128 + seed as u128, i128::MIN + 2);
    println!("{}", points(seed as i32));
    unsafe {
        #[allow(static_mut_refs)]
        LOG.push(NAMES[seed as usize].to_string());
        #[allow(static_mut_refs)]
        let count = LOG.len();
        println!("log {count} {} {}", PRIMES[seed as usize], outer::DEPTH);
    }
}
