use std::cmp::Reverse;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::*;
use std::sync::atomic::*;
use std::time::{Duration, Instant, SystemTime};

#[inline(never)]
pub fn integers(n: u32) {
    let i_8: i8 = -100 - n as i8;
    let u_8: u8 = 200 + n as u8;
    let i_16: i16 = -30000 - n as i16;
    let u_16: u16 = 60000 + n as u16;
    let i_32: i32 = i32::MIN + n as i32;
    let u_32: u32 = u32::MAX - n;
    let i_64: i64 = i64::MIN + n as i64;
    let u_64: u64 = u64::MAX - n as u64;
    let i_128: i128 = i128::MIN + n as i128;
    let u_128: u128 = u128::MAX - n as u128;
    let i_size: isize = -5 * n as isize;
    let u_size: usize = 5 * n as usize;
    let f_32: f32 = 0.1 * n as f32;
    let f_64: f64 = 1e300 * n as f64;
    let tiny: f64 = 5e-324 * n as f64;
    let infinite: f64 = -1.0 / (n - 1) as f64;
    let nan: f32 = (n - 1) as f32 / (n - 1) as f32;
    let yes = n == 1;
    let unit = ();
    stop!(
        i_8, u_8, i_16, u_16, i_32, u_32, i_64, u_64, i_128, u_128, i_size, u_size, f_32, f_64, tiny, infinite, nan, yes, unit
    );
}

#[inline(never)]
pub fn wrapped(n: u32) {
    let non_zero = NonZeroU32::new(n + 6).unwrap();
    let non_zero_i64 = NonZeroI64::new(-(n as i64)).unwrap();
    let no_zero: Option<NonZeroU8> = NonZeroU8::new(n as u8 - 1);
    let wrapping = Wrapping(250u8) + Wrapping(n as u8 + 6);
    let reverse = Reverse(n + 4);
    let atomic_bool = AtomicBool::new(n == 1);
    let atomic_u32 = AtomicU32::new(n + 41);
    let atomic_i64 = AtomicI64::new(-(n as i64));
    let atomic_usize = AtomicUsize::new(n as usize);
    let mut target = n + 8;
    let atomic_ptr = AtomicPtr::new(&mut target);
    let less = n.cmp(&2);
    let relaxed = if n == 1 { std::sync::atomic::Ordering::Acquire } else { std::sync::atomic::Ordering::Relaxed };
    let v4: IpAddr = Ipv4Addr::new(192, 168, 0, n as u8).into();
    let v4_only = Ipv4Addr::new(10, 0, 0, n as u8);
    let v6: IpAddr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n as u16).into();
    let loopback = Ipv6Addr::from(n as u128);
    let socket: SocketAddr = SocketAddrV4::new(v4_only, 8080).into();
    let socket6: SocketAddr = SocketAddrV6::new(loopback, 443, 0, n + 1).into();
    let layout = std::alloc::Layout::from_size_align(12 * n as usize, 4).unwrap();
    let type_id = std::any::TypeId::of::<u32>();
    #[cfg(new)]
    {
        let saturating = Saturating(250u8) + Saturating(n as u8 + 6);
        stop!(saturating);
    }
    stop!(
        non_zero, non_zero_i64, no_zero, wrapping, reverse, atomic_bool, atomic_u32, atomic_i64, atomic_usize, atomic_ptr, less,
        relaxed, v4, v4_only, v6, loopback, socket, socket6, layout, type_id
    );
}

#[inline(never)]
pub fn times(n: u32) {
    let duration = Duration::new(2 + n as u64, 500_000_000);
    let millis = Duration::from_millis(n as u64 * 7);
    let micros = Duration::from_nanos(n as u64 * 1500);
    let nanos = Duration::from_nanos(n as u64);
    let zero = Duration::from_nanos(n as u64 - 1);
    let hours = Duration::new(7322, n);
    let instant = Instant::now();
    let later = instant + duration;
    let epoch = SystemTime::UNIX_EPOCH + Duration::new(86400 * 365 * n as u64, 0);
    stop!(duration, millis, micros, nanos, zero, hours, instant, later, epoch);
}
