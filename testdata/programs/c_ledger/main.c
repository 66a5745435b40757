// A ledger whose memory is written by everything that can write: stores, bulk instructions, the
// host, other frames, and a recursion; for watchpoints, checkpoints, jump and return.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct account {
  int balance;
  int moves;
};

struct account accounts[3];
char line[64];
int total;
unsigned char flags;

__attribute__((noinline)) void deposit(struct account *a, int amount) {
  a->balance += amount;
  a->moves++;
}

__attribute__((noinline)) int fact(int n) {
  int result = 1;
  if (n > 1)
    result = n * fact(n - 1);
  return result;
}

__attribute__((noinline)) int sum(const int *v, int n) {
  int s = 0;
  for (int i = 0; i < n; i++)
    s += v[i];
  return s;
}

__attribute__((noinline)) double half(int n) {
  char scratch[32];
  snprintf(scratch, sizeof scratch, "%d", n);
  return n / 2.0 + (scratch[0] == '!');
}

__attribute__((noinline)) int spin(int n) {
  for (int i = 0; i < n; i++)
    total += i & 1;
  return total;
}

int main(int argc, char **argv) {
  int prices[4] = {3, 5, 7, 11};
  struct account *mine = &accounts[1];
  deposit(mine, 10);
  deposit(mine, 5);
  mine = &accounts[2];
  deposit(mine, 7);
  total = sum(prices, 4);
  total += fact(4);
  memset(line, '-', 8);
  memcpy(line + 2, "ab", 2);
  flags = 1;
  flags = 1;
  ssize_t got = read(0, line, 5);
  line[5] = 0;
  double h = half(total);
  int loops = argc > 1 ? 1000000 : 100;
  spin(loops);
  printf("%d %d %d total %d line %s got %d half %.1f\n", accounts[0].balance, accounts[1].balance,
         accounts[2].balance, total, line, (int)got, h);
  return 0;
}
