// Swift calls putchar by its own convention, with two more arguments.
#include <stdio.h>

int swift_putchar(int c, void *self, void *error) __asm__("putchar");

int swift_putchar(int c, void *self, void *error) { return fputc(c, stdout); }
