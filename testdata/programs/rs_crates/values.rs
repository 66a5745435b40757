use alloc::{string::String, vec::Vec};
use core::mem::{ManuallyDrop, MaybeUninit};
use core::num::NonZeroI32;
use serde_json::{map::Map, number::{Number, N}, value::Value};

/// As the macro of bitflags makes it of READ = 1, WRITE = 2, EXEC = 4.
pub struct InternalBitFlags(u32);
pub struct Perm(InternalBitFlags);

pub struct Values {
    array: arrayvec::ArrayVec<Option<u16>, 4>,
    text: arrayvec::ArrayString<16>,
    tiny: tinyvec::ArrayVec<[u8; 4]>,
    inline: smallvec::SmallVec<[u32; 2]>,
    spilled: smallvec::SmallVec<[u32; 2]>,
    bytes: bytes::Bytes,
    date: chrono::NaiveDate,
    moment: chrono::NaiveDateTime,
    utc: chrono::DateTime<chrono::Utc>,
    lock: lock_api::Mutex<u8, i64>,
    id: uuid::Uuid,
    map: indexmap::IndexMap<&'static str, i32, ()>,
    set: indexmap::IndexSet<char, ()>,
    slab: slab::Slab<i64>,
    big: num_bigint::BigUint,
    negative: num_bigint::BigInt,
    too_many: arrayvec::ArrayVec<Option<u16>, 4>,
    no_day: chrono::NaiveDate,
    json: Value,
    perm: Perm,
    no_perm: Perm,
}

static HEAP: [u32; 3] = [1, 2, 3];

/// A vector of n values that stand at p.
fn vec<T>(p: &mut [T]) -> Vec<T> {
    unsafe { Vec::from_raw_parts(p.as_mut_ptr(), p.len(), p.len()) }
}

/// A string whose text stands at p.
fn string(p: &mut [u8]) -> String {
    unsafe { String::from_raw_parts(p.as_mut_ptr(), p.len(), p.len()) }
}

#[inline(never)]
fn stop(values: &Values) {
    core::hint::black_box(values);
}

pub fn run() {
    let date = chrono::NaiveDate { yof: NonZeroI32::new(2024 << 13 | 60 << 4 | 0).unwrap() }; // the 60th day: 29 February
    let moment = chrono::NaiveDateTime { date, time: chrono::NaiveTime { secs: 13 * 3600 + 30 * 60 + 5, frac: 250_000_000 } };
    let mut text = [MaybeUninit::new(b'?'); 16];
    for (i, b) in b"short".iter().enumerate() {
        text[i] = MaybeUninit::new(*b);
    }
    let some = |n| MaybeUninit::new(Some(n));
    let mut entries = [indexmap::Bucket { hash: 1, key: "pen", value: 10 }, indexmap::Bucket { hash: 2, key: "ink", value: -2 }];
    let mut letters = [indexmap::Bucket { hash: 1, key: 'z', value: () }, indexmap::Bucket { hash: 2, key: 'a', value: () }];
    let mut slots = [slab::Entry::Occupied(10), slab::Entry::Vacant(3), slab::Entry::Occupied(12)];
    let (mut digits, mut digit) = ([1, 2, 3], [40320]); // 1 + 2·2³² + 3·2⁶⁴
    let number = |n| Value::Number(Number { n });
    let (mut name, mut list, mut none, mut yes, mut n) = (*b"name", *b"list", *b"none", *b"yes", *b"n");
    let mut items = [number(N::PosInt(1)), number(N::NegInt(-2)), number(N::Float(3.5)), number(N::PosInt(1 << 63))];
    let mut parts = [
        indexmap::Bucket { hash: 1, key: string(&mut name), value: Value::String(string(&mut n)) },
        indexmap::Bucket { hash: 2, key: string(&mut list), value: Value::Array(vec(&mut items)) },
        indexmap::Bucket { hash: 3, key: string(&mut none), value: Value::Null },
        indexmap::Bucket { hash: 4, key: string(&mut yes), value: Value::Bool(true) },
    ];
    let object = Map { map: indexmap::IndexMap { core: indexmap::IndexMapCore { indices: 0, entries: vec(&mut parts) }, hash_builder: () } };
    let values = ManuallyDrop::new(Values {
        array: arrayvec::ArrayVec { len: 2, xs: [some(1), MaybeUninit::new(None), some(3), some(4)] },
        text: arrayvec::ArrayString { len: 5, xs: text },
        tiny: tinyvec::ArrayVec { len: 2, data: [7, 8, 9, 10] },
        inline: smallvec::SmallVec { capacity: 1, data: smallvec::SmallVecData::Inline(MaybeUninit::new([5, 6])) },
        spilled: smallvec::SmallVec { capacity: 4, data: smallvec::SmallVecData::Heap { ptr: core::ptr::NonNull::from(&HEAP[0]), len: 3 } },
        bytes: bytes::Bytes { ptr: b"abc".as_ptr(), len: 3 },
        date,
        moment,
        utc: chrono::DateTime { datetime: moment, offset: chrono::Utc },
        lock: lock_api::Mutex { raw: 0, data: core::cell::UnsafeCell::new(-5) },
        id: uuid::Uuid([0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 1, 2, 3, 4, 5, 6, 7, 8]),
        map: indexmap::IndexMap { core: indexmap::IndexMapCore { indices: 0, entries: vec(&mut entries) }, hash_builder: () },
        set: indexmap::IndexSet { map: indexmap::IndexMap { core: indexmap::IndexMapCore { indices: 0, entries: vec(&mut letters) }, hash_builder: () } },
        slab: slab::Slab { entries: vec(&mut slots), len: 2, next: 1 },
        big: num_bigint::BigUint { data: vec(&mut digits) },
        negative: num_bigint::BigInt { sign: num_bigint::Sign::Minus, data: num_bigint::BigUint { data: vec(&mut digit) } },
        too_many: arrayvec::ArrayVec { len: 9, xs: [some(1), some(2), some(3), some(4)] },
        no_day: chrono::NaiveDate { yof: NonZeroI32::new(2024 << 13).unwrap() },
        json: Value::Object(object),
        perm: Perm(InternalBitFlags(5)),
        no_perm: Perm(InternalBitFlags(0)),
    });
    stop(&values);
}
