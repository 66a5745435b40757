// Classes as a debugger must show them: bases, members, statics, virtual calls, templates,
// references, enum classes, namespaces, operators, std::string both short and long.
#include <cstdio>
#include <string>

namespace geo {

enum class Unit : unsigned char { Metre = 1, Foot = 3 };

struct Point {
  double x = 0, y = 0;
  Point operator+(const Point &o) const { return {x + o.x, y + o.y}; }
};

class Shape {
public:
  explicit Shape(std::string n) : name(std::move(n)) { ++count; }
  virtual ~Shape() { --count; }
  virtual double area() const = 0;
  static int count;

protected:
  std::string name;
  Unit unit = Unit::Metre;
};
int Shape::count = 0;

class Circle : public Shape {
public:
  Circle(Point c, double r) : Shape("circle"), centre(c), radius(r) {}
  double area() const override {
    double r2 = radius * radius;
    return 3.14159 * r2;
  }

private:
  Point centre;
  double radius;
};

class Label {
public:
  const char *text = "none";
  int size = 12;
};

class LabelledSquare : public Shape, public Label {
public:
  LabelledSquare(double s, const char *t) : Shape("a square with a name that is too long for the short form"), side(s) { text = t; }
  double area() const override { return side * side; }

private:
  double side;
};

template <typename T, int N> struct Ring {
  T items[N];
  int next = 0;
  void push(T v) {
    items[next % N] = v;
    next++;
  }
};

} // namespace geo

static double total(const geo::Shape &a, const geo::Shape *b) {
  double sum = a.area();
  sum += b->area();
  return sum;
}

int main(int argc, char **) {
  geo::Circle circle({1, 2}, 2.0);
  geo::LabelledSquare square(3.0, "blue");
  geo::Ring<int, 3> ring{};
  for (int i = 0; i < 4; i++)
    ring.push(i * argc);
  geo::Point p = geo::Point{1, 1} + geo::Point{0.5, -1};
  std::string text = "short";
  const std::string &alias = text;
  double geo::Point::*none = nullptr;
  double sum = total(circle, &square);
  std::printf("%d shapes, area %.3f, ring %d, point %.1f %s %d\n", geo::Shape::count, sum, ring.items[0], p.x + p.y, alias.c_str(), none == nullptr);
  return 0;
}
