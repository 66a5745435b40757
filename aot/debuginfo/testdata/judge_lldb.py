# Runs inside of lldb. Reads addresses from the file JUDGE_IN, one hexadecimal number in a line,
# and writes what lldb knows of each to the file JUDGE_OUT, one JSON object in a line; then the
# types, likewise.
import json
import os

import lldb


def scope(block, target):
    """Names of variables and parameters from block to the end of its function or inlined copy."""
    names = []
    while block.IsValid():
        names += [v.GetName() for v in block.GetVariables(target, True, True, True) if v.GetName()]
        if block.IsInlined():
            return names, block
        block = block.GetParent()
    return names, block


def at(target, addr):
    a = target.ResolveFileAddress(addr)
    c = a.GetSymbolContext(lldb.eSymbolContextEverything)
    line = c.GetLineEntry()
    answer = {"addr": addr, "file": line.GetFileSpec().GetFilename() or "", "line": line.GetLine() if line.IsValid() else 0, "column": line.GetColumn(), "chain": [], "vars": []}
    f = c.GetFunction()
    if not f.IsValid():
        return answer
    block = c.GetBlock()
    names, inlined = scope(block, target)
    answer["vars"] = names
    while inlined.IsValid() and inlined.IsInlined():
        answer["chain"].append({"name": inlined.GetInlinedName(), "call": inlined.GetInlinedCallSiteLine()})
        _, inlined = scope(inlined.GetParent(), target)
    answer["chain"].append({"name": f.GetName(), "linkage": f.GetMangledName() or ""})
    return answer


def struct(t):
    fields = []
    for i in range(t.GetNumberOfDirectBaseClasses()):
        b = t.GetDirectBaseClassAtIndex(i)
        fields.append({"name": b.GetName(), "bit": b.GetOffsetInBits(), "bits": 0, "size": b.GetType().GetByteSize(), "base": True})
    for i in range(t.GetNumberOfFields()):
        f = t.GetFieldAtIndex(i)
        if not f.GetName():
            continue
        fields.append({
            "name": f.GetName(), "bit": f.GetOffsetInBits(), "bits": f.GetBitfieldSizeInBits() if f.IsBitfield() else 0,
            "size": f.GetType().GetByteSize(), "base": False,
        })
    return {"name": t.GetName(), "size": t.GetByteSize(), "fields": fields}


def __lldb_init_module(debugger, _):
    target = debugger.GetTargetAtIndex(0)
    with open(os.environ["JUDGE_IN"]) as f, open(os.environ["JUDGE_OUT"], "w") as out:
        for l in f:
            json.dump(at(target, int(l, 16)), out)
            out.write("\n")
        names = set()
        for t in target.GetModuleAtIndex(0).GetTypes(lldb.eTypeClassStruct | lldb.eTypeClassUnion | lldb.eTypeClassClass):
            if t.IsTypeComplete() and t.GetName() and t.GetName() not in names:
                names.add(t.GetName())
                json.dump(struct(t), out)
                out.write("\n")
