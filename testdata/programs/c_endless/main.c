// Does not end by itself: turns for ever behind half a line of output, unless its argument
// asks for something else.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long rounds;
static int squares[5000];

static void turn(unsigned long n) { rounds += n & 1; }

// Writes byte by byte, so that characters arrive in pieces; the last one is never finished.
static void bytes(const char *text) {
  for (; *text; text++) {
    putchar(*text);
    fflush(stdout);
  }
}

// Greets the names on standard input.
static void greet(void) {
  char name[64];
  while (printf("name? "), fflush(stdout), fgets(name, sizeof name, stdin)) {
    name[strcspn(name, "\n")] = 0;
    int length = (int)strlen(name);
    printf("hello %s %d\n", name, length);
  }
  puts("bye");
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  for (int i = 0; i < 5000; i++)
    squares[i] = i * i;
  if (strcmp(mode, "bytes") == 0) {
    bytes("n\xc3\xa9" "e \xf0\x9f\xa6\x80 \xc3");
    return 5;
  }
  if (strcmp(mode, "greet") == 0) {
    greet();
    return 3;
  }
  if (strcmp(mode, "env") == 0) {
    const char *a = getenv("A"), *b = getenv("B");
    printf("A=%s B=%s\n", a ? a : "-", b ? b : "-");
    FILE *f = fopen("note.txt", "r");
    char line[64] = "no file";
    if (f)
      fgets(line, sizeof line, f);
    printf("note: %s\n", line);
    return 0;
  }
  if (strcmp(mode, "flood") == 0)
    for (int i = 0; i < 2000000; i++)
      printf("line %d of a flood\n", i);
  printf("turning");
  fflush(stdout);
  for (unsigned long n = 0;; n++)
    turn(n);
}
