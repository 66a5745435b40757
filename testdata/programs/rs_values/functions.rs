use std::any::Any;
use std::error::Error;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

pub fn add(a: u32, b: u32) -> u32 {
    a + b
}
pub fn twice<T: Clone>(x: &T) -> (T, T) {
    (x.clone(), x.clone())
}
extern "C" fn c_function(x: i32) -> i32 {
    x + 1
}

#[inline(never)]
pub fn functions(n: u32) {
    let mut count = n;
    let text = format!("captured {}", n);
    let pointer: fn(u32, u32) -> u32 = if n == 1 { add } else { |a, b| a * b };
    let generic: fn(&String) -> (String, String) = twice::<String>;
    let c_pointer: extern "C" fn(i32) -> i32 = c_function;
    let item = add;
    let plain = |x: u32| x + 1;
    let by_ref = |x: u32| x + text.len() as u32;
    let by_move = {
        let text = text.clone();
        move |x: u32| x + text.len() as u32 + n
    };
    let table: [fn(u32, u32) -> u32; 2] = [add, |a, b| a - b];
    let opt_fn: Option<fn(u32, u32) -> u32> = if n == 1 { None } else { Some(add) };
    crate::keep(&pointer(1, 2));
    crate::keep(&(plain(1) + by_ref(2) + by_move(3) + item(1, 2)));
    crate::keep(&generic(&text));
    crate::keep(&c_pointer(1));
    let mut by_mut = |x: u32| count += x;
    by_mut(4);
    stop!(pointer, generic, c_pointer, item, plain, by_ref, by_move, by_mut, table, opt_fn);
    by_mut(4);
}

pub trait Shape {
    fn area(&self) -> f64;
}
pub struct Circle {
    radius: f64,
}
pub struct Square(f64);
impl Shape for Circle {
    fn area(&self) -> f64 {
        3.0 * self.radius * self.radius
    }
}
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
#[derive(Debug)]
pub struct Failure {
    code: u32,
}
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "failure {}", self.code)
    }
}
impl Error for Failure {}

#[inline(never)]
pub fn traits(n: u32) {
    let circle = Circle { radius: n as f64 };
    let dyn_ref: &dyn Shape = &circle;
    let dyn_box: Box<dyn Shape> = Box::new(Square(n as f64 + 1.0));
    let dyn_rc: Rc<dyn Shape> = Rc::new(Circle { radius: 2.0 });
    let dyn_arc: Arc<dyn Debug + Send> = Arc::new(n + 5);
    let dyn_any: Box<dyn Any> = Box::new(n as u64);
    let dyn_error: Box<dyn Error> = Box::new(Failure { code: n });
    let dyn_send: Box<dyn Error + Send + Sync> = "text error".into();
    let zoo: Vec<Box<dyn Shape>> = vec![Box::new(Circle { radius: 3.0 }), Box::new(Square(4.0))];
    let add = n;
    let dyn_fn: Box<dyn Fn(u32) -> u32> = Box::new(move |x| x + add);
    let opt_dyn: Option<Box<dyn Shape>> = if n == 1 { None } else { Some(Box::new(Square(1.0))) };
    let dyn_debug: &dyn Debug = &"shown";
    let total = dyn_ref.area() + dyn_box.area() + dyn_rc.area() + zoo.iter().map(|s| s.area()).sum::<f64>();
    crate::keep(&(total, dyn_fn(1), dyn_error.to_string(), dyn_send.to_string()));
    stop!(dyn_ref, dyn_box, dyn_rc, dyn_arc, dyn_any, dyn_error, dyn_send, zoo, dyn_fn, opt_dyn, dyn_debug);
}

pub struct YieldNow(bool);
impl Future for YieldNow {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, _: &mut Context) -> Poll<u32> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(7)
        } else {
            Poll::Pending
        }
    }
}
pub async fn inner(step: u32) -> u32 {
    let before = step + 1;
    let got = YieldNow(false).await;
    before + got
}
pub async fn outer(name: String, n: u32) -> usize {
    let first = inner(n).await;
    let second = inner(first).await;
    name.len() + second as usize
}

fn waker() -> Waker {
    fn clone(_: *const ()) -> RawWaker {
        RawWaker::new(std::ptr::null(), &TABLE)
    }
    fn nothing(_: *const ()) {}
    static TABLE: RawWakerVTable = RawWakerVTable::new(clone, nothing, nothing, nothing);
    unsafe { Waker::from_raw(clone(std::ptr::null())) }
}

#[inline(never)]
pub fn futures(n: u32) {
    let waker = waker();
    let mut context = Context::from_waker(&waker);
    let mut fresh = Box::pin(outer("fresh".into(), n));
    let mut waiting = Box::pin(outer("waiting".into(), n));
    let mut second = Box::pin(outer("second".into(), n));
    let mut done = Box::pin(outer("done".into(), n));
    let pending = waiting.as_mut().poll(&mut context);
    crate::keep(&second.as_mut().poll(&mut context));
    crate::keep(&second.as_mut().poll(&mut context));
    for _ in 0..2 {
        crate::keep(&done.as_mut().poll(&mut context));
    }
    let ready = done.as_mut().poll(&mut context);
    let dyn_future: Pin<Box<dyn Future<Output = u32>>> = Box::pin(inner(n));
    let block = Box::pin(async move { inner(n).await + 1 });
    stop!(fresh, waiting, second, done, pending, ready, dyn_future, block);
    crate::keep(&fresh.as_mut().poll(&mut context));
}
