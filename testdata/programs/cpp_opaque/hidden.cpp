#include "widget.h"

struct Both {
    int large[4];
};
namespace deep {
class Hidden {
public:
    int secret;
    Hidden *next;
};
static Hidden second{43, nullptr}, first{42, &second};
Hidden *hidden() { return &first; }
Both unused;
}
Both other;
