// What users of a class see: nothing of what its parts are.
struct Impl;
enum class Mode : int;
class Widget {
public:
    enum Kind { None = 1, Few, Many };
    explicit Widget(int n);
    int scaled(int by, int more = 1) const;
    virtual int area() const;
    int id;
    Impl *impl;
    Mode mode;
    Kind kind = Few;
};
namespace deep {
class Hidden;
enum Depth { None = 7, Low };
Hidden *hidden();
}
struct Both; // each of the two units has its own
extern "C" void *both();
Widget *widget();
struct Nowhere;
