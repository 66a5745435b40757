// A library without debug information calls back; a loop that only a debugger ends.
#include <stdio.h>
#include <string.h>

int apply(int (*f)(int), int x);
int plain(int x);

volatile unsigned long rounds;
volatile int go_on = 1;

static int triple(int x) {
  int y = x * 3;
  return y;
}

static void spin(void) {
  while (go_on)
    rounds++;
}

int main(int argc, char **argv) {
  int a = plain(4);
  int b = apply(triple, a);
  printf("a %d b %d\n", a, b);
  fflush(stdout);
  if (argc > 1 && !strcmp(argv[1], "spin"))
    spin();
  puts("done");
  return 3;
}
