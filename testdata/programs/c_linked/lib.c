// A reactor: a library that is a module of its own, with a memory of its own.
static int calls;

int add(int a, int b) {
    calls++;
    int sum = a + b;
    return sum;
}

int divide(int a, int b) {
    int quotient = a / b;
    return quotient;
}

int count(void) {
    return calls;
}

__attribute__((export_name("_initialize"))) void initialize(void) {
    calls = 10;
}
