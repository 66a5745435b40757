// What wordparts.cpp needs, apart from it and without debug information.
void look() { asm volatile("" ::: "memory"); }
void operator delete(void *, __SIZE_TYPE__) noexcept {}
int main();
extern "C" void _start() { main(); }
