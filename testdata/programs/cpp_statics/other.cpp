#include "counted.h"
// This unit knows the class and does not use its members that change.
int elsewhere(int x) {
  Counted *none = nullptr;
  int more = x + Counted::limit + (none ? 1 : 0);
  return more;
}
