use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::num::{NonZeroI32, NonZeroU32, NonZeroU8};
use std::ops::{Bound, ControlFlow};
use std::rc::Rc;

#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Color {
    Red = 1,
    Green = 4,
    Blue = 9,
}
#[derive(Clone, Copy)]
#[repr(i16)]
pub enum Level {
    Low = -300,
    Middle = 0,
    High = 300,
}
#[inline(never)]
pub fn standard(n: u32) {
    let some: Option<u32> = Some(n + 1);
    let none: Option<u32> = if n == 1 { None } else { Some(n) };
    let some_some: Option<Option<u32>> = Some(Some(n));
    let some_none: Option<Option<u32>> = if n == 1 { Some(None) } else { None };
    let ok: Result<u32, String> = if n == 1 { Ok(n + 2) } else { Err("no".into()) };
    let err: Result<u32, String> = if n == 1 { Err(format!("error {}", n)) } else { Ok(n) };
    let unit_err: Result<(), Box<str>> = if n == 1 { Err("boxed".into()) } else { Ok(()) };
    let parse_err = "x1".repeat(n as usize).parse::<u32>();
    let float_err = "x1".repeat(n as usize).parse::<f32>();
    let bad_utf8 = [b'a', 0xff, n as u8];
    let utf8_err = std::str::from_utf8(&bad_utf8);
    let io_err: std::io::Result<u32> = if n == 1 { Err(std::io::ErrorKind::NotFound.into()) } else { Ok(n) };
    let io_custom: std::io::Error = std::io::Error::new(std::io::ErrorKind::Other, format!("custom {}", n));
    let io_os: std::io::Error = std::io::Error::from_raw_os_error(n as i32 + 1);
    let ordering = n.cmp(&n);
    let opt_ordering: Option<Ordering> = n.partial_cmp(&0);
    let no_ordering: Option<Ordering> = f32::NAN.partial_cmp(&(n as f32));
    let included = Bound::Included(n);
    let unbounded: Bound<u32> = if n == 1 { Bound::Unbounded } else { Bound::Excluded(n) };
    let flow: ControlFlow<u32, &str> = if n == 1 { ControlFlow::Break(n) } else { ControlFlow::Continue("on") };
    let opt_string: Option<String> = Some(format!("text {}", n));
    let no_string: Option<String> = if n == 1 { None } else { Some(String::new()) };
    let opt_vec: Option<Vec<u8>> = Some(vec![n as u8]);
    let opt_map: Option<BTreeMap<u8, u8>> = if n == 1 { None } else { Some(BTreeMap::new()) };
    stop!(
        some, none, some_some, some_none, ok, err, unit_err, parse_err, float_err, utf8_err, io_err, io_custom, io_os, ordering,
        opt_ordering, no_ordering, included, unbounded, flow, opt_string, no_string, opt_vec, opt_map
    );
}

pub enum Multi {
    Name(String),
    Empty,
    Number(u32),
    Pair(u16, u16),
}
pub enum Dataful {
    Text(char, u8),
    Stop,
    Go,
    Wait,
}
pub enum Outer {
    Inner(Inner),
    None,
    Lost,
}
pub enum Inner {
    Flag(bool),
    Other,
    Third,
}

#[inline(never)]
pub fn niches(n: u32) {
    let one = n == 1;
    let bool_some: Option<bool> = Some(one);
    let bool_none: Option<bool> = if one { None } else { Some(true) };
    let bool_deep: Option<Option<Option<bool>>> = if one { Some(Some(None)) } else { None };
    let char_some: Option<char> = char::from_u32('w' as u32 + n);
    let char_none: Option<char> = char::from_u32(0xd800 * n);
    let non_zero: Option<NonZeroU32> = NonZeroU32::new(n);
    let no_non_zero: Option<NonZeroU32> = NonZeroU32::new(n - 1);
    let negative: Option<NonZeroI32> = NonZeroI32::new(-(n as i32));
    let color: Option<Color> = Some(if one { Color::Green } else { Color::Red });
    let no_color: Option<Color> = if one { None } else { Some(Color::Blue) };
    let level: Option<Level> = Some(if one { Level::Low } else { Level::Middle });
    let no_level: Option<Level> = if one { None } else { Some(Level::High) };
    let multi_name = if one { Multi::Name(format!("multi {}", n)) } else { Multi::Empty };
    let multi_empty = if one { Multi::Empty } else { Multi::Number(2) };
    let multi_number = if one { Multi::Number(n + 3) } else { Multi::Empty };
    let multi_pair = if one { Multi::Pair(n as u16, 2) } else { Multi::Empty };
    let opt_multi: Option<Multi> = if one { None } else { Some(Multi::Empty) };
    let dataful_text = if one { Dataful::Text('t', n as u8) } else { Dataful::Stop };
    let dataful_go = if one { Dataful::Go } else { Dataful::Wait };
    let outer_inner = if one { Outer::Inner(Inner::Flag(n == 2)) } else { Outer::None };
    let outer_third = if one { Outer::Inner(Inner::Third) } else { Outer::None };
    let outer_lost = if one { Outer::Lost } else { Outer::None };
    let ref_tuple: Option<(u32, &str)> = Some((n, "pair"));
    let no_tuple: Option<(u32, &str)> = if one { None } else { Some((n, "")) };
    let rc_result: Result<Rc<u32>, ()> = if one { Err(()) } else { Ok(Rc::new(n)) };
    let slice_opt: Option<&[u8]> = if one { None } else { Some(&[]) };
    let u8_opt: Option<NonZeroU8> = NonZeroU8::new(200 + n as u8);
    stop!(
        bool_some, bool_none, bool_deep, char_some, char_none, non_zero, no_non_zero, negative, color, no_color, level, no_level,
        multi_name, multi_empty, multi_number, multi_pair, opt_multi, dataful_text, dataful_go, outer_inner, outer_third,
        outer_lost, ref_tuple, no_tuple, rc_result, slice_opt, u8_opt
    );
}

pub enum Shape {
    Unit,
    Circle { x: f64, radius: f64 },
    Rect(i32, i32),
    Poly(Vec<i32>),
    Nested(Box<Shape>),
}
pub enum Never {}
pub enum Single {
    Only(u32),
}
pub enum SingleUnit {
    Alone,
}
#[repr(C)]
pub enum ReprC {
    A(u8),
    B { x: u32, y: u32 },
}
#[repr(u8)]
pub enum ReprU8 {
    A(u32),
    B,
}
pub enum Signed {
    Minus = -1,
    Zero = 0,
}
#[repr(u64)]
#[derive(Clone, Copy)]
pub enum Huge {
    Top = u64::MAX,
    Bottom = 0,
}

#[inline(never)]
pub fn shapes(n: u32) {
    let one = n == 1;
    let red = if one { Color::Red } else { Color::Blue };
    let low = if one { Level::Low } else { Level::High };
    let unit = if one { Shape::Unit } else { Shape::Rect(1, 2) };
    let circle = if one { Shape::Circle { x: 1.5, radius: n as f64 } } else { Shape::Unit };
    let rect = if one { Shape::Rect(-1, n as i32) } else { Shape::Unit };
    let poly = if one { Shape::Poly(vec![1, n as i32]) } else { Shape::Unit };
    let nested = if one { Shape::Nested(Box::new(Shape::Rect(3, 4))) } else { Shape::Unit };
    let result_never: Result<u32, Never> = Ok(n);
    let single = Single::Only(n);
    let single_unit = SingleUnit::Alone;
    let repr_c = if one { ReprC::B { x: n, y: 2 } } else { ReprC::A(1) };
    let repr_u8 = if one { ReprU8::A(n) } else { ReprU8::B };
    let repr_u8_b = if one { ReprU8::B } else { ReprU8::A(2) };
    let minus = if one { Signed::Minus } else { Signed::Zero };
    let top = if one { Huge::Top } else { Huge::Bottom };
    let tags: [Color; 3] = [Color::Red, if one { Color::Green } else { Color::Red }, Color::Blue];
    stop!(
        red, low, unit, circle, rect, poly, nested, result_never, single, single_unit, repr_c, repr_u8, repr_u8_b, minus, top, tags
    );
}
