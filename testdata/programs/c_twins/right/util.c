static int helper(int x) {
    int z = x + 100;

    return z;
}

int right(int n) { return helper(n); }
