// What users of a class see: nothing of what its parts are.
struct Impl;
enum class Mode : int;
class Widget {
public:
    explicit Widget(int n);
    virtual int area() const;
    int id;
    Impl *impl;
    Mode mode;
};
namespace deep {
class Hidden;
Hidden *hidden();
}
struct Both; // each of the two units has its own
extern "C" void *both();
Widget *widget();
struct Nowhere;
