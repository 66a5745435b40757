#include "widget.h"

struct Both {
    int large[4];
};
namespace deep {
class Hidden {
public:
    int secret;
    Hidden *next;
    Depth depth;
};
static Hidden second{43, nullptr, Low}, first{42, &second, None};
Hidden *hidden() { return &first; }
Both unused;
}
Both other;
