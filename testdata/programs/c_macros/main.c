#define SCALE 10
#include "limits.h"
#define SCALED(x) ((x) * SCALE)

int scaled(int n)
{
	int result = 0;
	if (BETWEEN(n))
		result = SCALED(n);
	return result;
}
#undef SCALE
#define SCALE 100
#include "limits.h"

int scaled_more(int n)
{
	return SCALED(n) + HIGHEST;
}
