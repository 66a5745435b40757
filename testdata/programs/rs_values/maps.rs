use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A hasher without random seed, so that the order is the same in each run.
#[derive(Default)]
pub struct Plain(u64);
impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0.wrapping_mul(31).wrapping_add(*b as u64);
        }
    }
}

#[inline(never)]
pub fn maps(n: u32) {
    let mut one: HashMap<String, u32> = HashMap::new();
    one.insert(format!("key {}", n), 10 * n);
    let mut hash: HashMap<u32, String> = HashMap::new();
    for i in 0..50 * n {
        hash.insert(i, format!("value {}", i));
    }
    hash.remove(&7);
    let empty_hash: HashMap<u8, u8> = HashMap::new();
    let plain: HashMap<u32, u8, BuildHasherDefault<Plain>> = (0..100 * n).map(|i| (i, i as u8)).collect();
    let set: HashSet<char> = "d".repeat(n as usize).chars().collect();
    let empty_set: HashSet<u64> = HashSet::new();
    let counts: HashMap<&str, Vec<u32>> = Some(("only", vec![1, 2, n])).into_iter().collect();
    let tree: BTreeMap<i32, String> = (0..3).map(|i| (i - n as i32, format!("v{}", i))).collect();
    let big_tree: BTreeMap<u32, u64> = (0..500 * n).map(|i| (i, i as u64 * i as u64)).collect();
    let empty_tree: BTreeMap<u8, u8> = BTreeMap::new();
    let tree_set: BTreeSet<String> = ["b", "a", "c"].iter().map(|s| s.repeat(n as usize)).collect();
    let units: BTreeMap<u16, ()> = (0..3 * n as u16).map(|i| (i, ())).collect();
    let entry = one.iter().next();
    stop!(one, hash, empty_hash, plain, set, empty_set, counts, tree, big_tree, empty_tree, tree_set, units, entry);
}
