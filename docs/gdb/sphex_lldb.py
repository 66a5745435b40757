"""lldb settings and formatters for programs that `sphex run --gdb` runs.

    lldb -o 'command script import docs/gdb/sphex_lldb.py' -- sphex run --gdb app.wasm

A pointer of such a program is four bytes long and counts from the start of linear memory,
whose address is in register r14 of every frame. lldb takes every pointer for one of eight
bytes in the address space of the process. With this script it shows the four bytes, the text
behind pointers to characters, and what other pointers refer to as their child; the command

    deref VARIABLE [INDEX]

shows what a pointer refers to, or the INDEX-th value behind it. VARIABLE is a path as for
`frame variable`. Nothing of this calls a function of the program: memory is only read.
"""

import lldb

MAX_STRING = 200
POINTER = r"^.*([*&]|\([*&]\).*)( (const|volatile|restrict))*$"


def memory_base(value):
    """The address of linear memory in the frame of a value, None outside of such programs."""
    frame = value.GetFrame()
    if not frame.IsValid():
        return None
    name = frame.GetModule().GetFileSpec().GetFilename()
    if name is None or not name.startswith("JIT("):
        return None
    return frame.FindRegister("r14").GetValueAsUnsigned()


def offset_of(value):
    """The offset in linear memory that a pointer or reference holds."""
    return value.GetNonSyntheticValue().GetValueAsUnsigned() & 0xFFFFFFFF


def target_type(value):
    t = value.GetType().GetCanonicalType()
    return t.GetDereferencedType() if t.IsReferenceType() else t.GetPointeeType()


def deref(value, index=0, name="*"):
    base = memory_base(value)
    t = target_type(value)
    if base is None or t.GetByteSize() == 0:
        return None
    at = base + offset_of(value) + index * t.GetByteSize()
    return value.CreateValueFromAddress(name, at, t)


def text(value, base, offset):
    error = lldb.SBError()
    s = value.GetProcess().ReadCStringFromMemory(base + offset, MAX_STRING, error)
    return '"%s"' % s if error.Success() else "<outside of linear memory>"


def pointer_summary(value, _):
    base = memory_base(value)
    if base is None:
        return None
    at = offset_of(value)
    t = target_type(value).GetCanonicalType().GetUnqualifiedType()
    if at != 0 and t.GetName() == "char":
        return "0x%x %s" % (at, text(value, base, at))
    return "0x%x" % at


class PointerChildren:
    """The only child of a pointer is what it refers to."""

    def __init__(self, value, _):
        self.value = value
        self.target = None

    def update(self):
        self.target = None
        t = target_type(self.value)
        if memory_base(self.value) is not None and offset_of(self.value) != 0 and not t.IsFunctionType():
            self.target = deref(self.value)

    def num_children(self):
        return 0 if self.target is None else 1

    def get_child_at_index(self, i):
        return self.target

    def get_child_index(self, name):
        return 0


def deref_command(debugger, command, context, result, _):
    words = command.split()
    frame = context.GetFrame()
    if not words or len(words) > 2:
        result.SetError("usage: deref VARIABLE [INDEX]")
        return
    value = frame.GetValueForVariablePath(words[0])
    if not value.IsValid():
        result.SetError("no variable %s in this frame" % words[0])
        return
    if not value.GetType().GetCanonicalType().IsPointerType() and not value.GetType().GetCanonicalType().IsReferenceType():
        result.SetError("%s is no pointer" % words[0])
        return
    found = deref(value, int(words[1], 0) if len(words) > 1 else 0, "*" + words[0])
    if found is None or found.GetError().Fail():
        result.SetError("nothing can be read behind %s" % words[0])
        return
    result.AppendMessage(str(found))


def __lldb_init_module(debugger, _):
    for line in (
        "settings set plugin.jit-loader.gdb.enable on",
        "process handle -p true -s false -n false SIGURG",
        "type summary add -w sphex -v -F %s.pointer_summary -x '%s'" % (__name__, POINTER),
        "type synthetic add -w sphex -l %s.PointerChildren -x '%s'" % (__name__, POINTER),
        "type category enable sphex",
        "command script add -o -f %s.deref_command deref" % __name__,
    ):
        debugger.HandleCommand(line)
