int shared = 1;

static int helper(int x) {
    int y = x * 2;
    return y + shared;
}

int left(int n) {
    return helper(n);
}
