package command

// expressionHelp is what help expressions prints; docs/expressions.md has examples.
const expressionHelp = `Expressions are those of Rust and of C and C++. The rules are the frame's language's: the width of numbers,
what binds tighter, what may be mixed.

  names       x  self.x  this->x  crate::m::STATIC  Color::Red  ns::f  main.c::count  f::its_static
  paths       order.items[0]  tuple.0  p->next  *p  &x  map["key"]  v[1..3]  p[0..8]  s[..=4]  a@4 (4 values from a on)
  literals    42  0xff  0b101  0o17  1_000u64  10UL  1.5f32  1e3  'c'  b'c'  "s"  b"s"  true  nullptr
  operators   + - * / % << >> & | ^ ~ ! == != < <= > >= && ||  c ? a : b  if c { a } else { b }
  casts       x as u8  p as *const Order  (char)x  (struct node *)p  static_cast<int>(x)  {int}0x1000  sizeof(T)  size_of::<T>()
  tests       state == State::Done  x == Some(3)  x is Some(1..=5)  matches!(x, Some(_))  v == [1, 2]  name == "a"
  methods     of standard types: x.is_some() x.unwrap() v.len() v.is_empty() v.contains(&3) s.starts_with("a") m.get("k") …
  iterators   v.iter().map(|x| x.qty).sum()  v.iter().any(|x| *x > 3)  m.keys().max()  (1..=4).map(|n| n * n)  option.map_or(0, |x| x + 1) …
  functions   fib(10)  order.total()  shape->area()  list_push(&l, 3): runs the program's function, in conditions too
  assignment  x = 5  order.items[0].count += 1  *p = 3  option = Some(4)  state = State::Done  a = b (whole structures)
              p = Point { x: 1, y: 2 }  p = {1, 2} (C)  list = [1, 2, 3]  tuple = (1, 'a')
  kept values $ (last printed)  $$ (before it)  $3  $name = expression  $ret (what a finished function returned)
  machine     $pc $sp $fp $rax … $local3 $global0 $stack0 (WebAssembly's places)
`
