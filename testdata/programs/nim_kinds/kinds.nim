# Values of Nim for debuggers.
type
  Point = object
    x, y: int32
    name: string
  Node = ref object
    name: string
    next: Node

proc stop(list: openArray[pointer]) {.noinline.} =
  if list.len == 99: echo "never"

proc main() =
  var text = "hello"
  var empty = ""
  var numbers = @[1, 4, 9]
  var none: seq[int]
  var words = @["one", "two"]
  var points = @[Point(x: 1, y: 2, name: "one"), Point(x: 3, y: 4, name: "two")]
  var pair = (3, "three")
  var octets = @[1'u8, 2, 255]
  var node = Node(name: "first", next: Node(name: "second"))
  stop([pointer(addr text), addr empty, addr numbers, addr none, addr words, addr points, addr pair, addr octets, addr node])
  text.add "!"
main()
