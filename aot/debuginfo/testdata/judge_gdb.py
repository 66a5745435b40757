# Runs inside of gdb. Reads addresses from the file JUDGE_IN, one hexadecimal number in a line,
# and writes what gdb knows of each to the file JUDGE_OUT, one JSON object in a line; then the
# types, likewise.
import json
import os

import gdb


def variables(block):
    """Names of variables and parameters from block to the end of its function or inlined copy."""
    names = []
    while block is not None and not block.is_global and not block.is_static:
        names += [s.name for s in block if s.is_variable or s.is_argument or s.is_constant]
        if block.function is not None:
            return names, block
        block = block.superblock
    return names, block


def at(addr):
    sal = gdb.find_pc_line(addr)
    answer = {"addr": addr, "file": sal.symtab.filename if sal.symtab else "", "line": sal.line, "chain": [], "vars": []}
    block = gdb.block_for_pc(addr)
    first = True
    while block is not None and not block.is_global and not block.is_static:
        names, block = variables(block)
        if block is None or block.function is None:
            break
        answer["chain"].append({"name": block.function.name, "linkage": block.function.linkage_name})
        if first:
            answer["vars"] = names
            first = False
        block = block.superblock
    return answer


def struct(t):
    fields = []
    for f in t.fields():
        if f.name is None or not hasattr(f, "bitpos"):
            continue
        fields.append({"name": f.name, "bit": f.bitpos, "bits": f.bitsize, "size": f.type.sizeof, "base": f.is_base_class})
    return {"name": t.name or t.tag, "size": t.sizeof, "fields": fields}


with open(os.environ["JUDGE_IN"]) as f, open(os.environ["JUDGE_OUT"], "w") as out:
    seen = {}
    for l in f:
        addr = int(l, 16)
        json.dump(at(addr), out)
        out.write("\n")
        sal = gdb.find_pc_line(addr)
        if sal.symtab and sal.symtab.filename not in seen:
            seen[sal.symtab.filename] = sal.symtab
    names = set()
    for symtab in seen.values():
        for s in symtab.static_block():
            t = s.type
            if s.addr_class != gdb.SYMBOL_LOC_TYPEDEF or t is None:
                continue
            t = t.strip_typedefs()
            if t.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION) and (t.name or t.tag) and (t.name or t.tag) not in names:
                names.add(t.name or t.tag)
                json.dump(struct(t), out)
                out.write("\n")
