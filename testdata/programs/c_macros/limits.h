#define LOWEST 1
#define HIGHEST 5
#define BETWEEN(x) ((x) >= LOWEST && (x) <= HIGHEST)
