#include "list.h"

struct Text {
	const char *at;
	unsigned size;
};

extern "C" __attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int
fd_write(int fd, const Text *texts, int n, unsigned *written);

enum class Mood { calm = 1, eager = 7 };

Mood mood = Mood::eager;

void print(int n) {
	char digits[12];
	int at = sizeof digits;
	digits[--at] = '\n';
	do {
		digits[--at] = '0' + n % 10;
		n /= 10;
	} while (n > 0);
	Text text{digits + at, unsigned(sizeof digits - at)};
	unsigned written;
	fd_write(1, &text, 1, &written);
}

extern "C" void _start() {
	const Item items[] = {{3, 4}, {10, 5}, {7, 1}};
	int largest;
	int sum = total(items, 3, &largest);
	print(sum);
	print(largest);
	List<int, 8> both;
	both.push(sum);
	both.push(largest);
	print(both.sum() + int(mood));
}
