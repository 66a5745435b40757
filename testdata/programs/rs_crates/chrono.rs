#![no_std]
use core::num::NonZeroI32;
#[derive(Clone, Copy)]
pub struct NaiveDate {
    pub yof: NonZeroI32,
}
#[derive(Clone, Copy)]
pub struct NaiveTime {
    pub secs: u32,
    pub frac: u32,
}
#[derive(Clone, Copy)]
pub struct NaiveDateTime {
    pub date: NaiveDate,
    pub time: NaiveTime,
}
pub struct Utc;
pub struct DateTime<Tz> {
    pub datetime: NaiveDateTime,
    pub offset: Tz,
}
