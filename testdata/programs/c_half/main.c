// Values of which the optimiser keeps a half.
typedef unsigned __int128 u128;

static volatile long long seen;

__attribute__((noinline)) static void see(long long n) { seen = n; }

__attribute__((noinline)) static unsigned long long low(u128 wide) {
  unsigned long long part = (unsigned long long)wide;
  see((long long)part); // the upper half of wide is not used
  return part * 3;
}

__attribute__((noinline)) static double real(double _Complex z) {
  double part = __real__ z;
  see((long long)part);
  return part + 1;
}

__attribute__((noinline)) static int mix(int n) {
  u128 w = (u128)(unsigned)n << 64 | 7;
  double _Complex z = n + 2.5i;
  see(n); // the real part of z is not computed yet
  z *= 2;
  see(n + 1);
  return (int)(low(w) + real(z) + __imag__ z);
}

void _start(void) { see(mix((int)seen + 5)); } // 21 + 11 + 5
