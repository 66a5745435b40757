// A class with a member of the class that C++17 defines where it is declared: its declaration has
// its first value, its definition its place.
struct Counted {
  static inline int made = 3;
  static constexpr int limit = 12;
  static const int step = 2;
  static inline double rate = 0.5;
  int id;
  explicit Counted(int id) : id(id) { made += step; }
};
int elsewhere(int x);
