// Vectors: in parameters, locals, globals, structures and loops that the compiler vectorises itself.
#include <stdio.h>
#include <wasm_simd128.h>

typedef float float4 __attribute__((vector_size(16)));

typedef struct {
  v128_t position;
  float weight;
} Particle;

static float4 total;

__attribute__((noinline)) float4 step(float4 a, float4 b, Particle *p) {
  float4 sum = a + b;
  p->position = wasm_f32x4_mul((v128_t)sum, wasm_f32x4_splat(p->weight));
  total += (float4)p->position;
  return (float4)p->position;
}

__attribute__((noinline)) int count(const char *text, int length, char c) {
  int found = 0;
  v128_t needle = wasm_i8x16_splat(c);
  int i = 0;
  for (; i + 16 <= length; i += 16) {
    v128_t block = wasm_v128_load(text + i);
    found += __builtin_popcount(wasm_i8x16_bitmask(wasm_i8x16_eq(block, needle)));
  }
  for (; i < length; i++)
    found += text[i] == c;
  return found;
}

__attribute__((noinline)) double dot(const double *a, const short *b, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

__attribute__((noinline)) unsigned mix(const unsigned char *p, int n) {
  unsigned h = 0;
  for (int i = 0; i < n; i++)
    h += p[i] * (i ^ 0x55) + (p[i] >> 3);
  return h;
}

__attribute__((noinline)) long long squares(const long long *p, int n) {
  long long sum = 0;
  for (int i = 0; i < n; i++)
    sum += (p[i] * p[i]) >> 3;
  return sum;
}

int main(void) {
  Particle p = {wasm_f32x4_make(1, 2, 3, 4), 0.5f};
  float4 v = {1, 2, 3, 4}, w = {5, 6, 7, 8};
  float4 r = (float4)p.position;
  for (int i = 0; i < 3; i++) {
    r = step(r, v * w, &p);
    v += w;
  }
  printf("%g %g %g %g\n", r[0], r[1], r[2], r[3]);
  printf("%g %g %g %g\n", total[0], total[1], total[2], total[3]);
  static const char text[] = "the quick brown fox jumps over the lazy dog";
  printf("%d\n", count(text, sizeof text - 1, 'o'));
  static double a[100];
  static short b[100];
  static unsigned char c[100];
  static long long d[100];
  for (int i = 0; i < 100; i++) {
    a[i] = i * 0.25;
    b[i] = i * 131;
    c[i] = i * 17;
    d[i] = (i - 50) * 12345678LL;
  }
  printf("%.2f %u %lld\n", dot(a, b, 100), mix(c, 100), squares(d, 100));
  return 0;
}
