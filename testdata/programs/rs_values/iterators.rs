use std::collections::{BTreeMap, HashMap, VecDeque};

#[inline(never)]
pub fn iterators(n: u32) {
    let vec: Vec<u32> = (1..=5).map(|i| i * n).collect();
    let text = "iterate".repeat(n as usize);
    let mut slice_iter = vec.iter();
    crate::keep(&slice_iter.next());
    let mut other = vec.clone();
    let iter_mut = other.iter_mut();
    let into_iter = vec.clone().into_iter();
    let map = vec.iter().map(move |x| x * n);
    let filter = vec.iter().filter(move |x| **x > n);
    let mut enumerate = vec.iter().enumerate();
    crate::keep(&enumerate.next());
    let zip = vec.iter().zip(vec.iter().skip(1));
    let rev = vec.iter().rev();
    let take = vec.iter().take(2);
    let skip = vec.iter().skip(2);
    let step_by = vec.iter().step_by(2);
    let mut peekable = vec.iter().peekable();
    crate::keep(&peekable.peek());
    let chain = vec.iter().chain(vec.iter());
    let mut chars = text.chars();
    crate::keep(&chars.next());
    let char_indices = text.char_indices();
    let bytes = text.bytes();
    let lines = text.lines();
    let split = text.split('r');
    let windows = vec.windows(2);
    let chunks = vec.chunks(2);
    let cloned = vec.iter().cloned();
    let copied = vec.iter().copied();
    let cycle = vec.iter().cycle();
    let once = std::iter::once(n);
    let repeat = std::iter::repeat(n);
    let empty = std::iter::empty::<u32>();
    let deque: VecDeque<u32> = vec.iter().copied().collect();
    let deque_iter = deque.iter();
    let hash: HashMap<u32, u32> = Some((n, 2)).into_iter().collect();
    let hash_iter = hash.iter();
    let hash_keys = hash.keys();
    let tree: BTreeMap<u32, u32> = (0..3 * n).map(|i| (i, i)).collect();
    let tree_iter = tree.iter();
    let option_iter = Some(n).into_iter();
    let array_iter = [n, n + 1].into_iter();
    stop!(
        slice_iter, iter_mut, into_iter, map, filter, enumerate, zip, rev, take, skip, step_by, peekable, chain, chars,
        char_indices, bytes, lines, split, windows, chunks, cloned, copied, cycle, once, repeat, empty, deque_iter, hash_iter,
        hash_keys, tree_iter, option_iter, array_iter
    );
}

#[inline(never)]
pub fn ranges(n: u32) {
    let range = n..n + 4;
    let inclusive = n..=5;
    let from = n..;
    let to = ..n;
    let to_inclusive = ..=n;
    let full = ..;
    let mut partly = n..10;
    crate::keep(&partly.next());
    let mut exhausted = n..=n;
    crate::keep(&exhausted.next());
    let char_range = 'a'..='e';
    stop!(range, inclusive, from, to, to_inclusive, full, partly, exhausted, char_range);
}
