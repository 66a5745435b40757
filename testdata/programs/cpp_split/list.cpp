#include "list.h"

static int calls;

// The costs go through a list, so that both units have its type.
int total(const Item *items, int n, int *largest) {
	List<int, 8> costs;
	calls++;
	*largest = 0;
	for (int i = 0; i < n; i++) {
		int cost = items[i].cost();
		if (cost > *largest)
			*largest = cost;
		costs.push(cost);
	}
	return costs.sum();
}
