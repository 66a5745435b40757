// Prints the primes below a bound, with WASI's fd_write alone.

@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, iovs: usize, count: i32, written: usize): i32;

const LINE: usize = 1024; // where a line is put together
const IOVEC: usize = 512;

let printed: i32 = 0;

function digits(at: usize, n: i32): usize {
  if (n >= 10) at = digits(at, n / 10);
  store<u8>(at, 48 + n % 10);
  return at + 1;
}

function print(n: i32): void {
  const end = digits(LINE, n);
  store<u8>(end, 10);
  store<u32>(IOVEC, LINE);
  store<u32>(IOVEC + 4, <u32>(end + 1 - LINE));
  fd_write(1, IOVEC, 1, IOVEC + 8);
  printed++;
}

class Sieve {
  bits: u64 = 0;

  cross(step: i32, bound: i32): void {
    for (let i = step * step; i < bound; i += step) {
      this.bits |= <u64>1 << i;
    }
  }

  prime(n: i32): bool {
    return (this.bits >> n & 1) == 0;
  }
}

export function _start(): void {
  const bound = 30;
  const sieve = new Sieve();
  let ratio: f64 = 0;
  for (let n = 2; n < bound; n++) {
    if (sieve.prime(n)) {
      print(n);
      sieve.cross(n, bound);
    }
    ratio = <f64>printed / <f64>n;
  }
  if (ratio > 0.5) unreachable();
}
