use std::collections::{BinaryHeap, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

#[inline(never)]
pub fn sequences(n: u32) {
    let n = n as i32;
    let vec: Vec<i32> = (0..5).map(|i| i * i * n).collect();
    let empty: Vec<String> = Vec::with_capacity(n as usize);
    let nested: Vec<Vec<u8>> = (1..4u8).map(|i| vec![i; i as usize]).collect();
    let points: Vec<Point> = (0..2).map(|i| Point { x: i, y: -i * n }).collect();
    let long: Vec<u32> = (0..1000 * n as u32).collect();
    let units = vec![(); 3 * n as usize];
    let array: [u16; 5] = [1, 2, 3, 4, 4 + n as u16];
    let matrix: [[f32; 2]; 2] = [[1.0, 2.0], [3.0, 4.0 * n as f32]];
    let zero_array: [u32; 0] = [];
    let slice: &[i32] = &vec[1..4];
    let empty_slice: &[i32] = &vec[5..];
    let mut other = vec.clone();
    let mut_slice: &mut [i32] = &mut other[3..];
    let boxed: Box<[i32]> = slice.into();
    let rc: Rc<[i32]> = slice.into();
    let arc: Arc<[Point]> = points.clone().into();
    let mut deque: VecDeque<i32> = (1..=4).collect();
    deque.rotate_left(2);
    deque.pop_front();
    deque.push_front(-n);
    deque.push_front(-2 * n);
    let empty_deque: VecDeque<u8> = VecDeque::new();
    let list: LinkedList<String> = (0..3).map(|i| format!("node {}", i * n)).collect();
    let empty_list: LinkedList<u8> = LinkedList::new();
    let heap: BinaryHeap<i32> = vec![3, 9 * n, 4].into_iter().collect();
    let tuple = (1, "two", 3.0, (4u8, '5'), [n; 2]);
    let single = (n,);
    let vec_of_options: Vec<Option<Box<i32>>> = vec![Some(Box::new(n)), None];
    let drained: std::vec::IntoIter<i32> = {
        let mut it = vec.clone().into_iter();
        it.next();
        it.next_back();
        it
    };
    stop!(
        vec, empty, nested, points, long, units, array, matrix, zero_array, slice, empty_slice, mut_slice, boxed, rc, arc, deque,
        empty_deque, list, empty_list, heap, tuple, single, vec_of_options, drained
    );
}
