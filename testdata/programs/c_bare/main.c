// Compiled without -g, and linked with a library that has debug information: only the program's text shows what it does.
int scale(int x);
void say(int digit);

static int total(int n) {
  int sum = 0;
  for (int i = 1; i <= n; i++)
    sum += scale(i);
  return sum;
}

int main(int argc, char **argv) {
  say(total(2));
  return 0;
}

void _start(void) { main(0, 0); }
