// Async functions under an executor of one's own: futures that wait, two of one function at a time, one that is dropped.
use std::cell::Cell;
use std::future::Future;
use std::pin::{pin, Pin};
use std::task::{Context, Poll, Waker};

struct Turns(u32);

impl Future for Turns {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        if self.0 == 0 {
            return Poll::Ready(7);
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn worker(id: u32, turns: u32) -> u32 {
    let first = Turns(turns).await;
    let sum = first + id;
    let second = Turns(1).await;
    sum + second
}

async fn pair(out: &Cell<u32>) {
    let mut futures: Vec<Pin<Box<dyn Future<Output = u32>>>> = vec![Box::pin(worker(1, 2)), Box::pin(worker(2, 1))];
    let both = std::future::poll_fn(|cx| {
        futures.retain_mut(|f| match f.as_mut().poll(cx) {
            Poll::Ready(n) => {
                out.set(out.get() + n);
                false
            }
            Poll::Pending => true,
        });
        if futures.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    });
    both.await;
}

async fn endless() {
    let block = async {
        Turns(3).await
    };
    println!("block {}", block.await);
    Turns(u32::MAX).await;
    println!("never");
}

fn run<T>(future: impl Future<Output = T>, mut polls: u32) -> Option<T> {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    while polls > 0 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return Some(value);
        }
        polls -= 1;
    }
    None
}

fn main() {
    let out = Cell::new(0);
    println!("worker {:?}", run(worker(3, 2), 10));
    run(endless(), 6);
    println!("dropped");
    println!("pair {:?} {}", run(pair(&out), 9), out.get());
}
