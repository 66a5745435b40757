// A loop that passes line 7 three hundred thousand times.
static volatile int sink;

int main(void) {
  int sum = 0;
  for (int i = 0; i < 300000; i++) {
    sum += i & 7;
  }
  sink = sum;
  return 0;
}
