#include "widget.h"

int outcome;

static int peek(Widget *w, deep::Hidden *h, Impl &impl, Both *b, Nowhere *n) {
    outcome = w->area() + w->scaled(1) + !h + !b + !n;
    return outcome;
}

extern "C" void _start() { peek(widget(), deep::hidden(), *widget()->impl, (Both *)both(), nullptr); }
