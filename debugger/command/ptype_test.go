package command

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"sphex/debugger"
	"sphex/internal/testneeds"
)

// The definitions are those of the sources; offsets and sizes are llvm-dwarfdump's.
func TestPtype(t *testing.T) {
	for _, p := range []struct {
		program, stop string
		want          map[string]string
	}{
		{"swift_kinds/swift_kinds-Onone.wasm", "main.swift:126", map[string]string{
			"ptype box": `
Shape
enum main::Shape {
    dot,
    circle(Int32),
    box(Point, Point),
};`,
			"ptype savings": `
Account
struct main::Account {
    StaticString owner;
    Int balance;
};`,
		}},
		{"c_kinds/c_kinds-O0.wasm", "main.c:82", map[string]string{
			"ptype h": `
struct holder {
    struct empty e;
    struct {
        int inner;
        union {
            char c;
            short s;
        } u;
    } nested;
    int * restrict p;
    const char * volatile name;
};`,
			"ptype/o f": `
  offset     size
               24  struct flags {
     0:0   3 bits      signed char s : 3;
                       // unused: 29 bits
     4:0  31 bits      unsigned int u : 31;
                       // unused: 1 bit
     8:0  63 bits      unsigned long long wide : 63;
    15:7    1 bit      _Bool on : 1;
                       // unused: 5 bits
    16:5   2 bits      unsigned int last : 2;
                       // unused: 57 bits
                   };`,
			"ptype opcode": `
typedef enum {
    OP_PUSH = 0,
    OP_ADD = 10,
    OP_JMP = -1,
} opcode;`,
			"ptype insn": `
typedef struct {
    opcode op : 8;
    int arg : 24;
} insn;`,
			"ptype struct list *": `
struct list *
struct list {
    int value;
    struct list *next;
};`,
			"ptype list": `
typedef struct list list;
struct list {
    int value;
    struct list *next;
};`,
			"ptype union num": `
union num {
    double d;
    uint64_t bits;
    struct {
        uint32_t lo;
        uint32_t hi;
    };
    unsigned char raw[8];
};`,
			"ptype table":          "int (*[2])(int, ...)",
			"ptype fact":           "long long fact(int)",
			"ptype counter":        "int counter(void)",
			"ptype sum":            "int sum(int, ...)",
			"ptype unsigned int":   "unsigned int",
			"ptype visitor":        "typedef void visitor(list *, void *);",
			"ptype nothing":        "error: no variable, function or type nothing is visible here (column 1)",
			"ptype struct nothing": "error: no type nothing (column 1)",
			"ptype h.nested = 1":   "error: = assigns, and this expression must not change anything",
			"ptype/x h":            "error: unknown format /x",
		}},
		{"cpp_kinds/cpp_kinds-O0.wasm", "main.cpp:119", map[string]string{
			"ptype both": `
struct geo::Both : geo::Left, geo::Right {
    string label;
    static int made;
    Both(int, string);
    virtual const char *kind() const;
};`,
			"ptype/o geo::Both": `
  offset     size
               48  struct geo::Both : geo::Left, geo::Right {
       0       16      geo::Left;  // base
       8       24      geo::Right;  // base
      24       12      string label;
                       static int made;
                   };`,
			"ptype/o geo::Left": `
  offset     size
               16  struct geo::Left : virtual geo::v1::Base {
       ?        8      geo::v1::Base;  // base
       0        4      __vtbl_ptr_type *_vptr$Left;
       4        4      int left;
                   };`,
			"ptype level": `
enum class Level : uint8_t {
    Low = 1,
    High = 200,
};`,
			"ptype Ring<int, 4>": `
struct Ring<int, 4> {
    int items[4];
    int head;
    int &push(const int &);
};`,
			"ptype Account": `
struct Account {
    int balance;
    static const int kLimit;
    static double rate;
    int deposit(int);
};`,
			"ptype any": `
union Any {
    int i;
    float f;
    Any();
};`,
			"ptype secret": `
class Secret {
    int a_;
    int b_;
    int c;
};`,
			"ptype rows":            "int (&)[2][3]",
			"ptype method":          "int (Account::*)(int)",
			"ptype geo::Both::kind": "const char *geo::Both::kind(const Both *)",
		}},
		{"rs_kinds/rs_kinds-debug.wasm", "main.rs:104", map[string]string{
			"ptype t2": `
enum main::Tagged {
    Empty,
    Byte(u8),
    Pair { a: i32, b: i64 },
}`,
			"ptype/o Tagged": `
  offset     size
               16  enum main::Tagged {
       0        2      // discriminant: u16
                       Empty,  // 3
                       Byte(  // 7
       2        1          0: u8,
                       ),
                       Pair {  // 900
       4        4          a: i32,
       8        8          b: i64,
                       },
                   }`,
			"ptype Wide": `
enum main::Wide {
    Low = -5000000000,
    High = 5000000000,
}`,
			"ptype Deep": `
struct main::outer::inner::Deep {
    level: u16,
    name: &str,
}`,
			"ptype/o Deep": `
  offset     size
               12  struct main::outer::inner::Deep {
       0        8      name: &str,
       8        2      level: u16,
                       // unused: 2 bytes
                   }`,
			"ptype never": `
enum core::result::Result<u32, main::Void> {
    Ok(u32),
    Err(Void),
}`,
			"ptype tup":                          "(Option<u8>, Option<()>, bool)",
			"ptype helper":                       "fn main::outer::inner::helper(i32) -> i32",
			"ptype outer::inner::Deep::describe": "fn main::outer::inner::Deep::describe(&Deep, usize) -> String",
			"ptype main":                         "fn main::main()",
		}},
	} {
		t.Run(p.program, func(t *testing.T) {
			s, err := debugger.Open(context.Background(), debugger.Config{Program: testneeds.Unpacked(t, filepath.Join("..", "..", "testdata", "programs", p.program))})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var out bytes.Buffer
			in := &Interp{Session: s, Out: &out}
			for _, line := range []string{"break " + p.stop, "continue"} {
				if err := in.Execute(line); err != nil {
					t.Fatal(line, err)
				}
			}
			for line, want := range p.want {
				out.Reset()
				if err := in.Execute(line); err != nil {
					out.WriteString("error: " + err.Error())
				}
				got, want := strings.TrimRight(out.String(), "\n"), strings.TrimPrefix(want, "\n")
				if got != want && !(strings.HasPrefix(want, "error: ") && strings.HasPrefix(got, want)) {
					t.Errorf("%s:\n%s\nwant:\n%s", line, got, want)
				}
			}
		})
	}
}
