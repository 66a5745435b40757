// One unit of the big module: classes, templates and loops without the standard library.
// The generator copies the unit under other names: gen0000 stands for each copy's namespace.

namespace gen0000 {

template <typename T> struct Vec3 {
  T x, y, z;
  Vec3 operator+(const Vec3 &o) const { return {T(x + o.x), T(y + o.y), T(z + o.z)}; }
  Vec3 operator-(const Vec3 &o) const { return {T(x - o.x), T(y - o.y), T(z - o.z)}; }
  Vec3 operator*(T k) const { return {T(x * k), T(y * k), T(z * k)}; }
  T dot(const Vec3 &o) const { return x * o.x + y * o.y + z * o.z; }
  T length2() const { return dot(*this); }
};

template <typename T, int Rows, int Cols> struct Matrix {
  T cell[Rows][Cols];

  static Matrix identity() {
    Matrix m;
    for (int r = 0; r < Rows; r++)
      for (int c = 0; c < Cols; c++)
        m.cell[r][c] = r == c ? T(1) : T(0);
    return m;
  }
  template <int Other> Matrix<T, Rows, Other> operator*(const Matrix<T, Cols, Other> &o) const {
    Matrix<T, Rows, Other> out;
    for (int r = 0; r < Rows; r++)
      for (int c = 0; c < Other; c++) {
        T sum = 0;
        for (int k = 0; k < Cols; k++)
          sum += cell[r][k] * o.cell[k][c];
        out.cell[r][c] = sum;
      }
    return out;
  }
  T trace() const {
    T sum = 0;
    for (int r = 0; r < Rows && r < Cols; r++)
      sum += cell[r][r];
    return sum;
  }
};

template <typename T, int N> class Ring {
public:
  void push(const T &v) { slots_[head_++ % N] = v; }
  const T &at(int i) const { return slots_[(head_ + N - 1 - i) % N]; }
  template <typename F> T fold(T start, F f) const {
    for (int i = 0; i < N; i++)
      start = f(start, slots_[i]);
    return start;
  }

private:
  T slots_[N] = {};
  unsigned head_ = 0;
};

class Body {
public:
  Body(Vec3<double> at, Vec3<double> speed, double mass) : at_(at), speed_(speed), mass_(mass) {}
  virtual ~Body() = default;
  virtual void step(double dt) { at_ = at_ + speed_ * dt; }
  virtual double energy() const { return 0.5 * mass_ * speed_.length2(); }
  const Vec3<double> &at() const { return at_; }

protected:
  Vec3<double> at_, speed_;
  double mass_;
  static int steps_;
};
int Body::steps_ = 0;

class Planet : public Body {
public:
  enum Kind { Rock, Gas, Ice };
  Planet(Vec3<double> at, Vec3<double> speed, double mass, Kind kind) : Body(at, speed, mass), kind_(kind) {}
  void step(double dt) override {
    Vec3<double> pull = at_ * (-1.0 / (1 + at_.length2()));
    speed_ = speed_ + pull * dt;
    Body::step(dt);
    trail_.push(at_.x);
    steps_++;
  }
  double energy() const override {
    double trail = trail_.fold(0.0, [](double a, double b) { return a + b; });
    return Body::energy() + (kind_ == Gas ? trail : -trail);
  }

private:
  Kind kind_;
  Ring<double, 16> trail_;
};

class Probe : public Planet {
public:
  union Signal {
    unsigned word;
    unsigned char bytes[4];
  };
  Probe(Vec3<double> at, int id) : Planet(at, {1, 0, 0}, 1, Rock), id_(id) {}
  void step(double dt) override {
    Planet::step(dt);
    signal_.word = signal_.word * 1664525u + 1013904223u + id_;
  }
  unsigned signal() const { return signal_.bytes[1] ^ signal_.bytes[3]; }

private:
  int id_;
  Signal signal_{};
};

template <typename A, typename B> struct Pair {
  A first;
  B second;
};

template <typename T> void sort(T *from, T *to) {
  if (to - from < 2)
    return;
  T pivot = from[(to - from) / 2];
  T *lo = from, *hi = to - 1;
  while (lo <= hi) {
    while (lo->second < pivot.second)
      lo++;
    while (pivot.second < hi->second)
      hi--;
    if (lo <= hi) {
      T t = *lo;
      *lo++ = *hi;
      *hi-- = t;
    }
  }
  sort(from, hi + 1);
  sort(lo, to);
}

template <int N> int matrices(int n) {
  auto m = Matrix<int, N, N>::identity();
  for (int i = 0; i < N; i++)
    m.cell[i][(i + 1) % N] = n % 5;
  auto p = m;
  for (int i = 0; i < 3; i++)
    p = p * m;
  return p.trace() + matrices<N - 1>(n);
}
template <> int matrices<1>(int n) { return n; }

int run(int n) {
  Planet planet({1, 2, 3}, {0, 1, 0}, 5, Planet::Gas);
  Probe probe({4, 5, 6}, n);
  Body stone({7, 8, 9}, {1, 1, 1}, 2);
  Body *bodies[] = {&planet, &probe, &stone};
  for (int i = 0; i < n; i++)
    for (Body *body : bodies)
      body->step(0.125);
  double sum = 0;
  for (Body *body : bodies)
    sum += body->energy() + body->at().dot({1, 1, 1});
  Pair<int, unsigned> pairs[64];
  for (int i = 0; i < 64; i++)
    pairs[i] = {i, (probe.signal() * 2654435761u + i * 40503u) % 1000};
  sort(pairs, pairs + 64);
  int total = matrices<8>(n);
  for (int i = 0; i < 64; i++)
    total = (total * 31 + pairs[i].first) % 1000003;
  return total + static_cast<int>(sum) % 1000;
}

} // namespace gen0000
