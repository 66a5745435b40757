#pragma once

// A list whose nodes lie in an array.
template <typename T, int N> struct List {
	struct Node {
		T value;
		int next;
	};
	Node nodes[N];
	int count = 0, head = -1;

	bool push(T v) {
		if (count == N)
			return false;
		nodes[count] = {v, head};
		head = count++;
		return true;
	}
	T sum() const {
		T total{};
		for (int i = head; i >= 0; i = nodes[i].next)
			total += nodes[i].value;
		return total;
	}
};

struct Item {
	int price, pieces;
	int cost() const { return price * pieces; }
};

int total(const Item *items, int n, int *largest);
void print(int n);
