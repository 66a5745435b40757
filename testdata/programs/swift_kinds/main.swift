// Swift's kinds of types, in embedded Swift: structures, enums with and without payloads, optionals, tuples,
// classes with inheritance, generics, closures, arrays, protocols with a dynamic type, loops and recursion.

func show(_ text: StaticString, _ number: Int) {
    print(text, terminator: " ")
    print(number)
}

struct Point {
    var x: Int32
    var y: Int32
    func norm() -> Int32 { return x * x + y * y }
}

struct Size {
    var width: Double
    var height: Float
    var exact: Bool
}

enum Direction: UInt8 {
    case north = 1, east, south, west
}

enum Shape {
    case dot
    case circle(Int32)
    case box(Point, Point)
}

indirect enum Expr {
    case number(Int)
    case sum(Expr, Expr)
}

struct Pair<A, B> {
    var first: A
    var second: B
}

class Account {
    var owner: StaticString
    var balance: Int
    init(owner: StaticString, balance: Int) {
        self.owner = owner
        self.balance = balance
    }
    func deposit(_ amount: Int) -> Int {
        balance += amount
        return balance
    }
}

final class Savings: Account {
    var rate: Double = 0.5
    override func deposit(_ amount: Int) -> Int {
        let interest = Int(Double(amount) * rate)
        return super.deposit(amount + interest)
    }
}

func area(_ shape: Shape) -> Int32 {
    switch shape {
    case .dot:
        return 0
    case .circle(let radius):
        return 3 * radius * radius
    case .box(let from, let to):
        let width = to.x - from.x
        let height = to.y - from.y
        return width * height
    }
}

func value(_ e: Expr) -> Int {
    switch e {
    case .number(let n):
        return n
    case .sum(let left, let right):
        return value(left) + value(right)
    }
}

func apply(_ times: Int, _ body: (Int) -> Int) -> Int {
    var total = 0
    for i in 1...times {
        total += body(i)
    }
    return total
}

// What has been made is kept: to free an object, embedded Swift 6.0 calls its destructor with another signature
// than it has.
nonisolated(unsafe) var accounts: (Account, Account)? = nil
nonisolated(unsafe) var lists: ([Int], [Point])? = nil
nonisolated(unsafe) var tree: Expr? = nil

func kinds(_ seed: Int) -> Int {
    let point = Point(x: Int32(seed) + 2, y: -4)
    let size = Size(width: 2.5, height: 0.75, exact: true)
    let heading = Direction.south
    let dot = Shape.dot
    let circle = Shape.circle(5)
    let box = Shape.box(Point(x: 1, y: 2), Point(x: 4, y: 6))
    let some: Int32? = 7
    let none: Int32? = nil
    let maybe: Point? = Point(x: 8, y: 9)
    let tuple = (seed, 2.5, true)
    let pair = Pair(first: UInt16(300), second: point)
    let wide: UInt64 = 18_446_744_073_709_551_615
    let byte: Int8 = -100
    let letter: Unicode.Scalar = "é"
    let account = Account(owner: "Ada", balance: 10)
    let savings: Account = Savings(owner: "Bo", balance: 20)
    let numbers = [3, 1, 4, 1, 5]
    let points = [point, Point(x: 0, y: 1)]
    let sum = Expr.sum(.number(seed), .sum(.number(2), .number(3)))
    accounts = (account, savings)
    lists = (numbers, points)
    tree = sum
    let captured = seed * 10
    let total = apply(3) { $0 + captured }
    show("area", Int(area(dot) + area(circle) + area(box)))
    show("deposits", account.deposit(5) + savings.deposit(8))
    var result = Int(point.norm()) + value(sum) + total
    for n in numbers { result += n }
    result += points.count + Int(heading.rawValue) + Int(some ?? 0) + Int(none ?? 1)
    result += Int(maybe!.x) + tuple.0 + Int(pair.first) + Int(byte) + Int(size.width)
    return result + Int(letter.value) + Int(wide >> 60)
}

@_cdecl("__main_argc_argv")
public func main(_ count: Int32, _ arguments: UnsafeRawPointer?) -> Int32 {
    show("kinds", kinds(Int(count)))
    return 0
}
