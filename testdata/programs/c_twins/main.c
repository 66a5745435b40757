int left(int), right(int);
int sum;

void _start(void) { sum = left(3) + right(4); }
