// Values of many kinds for debuggers.
const Color = enum(u8) { red, green = 5, blue };
const Point = struct { x: i32, y: i32, name: []const u8 };
const Shape = union(enum) { circle: f64, square: i32, none };

const Text = extern struct { at: [*]const u8, size: usize };
extern "wasi_snapshot_preview1" fn fd_write(fd: i32, texts: *const Text, n: usize, written: *usize) u32;

var calls: i32 = 0;

fn fact(n: i32) i32 {
    calls += 1;
    if (n < 2) return 1;
    const rest = fact(n - 1);
    return n * rest;
}

fn sum(ps: []const Point) i32 {
    var total: i32 = 0;
    for (ps) |p| {
        const both = p.x + p.y;
        total += both;
    }
    return total;
}

fn print(text: []const u8) void {
    var written: usize = 0;
    const one = Text{ .at = text.ptr, .size = text.len };
    _ = fd_write(1, &one, 1, &written);
}

pub export fn _start() void {
    const ps = [_]Point{ .{ .x = 1, .y = 2, .name = "one" }, .{ .x = 3, .y = 4, .name = "two" } };
    var color = Color.green;
    var shape = Shape{ .circle = 2.5 };
    var maybe: ?i32 = 7;
    const f = fact(5);
    const s = sum(&ps);
    if (f == 120 and s == 10 and color == .green and shape.circle > 2 and maybe != null) print("right\n");
}

// Without this the standard library's comes with all of its debug information.
pub fn panic(_: []const u8, _: ?*@import("std").builtin.StackTrace, _: ?usize) noreturn {
    @trap();
}
