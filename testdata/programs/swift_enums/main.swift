// Enums of Swift in all the ways in which their cases are told apart: behind the payload, in bits or in values that it does not use.

final class Node { var n: Int; var next: Node?; init(_ n: Int) { self.n = n; self.next = nil } }
enum Dir: UInt8 { case a, b, c }
enum Two { case node(Node), other(Node), none, gone }
enum Small { case byte(UInt8), x, y, z }
enum Word { case half(UInt16), small(UInt8), p, q }
enum Bools { case f(Bool), g(Bool), h }
struct BI { var b: Bool; var i: Int16 }
enum Mixed { case l(BI), r(BI) }
enum Solo { case flag(Bool), m, n }
indirect enum List { case empty, node(Int, List) }
enum Big { case ab(Int64, Int64), c(Node), d }
enum Opt2 { case v(Dir), w, x }
struct Holder { var node: Node; var d: Dir }
struct Gen<T> { var a: UInt8; var t: T; var o: T? }
nonisolated(unsafe) var keep: [Node] = []
nonisolated(unsafe) var keepL: List? = nil
@inline(never) func run(_ k: Int) -> Int {
  let n1 = Node(k + 1), n2 = Node(k + 2)
  n1.next = n2
  keep = [n1, n2]
  let t1 = Two.node(n1), t2 = Two.other(n2), t3 = Two.none, t4 = Two.gone
  let s1 = Small.byte(200), s2 = Small.x, s3 = Small.z
  let w1 = Word.half(60000), w2 = Word.small(7), w3 = Word.p, w4 = Word.q
  let b1 = Bools.f(true), b2 = Bools.g(false), b3 = Bools.h
  let m1 = Mixed.l(BI(b: true, i: -2)), m2 = Mixed.r(BI(b: false, i: 77))
  let so1 = Solo.flag(true), so2 = Solo.m, so3 = Solo.n
  let l = List.node(1, .node(2, .empty))
  keepL = l
  let le = List.empty
  let g1 = Big.ab(1, -2), g2 = Big.c(n1), g3 = Big.d
  let o1: Int32?? = 5, o2: Int32?? = .some(nil), o3: Int32?? = nil
  let ob: Bool? = false, ob2: Bool? = nil
  let od: Dir? = .c, od2: Dir? = nil
  let v1 = Opt2.v(.b), v2 = Opt2.w, v3 = Opt2.x
  let on: Node? = n2, on2: Node? = nil
  let oh: Holder? = Holder(node: n1, d: .b), oh2: Holder? = nil
  let os: Small? = .y, os2: Small? = nil
  let ot: Two? = .gone, ot2: Two? = nil
  let oa: [Node]? = keep, oa2: [Node]? = nil
  let ge = Gen<Int16>(a: 9, t: -5, o: 3), ge2 = Gen<Node>(a: 8, t: n2, o: nil)
  let us: Unicode.Scalar? = "z"
  let f: Float? = 1.5
  let u: () = ()
  let total = keep.count
  print(total)
  return total + use(t1,t2,t3,t4,s1,s2,s3,w1,w2,w3,w4,b1,b2,b3,m1,m2) + use2(so1,so2,so3,l,le,g1,g2,g3,o1,o2,o3,ob,ob2,od,od2) + use3(v1,v2,v3,on,on2,oh,oh2,os,os2,ot,ot2,oa,oa2,ge,ge2) + use4(us, f)
}
@inline(never) func use(_ a: Two,_ b: Two,_ c: Two,_ d: Two,_ e: Small,_ f: Small,_ g: Small,_ h: Word,_ i: Word,_ j: Word,_ k: Word,_ l: Bools,_ m: Bools,_ n: Bools,_ o: Mixed,_ p: Mixed) -> Int { return 1 }
@inline(never) func use2(_ a: Solo,_ b: Solo,_ c: Solo,_ d: List,_ e: List,_ f: Big,_ g: Big,_ h: Big,_ i: Int32??,_ j: Int32??,_ k: Int32??,_ l: Bool?,_ m: Bool?,_ n: Dir?,_ o: Dir?) -> Int { return 1 }
@inline(never) func use3(_ a: Opt2,_ b: Opt2,_ c: Opt2,_ d: Node?,_ e: Node?,_ f: Holder?,_ g: Holder?,_ h: Small?,_ i: Small?,_ j: Two?,_ k: Two?,_ l: [Node]?,_ m: [Node]?,_ n: Gen<Int16>,_ o: Gen<Node>) -> Int { return 1 }
@inline(never) func use4(_ a: Unicode.Scalar?,_ b: Float?) -> Int { return 1 }
@_cdecl("__main_argc_argv")
public func main(_ count: Int32, _ arguments: UnsafeRawPointer?) -> Int32 { print(run(Int(count))); return 0 }
