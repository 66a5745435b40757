// Command bigmodule makes a WebAssembly module with as much DWARF as one wants, to measure how
// debuggers open it: it compiles a few C++ units and links many copies of each. A copy is the
// unit's object file with the bytes gen0000, its namespace, replaced by gen0001 and so on, so
// that its functions, types and strings are its own, and the compiler need not run again.
//
//	go run ./bigmodule -dwarf 300 -o big300.wasm -sphex $(which sphex)
//
// With -sphex it then debugs the module to a breakpoint at a line and one at a function, first
// with an empty cache and then three times with the object in it, and prints what that took.
//
// It needs clang-22, lld-22, wasi-libc and libc++ for wasm32.
package main

import (
	"bytes"
	"embed"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

//go:embed units/*.cpp
var sources embed.FS

// kinds are the units that are copied, and what a copy adds to the module.
var kinds = []struct {
	source, level string
	share         int // of 16 copies
}{
	{"containers", "-O1", 11},
	{"containers", "-O0", 1},
	{"simulation", "-O2", 2},
	{"simulation", "-O0", 2},
}

const placeholder = "gen0000"

var common = []string{"--target=wasm32-wasi", "-Wno-deprecated", "-Wno-unused-command-line-argument", "--no-wasm-opt", "-fno-exceptions", "-std=c++20", "-g"}

func main() {
	log.SetFlags(0)
	out := flag.String("o", "big.wasm", "the module's `file`")
	dwarf := flag.Int("dwarf", 300, "`megabytes` of .debug_* sections")
	sphex := flag.String("sphex", "", "measure the first stop with this `executable`")
	flag.Parse()
	dir, err := os.MkdirTemp("", "bigmodule")
	check(err)
	defer os.RemoveAll(dir)
	objects := compileKinds(dir)

	// What a copy takes follows from two small modules.
	few, more := 16, 48
	a := link(dir, objects, few, filepath.Join(dir, "few.wasm"))
	b := link(dir, objects, more, filepath.Join(dir, "more.wasm"))
	perCopy := float64(b-a) / float64(more-few)
	copies := few + max(0, int((float64(*dwarf<<20)-float64(a))/perCopy))
	size := link(dir, objects, copies, *out)
	defer func() {
		if *sphex != "" {
			measure(dir, *sphex, *out)
		}
	}()
	fmt.Printf("%s: %d units, %.1f MB of DWARF\n", *out, copies, float64(size)/(1<<20))
}

// session is what a person does until the first two stops: a line of the fifth copy, which is
// one of containers.cpp with -O1, and a function of another one.
const session = `break gen0005containers-O1.cpp:110
break gen0012::run
continue
info locals
exit
`

// measure debugs the module and prints how long the whole session took.
func measure(dir, sphex, module string) {
	for i := range 4 {
		c := exec.Command(sphex, "debug", module)
		c.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "XDG_CONFIG_HOME="+dir)
		c.Stdin = strings.NewReader(session)
		start := time.Now()
		out, err := c.CombinedOutput()
		wall := time.Since(start)
		if err != nil || !bytes.Contains(out, []byte("breakpoint 1, hit 1")) {
			log.Fatalf("%v\n%s", err, out)
		}
		what := "cached"
		if i == 0 {
			what = "cold"
		}
		p := c.ProcessState
		fmt.Printf("%-6s %5.2f s, CPU %5.2f s", what, wall.Seconds(), (p.UserTime() + p.SystemTime()).Seconds())
		if r, ok := p.SysUsage().(*syscall.Rusage); ok {
			fmt.Printf(", at most %d MB of memory", r.Maxrss>>10)
		}
		fmt.Println()
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func run(dir, name string, args ...string) {
	c := exec.Command(name, args...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		log.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// compileKinds compiles each kind of unit once.
func compileKinds(dir string) [][]byte {
	objects := make([][]byte, len(kinds))
	var wg sync.WaitGroup
	for i, k := range kinds {
		wg.Go(func() {
			src, err := sources.ReadFile("units/" + k.source + ".cpp")
			file := placeholder + k.source + k.level + ".cpp" // each copy has a source file of its own
			check(err)
			check(os.WriteFile(filepath.Join(dir, file), src, 0o644))
			run(dir, "clang++-22", append(common, "-ffile-prefix-map="+dir+"=/big", k.level, "-c", file, "-o", fmt.Sprint(i, ".o"))...)
			objects[i], err = os.ReadFile(filepath.Join(dir, fmt.Sprint(i, ".o")))
			check(err)
		})
	}
	wg.Wait()
	return objects
}

// link makes a module of n copies and returns the size of its DWARF.
func link(dir string, objects [][]byte, n int, out string) int {
	var order []int // of kinds, in turn
	for i, k := range kinds {
		for range k.share {
			order = append(order, i)
		}
	}
	var files []string
	var main, calls strings.Builder
	main.WriteString("#include <cstdio>\n")
	for i := range n {
		name := fmt.Sprintf("gen%04d", i+1)
		kind := order[i%len(order)]
		b := bytes.ReplaceAll(objects[kind], []byte(placeholder), []byte(name))
		file := filepath.Join(dir, name+".o")
		check(os.WriteFile(file, b, 0o644))
		files = append(files, file)
		fmt.Fprintf(&main, "namespace %s { int run(int); }\n", name)
		fmt.Fprintf(&calls, "  total = (total * 7 + %s::run(%d)) %% 1000003;\n", name, i%5+3)
	}
	fmt.Fprintf(&main, "\nint main() {\n  int total = 0;\n%s  std::printf(\"total %%d\\n\", total);\n}\n", calls.String())
	check(os.WriteFile(filepath.Join(dir, "main.cpp"), []byte(main.String()), 0o644))
	check(os.WriteFile(filepath.Join(dir, "files"), []byte(strings.Join(files, "\n")), 0o644))
	out, err := filepath.Abs(out)
	check(err)
	run(dir, "clang++-22", append(common, "-ffile-prefix-map="+dir+"=/big", "-O0", "main.cpp", "@files", "-o", out)...)
	for _, f := range files {
		os.Remove(f)
	}
	b, err := os.ReadFile(out)
	check(err)
	return dwarfSize(b)
}

// dwarfSize adds up the .debug_* sections of a module.
func dwarfSize(module []byte) (size int) {
	for p := 8; p < len(module); {
		id := module[p]
		n, skip := leb(module[p+1:])
		p += 1 + skip
		if id == 0 {
			length, skip := leb(module[p:])
			if bytes.HasPrefix(module[p+skip:p+skip+length], []byte(".debug_")) {
				size += n - skip - length
			}
		}
		p += n
	}
	return size
}

func leb(b []byte) (v, n int) {
	for shift := 0; ; shift += 7 {
		c := b[n]
		n++
		v |= int(c&0x7f) << shift
		if c < 0x80 {
			return v, n
		}
	}
}
