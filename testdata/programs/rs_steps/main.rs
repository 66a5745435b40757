// What a stepper must get right in Rust, one function for each.
use std::future::Future;
use std::pin::{pin, Pin};
use std::task::{Context, Poll, Waker};

fn main() {
    let mut sum = 0;
    sum += closures(&[3, 1, 2]);
    sum += generics();
    sum += matching(Shape::Square(3));
    sum += question("12");
    sum += question("x");
    sum += drops();
    sum += loops();
    sum += expressions(2);
    sum += waiting();
    sum += virtually(&[&Cat(2), &Dog]);
    sum += pointers();
    sum += caught();
    sum += nested(3);
    sum += factorial(3);
    println!("sum {sum}");
}

fn closures(list: &[i32]) -> i32 {
    let base = 10;
    let odd: Vec<i32> = list
        .iter()
        .filter(|n| *n % 2 == 1)
        .map(|n| {
            let more = n + base;
            more * 2
        })
        .collect();
    let mut sorted = odd.clone();
    sorted.sort_by(|a, b| {
        b.cmp(a)
    });
    let add = |n: i32| n + sorted[0];
    let result = add(1);
    result
}

trait Area {
    fn area(&self) -> i32;
}

struct Side(i32);

impl Area for Side {
    fn area(&self) -> i32 {
        self.0 * self.0
    }
}

impl Area for (i32, i32) {
    fn area(&self) -> i32 {
        self.0 * self.1
    }
}

fn biggest<T: Area>(list: &[T]) -> i32 {
    let mut best = 0;
    for item in list {
        let a = item.area();
        if a > best {
            best = a;
        }
    }
    best
}

fn generics() -> i32 {
    let one = biggest(&[Side(2), Side(3)]);
    let two = biggest(&[(2, 3), (1, 2)]);
    one + two
}

enum Shape {
    Dot,
    Square(i32),
    Oblong { wide: i32, high: i32 },
}

fn matching(shape: Shape) -> i32 {
    let area = match shape {
        Shape::Dot => 0,
        Shape::Square(n) if n > 5 => {
            25
        }
        Shape::Square(n) => n * n,
        Shape::Oblong { wide, high } => {
            wide * high
        }
    };
    if let Some(n) = half(area) {
        return n;
    } else if area > 100 {
        return 100;
    }
    let Some(n) = half(area + 1) else {
        return 0;
    };
    n
}

fn half(n: i32) -> Option<i32> {
    if n % 2 == 0 { Some(n / 2) } else { None }
}

fn question(text: &str) -> i32 {
    match parsed(text) {
        Ok(n) => n,
        Err(_) => -1,
    }
}

fn parsed(text: &str) -> Result<i32, std::num::ParseIntError> {
    let n: i32 = text.parse()?;
    let m = text.trim()
        .parse::<i32>()?;
    Ok(n + m)
}

struct Noisy(i32);

impl Drop for Noisy {
    fn drop(&mut self) {
        let n = self.0;
        println!("drop {n}");
    }
}

fn drops() -> i32 {
    let outer = Noisy(1);
    {
        let inner = Noisy(2);
        println!("inner {}", inner.0);
    }
    let moved = outer;
    let boxed = Box::new(Noisy(3));
    moved.0 + boxed.0
}

fn loops() -> i32 {
    let mut sum = 0;
    for i in 0..4 {
        if i == 1 {
            continue;
        }
        sum += i;
    }
    let mut n = 3;
    while n > 0 {
        n -= 1;
    }
    loop {
        sum += 1;
        if sum > 7 {
            break;
        }
    }
    for _ in 0..3 { sum += 1; }
    let found = 'outer: loop {
        for j in [1, 2, 3] {
            if j == 2 {
                break 'outer j;
            }
        }
    };
    let mut stack = vec![1, 2];
    while let Some(top) = stack.pop() {
        sum += top;
    }
    sum + found
}

struct Point {
    x: i32,
    y: i32,
    z: i32,
}

fn expressions(n: i32) -> i32 {
    let p = Point {
        x: half(n).unwrap_or(0),
        y: n + 1,
        z: matching(
            Shape::Oblong { wide: n, high: 3 },
        ),
    };
    let all = p.x
        + p.y
        + p.z;
    let list = vec![
        n,
        all,
        n * all,
    ];
    println!(
        "{} {}",
        list[0],
        list.len(),
    );
    let text = format!("{all}");
    assert_eq!(text.len(), 1);
    let big = if all > 3 && n < 5 || all == 0 { 1 } else { 2 };
    big
}

struct Ready(bool);

impl Future for Ready {
    type Output = i32;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<i32> {
        if self.0 {
            return Poll::Ready(5);
        }
        self.0 = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn fetch(n: i32) -> i32 {
    let first = Ready(false).await;
    let second = first + n;
    second
}

async fn both() -> i32 {
    let a = fetch(1).await;
    let b = fetch(2).await;
    a + b
}

fn waiting() -> i32 {
    let mut future = pin!(both());
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(n) => return n,
            Poll::Pending => continue,
        }
    }
}

trait Animal {
    fn legs(&self) -> i32;
    fn double(&self) -> i32 {
        self.legs() * 2
    }
}

struct Cat(i32);
struct Dog;

impl Animal for Cat {
    fn legs(&self) -> i32 {
        self.0 + 2
    }
}

impl Animal for Dog {
    fn legs(&self) -> i32 {
        4
    }
}

fn virtually(list: &[&dyn Animal]) -> i32 {
    let mut n = 0;
    for a in list {
        n += a.legs();
        n += a.double();
    }
    n
}

fn twice(n: i32) -> i32 {
    n * 2
}

fn apply(f: fn(i32) -> i32, n: i32) -> i32 {
    f(n) + 1
}

fn pointers() -> i32 {
    let n = apply(twice, 3);
    let boxed: Box<dyn Fn(i32) -> i32> = Box::new(move |k| {
        k + n
    });
    boxed(2)
}

fn caught() -> i32 {
    let result = std::panic::catch_unwind(|| {
        twice(4)
    });
    result.unwrap()
}

#[inline(always)]
fn small(n: i32) -> i32 {
    let m = n * 3;
    m + 1
}

fn nested(n: i32) -> i32 {
    let a = small(n);
    let b = small(small(a));
    let c = twice(small(b) + twice(a));
    c
}

fn factorial(n: i32) -> i32 {
    if n < 2 {
        return 1;
    }
    n * factorial(n - 1)
}
