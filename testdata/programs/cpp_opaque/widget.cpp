#include "widget.h"

enum class Mode : int { Off, On };
struct Impl {
    int width, height;
};
struct Both {
    int small;
};
static Impl impl{3, 4};
Widget::Widget(int n) : id(n), impl(&::impl), mode(Mode::On) {}
int Widget::area() const { return impl->width * impl->height; }
int Widget::scaled(int by, int more) const { return id * by + more; }
Widget *widget() {
    static Widget one(7);
    return &one;
}
extern "C" void *both() {
    static Both b{1};
    return &b;
}
