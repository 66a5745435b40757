"""gdb commands for programs that `sphex run --gdb` runs.

    gdb -x docs/gdb/sphex.py --args sphex run --gdb app.wasm

A pointer of such a program is four bytes long and counts from the start of linear memory,
whose address is in register r14 of every frame. gdb would follow it as an address of the
process. This script prints what pointers to characters, Rust's &str and String, slices and
Vec refer to, and adds functions for expressions:

    print $deref(p)         what p points to, as *p
    print $deref(p, 3)      the fourth element behind p, as p[3]
    x/16xb $native(p)       the address of the process that p means

Nothing of this calls a function of the program: memory is only read.
"""

import gdb
import gdb.printing

MAX_STRING = 200
MAX_ITEMS = 200


def memory_base():
    """The address of linear memory in the selected frame, None outside of such programs."""
    try:
        frame = gdb.selected_frame()
        symbols = frame.find_sal().symtab
        objfile = symbols.objfile if symbols else None
        if objfile is None or not objfile.filename.startswith("<in-memory"):
            return None
        return int(frame.read_register("r14"))
    except (gdb.error, ValueError):
        return None


def is_pointer(t):
    return t.code in (gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF) and t.sizeof == 4


def address(value):
    """The offset in linear memory that a pointer or reference holds."""
    t = value.type.strip_typedefs()
    if t.code != gdb.TYPE_CODE_PTR:
        # A reference cannot be converted: gdb would follow it first.
        return int.from_bytes(bytes(value.bytes), "little") if hasattr(value, "bytes") else int(value.address)
    return int(value) & 0xFFFFFFFF


def read(base, offset, size):
    return bytes(gdb.selected_inferior().read_memory(base + offset, size))


def deref(value, index=0):
    """The value that a pointer refers to, or the index-th behind it."""
    t = value.type.strip_typedefs()
    if not is_pointer(t):
        raise gdb.GdbError("this is no pointer of the program")
    base = memory_base()
    if base is None:
        raise gdb.GdbError("the selected frame is not of the program")
    target = t.target()
    if target.strip_typedefs().code in (gdb.TYPE_CODE_VOID, gdb.TYPE_CODE_FUNC):
        raise gdb.GdbError("a pointer to %s has no value behind it" % target)
    at = address(value) + int(index) * target.sizeof
    return gdb.Value(read(base, at, target.sizeof), target)


class Deref(gdb.Function):
    """$deref(pointer [, index]): what a pointer into linear memory refers to."""

    def __init__(self):
        super().__init__("deref")

    def invoke(self, value, index=0):
        return deref(value, index)


class Native(gdb.Function):
    """$native(pointer): the address of the process that a pointer into linear memory means."""

    def __init__(self):
        super().__init__("native")

    def invoke(self, value):
        base = memory_base()
        if base is None:
            raise gdb.GdbError("the selected frame is not of the program")
        return base + (address(value) if is_pointer(value.type.strip_typedefs()) else int(value))


def text(base, offset, length=None):
    """A string of linear memory, quoted; without a length it ends at a zero."""
    limit = MAX_STRING if length is None else min(length, MAX_STRING)
    data = b""
    while len(data) < limit:
        # The end of memory may be near: not more than to the end of its smallest unit.
        n = min(limit - len(data), 64 - (offset + len(data)) % 64)
        data += read(base, offset + len(data), n)
        if length is None and 0 in data:
            data = data[: data.index(0)]
            length = len(data)
            break
    more = "..." if length is None or length > len(data) else ""
    quoted = data.decode("utf-8", "backslashreplace").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"%s"%s' % (quoted, more)


class PointerPrinter:
    """A pointer: its offset in linear memory, and the text behind a pointer to characters."""

    def __init__(self, value, base):
        self.value, self.base = value, base

    def to_string(self):
        at = address(self.value)
        target = self.value.type.strip_typedefs().target().unqualified().strip_typedefs()
        if at != 0 and target.sizeof == 1 and target.code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_CHAR) and target.name == "char":
            try:
                return "0x%x %s" % (at, text(self.base, at))
            except gdb.error:
                return "0x%x <outside of linear memory>" % at
        return "0x%x" % at


class RustTextPrinter:
    """&str and String."""

    def __init__(self, at, length, base):
        self.at, self.length, self.base = at, length, base

    def to_string(self):
        try:
            return text(self.base, self.at, self.length)
        except gdb.error:
            return "0x%x <outside of linear memory>" % self.at


class RustListPrinter:
    """&[T] and Vec<T>."""

    def __init__(self, name, element, at, length, base):
        self.name, self.element, self.at, self.length, self.base = name, element, at, length, base

    def to_string(self):
        return "%s(len: %d)" % (self.name, self.length)

    def children(self):
        size = self.element.sizeof
        for i in range(min(self.length, MAX_ITEMS)):
            yield "[%d]" % i, gdb.Value(read(self.base, self.at + i * size, size), self.element)

    def display_hint(self):
        return "array"


def field(value, *names):
    for name in names:
        value = value[name]
    return value


def first_pointer(value):
    """The pointer within nested structures such as Unique<NonNull<u8>>."""
    t = value.type.strip_typedefs()
    if is_pointer(t):
        return value
    if t.code == gdb.TYPE_CODE_STRUCT:
        for f in t.fields():
            if f.name is None or f.type.sizeof == 0:
                continue
            found = first_pointer(value[f])
            if found is not None:
                return found
    return None


def vec_parts(value):
    return address(first_pointer(value["buf"])), int(value["len"])


def lookup(value):
    t = value.type.strip_typedefs()
    base = None
    if is_pointer(t):
        base = memory_base()
        return PointerPrinter(value, base) if base is not None else None
    if t.code != gdb.TYPE_CODE_STRUCT or t.name is None:
        return None
    name = t.name
    try:
        if name in ("&str", "&mut str"):
            base = memory_base()
            if base is not None:
                return RustTextPrinter(address(value["data_ptr"]), int(value["length"]), base)
        elif name.startswith(("&[", "&mut [")):
            base = memory_base()
            if base is not None:
                element = value["data_ptr"].type.strip_typedefs().target()
                return RustListPrinter(name, element, address(value["data_ptr"]), int(value["length"]), base)
        elif name == "alloc::string::String":
            base = memory_base()
            if base is not None:
                return RustTextPrinter(*vec_parts(value["vec"]), base)
        elif name.startswith("alloc::vec::Vec<"):
            base = memory_base()
            if base is not None:
                return RustListPrinter("Vec", t.template_argument(0), *vec_parts(value), base)
    except (gdb.error, TypeError):
        return None
    return None


class Printers(gdb.printing.PrettyPrinter):
    def __call__(self, value):
        return lookup(value)


gdb.printing.register_pretty_printer(None, Printers("sphex"), replace=True)
Deref()
Native()

gdb.execute("set breakpoint pending on")
