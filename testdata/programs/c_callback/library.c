// Compiled without -g.
int plain(int x) { return x + 1; }
int apply(int (*f)(int), int x) {
  int sum = 0;
  for (int i = 0; i < 2; i++)
    sum += f(x + i);
  return sum;
}
