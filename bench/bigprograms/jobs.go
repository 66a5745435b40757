package main

import "path/filepath"

// jobs are what the programs do. Those of Lua and SQLite need modules, which npm has not for WASI.
func jobs(dir, lua, sqlite string) []job {
	npm := filepath.Join(dir, "node_modules")
	list := []job{
		{
			Name: "clang compiles C", Module: filepath.Join(npm, "@yowasp/clang/gen/llvm.core.wasm"),
			Args:  []string{"clang", "-O2", "--target=wasm32-wasip1", "--sysroot=/usr", "-c", "/w/main.c", "-o", "/w/main.o"},
			Dirs:  map[string]string{"/usr": filepath.Join(dir, "resources")},
			Files: map[string]string{"main.c": cSource}, Output: "main.o",
		},
		{
			Name: "clang compiles C++ to text", Module: filepath.Join(npm, "@yowasp/clang/gen/llvm.core.wasm"),
			Args:  []string{"clang++", "-O1", "-g", "--target=wasm32-wasip1", "--sysroot=/usr", "-S", "/w/main.cpp", "-o", "/w/main.s"},
			Dirs:  map[string]string{"/usr": filepath.Join(dir, "resources")},
			Files: map[string]string{"main.cpp": cppSource}, Output: "main.s",
		},
	}
	for _, name := range []string{"ruby+stdlib", "ruby.debug+stdlib"} {
		list = append(list, job{
			Name: name, Module: filepath.Join(npm, "@ruby/3.4-wasm-wasi/dist", name+".wasm"), Args: []string{"ruby.wasm"},
			Ruby: rubySource, Output: "out.txt",
		})
	}
	if lua != "" {
		list = append(list, job{Name: "lua", Module: lua, Args: []string{"lua", "/w/main.lua", "27"}, Files: map[string]string{"main.lua": luaSource}})
	}
	if sqlite != "" {
		list = append(list, job{Name: "sqlite", Module: sqlite, Args: []string{"sqlite3", "/w/test.db"}, Stdin: sqlSource, Output: "test.db"})
	}
	return list
}

const cSource = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct node { struct node *left, *right; int key; char name[16]; };
static struct node *insert(struct node *n, int key) {
    if (!n) {
        n = calloc(1, sizeof *n);
        n->key = key;
        snprintf(n->name, sizeof n->name, "n%d", key);
    } else if (key < n->key) n->left = insert(n->left, key);
    else n->right = insert(n->right, key);
    return n;
}
static double sum(const struct node *n) { return n ? sum(n->left) + n->key * 0.5 + sum(n->right) : 0; }
int main(int argc, char **argv) {
    struct node *root = NULL;
    for (int i = 0; i < 1000; i++) root = insert(root, (i * 7919) % 1009);
    printf("%s %g\n", argc > 1 ? argv[1] : root->name, sum(root));
    return strlen(root->name) > 15;
}
`

const cppSource = `#include <algorithm>
#include <map>
#include <string>
#include <vector>
template <class T> T total(const std::vector<T> &v) { T t{}; for (auto &x : v) t += x; return t; }
struct shape { virtual ~shape() = default; virtual double area() const = 0; };
struct square : shape { double s = 2; double area() const override { return s * s; } };
int main() {
    std::map<std::string, std::vector<int>> m;
    for (int i = 0; i < 100; i++) m[std::to_string(i % 7)].push_back(i);
    std::vector<int> sums;
    for (auto &[k, v] : m) sums.push_back(total(v));
    std::sort(sums.begin(), sums.end(), [](int a, int b) { return a > b; });
    return sums[0] + square{}.area();
}
`

const rubySource = `
require "json"
require "set"
puts RUBY_VERSION
puts (1..10).map { |x| x * x }.sum
puts({a: [1, 2, {b: nil}], "c" => 1.5}.to_json, JSON.parse('{"x": [1.25, "y"]}').inspect)
puts "the quick brown fox jumps over the lazy dog the end".split.tally.sort_by { |k, v| [-v, k] }.inspect
begin; raise ArgumentError, "boom"; rescue => e; puts e.message, e.backtrace.size; end
f = Fiber.new { |x| y = Fiber.yield(x + 1); y * 2 }
puts f.resume(1), f.resume(10)
puts [3, 1, 2].sort.reverse.inspect, 2**200, "größe".upcase, "%.10f" % Math.sqrt(2)
def fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)
puts fib(24)
File.write("/w/out.txt", "from ruby\n" * 3)
puts File.read("/w/out.txt").lines.size, Dir.children("/w").sort.inspect
catch(:done) { 10.times { |i| throw :done if i == 3 }; puts "no" }
h = Hash.new { |k, v| k[v] = v * 2 }
20_000.times { |i| h[i] }
GC.start
puts h.values.sum, Set.new([1, 1, 2]).size, "abc".gsub(/[ac]/) { |m| m.ord.to_s }
def deep(n) = n == 0 ? 0 : 1 + deep(n - 1)
puts deep(500)
`

const luaSource = `
local n = tonumber(arg[1])
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(n))
local t = {}
for i = 1, 20000 do t[i] = tostring(i * 7919 % 10007) end
table.sort(t)
print(#t, t[1], t[#t], table.concat(t, ",", 1, 5))
print(string.format("%5.3f %q %x", math.pi, "a\nb", 255), ("größe"):len(), ("x"):rep(3, "-"))
for w, c in ("the quick the lazy"):gsub("the", "THE"):gmatch("%a+") do io.write(w, " ") end print()
print(select("#", 1, nil, nil), 7 // 2, 2^53, 1 << 40)
`

const sqlSource = `
CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, x REAL);
BEGIN;
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 20000) INSERT INTO t SELECT i, 'name ' || (i * 7919 % 1009), i / 3.0 FROM c;
COMMIT;
CREATE INDEX n ON t(name);
SELECT count(*), sum(x), min(name), max(name) FROM t;
SELECT name, count(*) AS k FROM t GROUP BY name ORDER BY k DESC, name LIMIT 5;
SELECT a.id, b.id FROM t a JOIN t b ON a.name = b.name AND a.id < b.id ORDER BY a.id, b.id LIMIT 3;
UPDATE t SET x = x * 2 WHERE id % 2; DELETE FROM t WHERE id % 3 = 0;
SELECT printf('%.6f', total(x)), group_concat(DISTINCT substr(name, 1, 5)) FROM t;
SELECT json_extract('{"a":[1,{"b":2}]}', '$.a[1].b'), hex(zeroblob(3)), 'größe' LIKE 'gr%';
PRAGMA integrity_check;
VACUUM;
SELECT page_count > 10 FROM pragma_page_count;
`
