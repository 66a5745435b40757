package debuginfo_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/debugger/symbols"
	"sphex/internal/testneeds"
)

// asked runs a tool that reads addresses from its standard input.
func asked(t *testing.T, addrs []uint64, name string, args ...string) *bufio.Scanner {
	t.Helper()
	var in bytes.Buffer
	for _, a := range addrs {
		fmt.Fprintf(&in, "%#x\n", a)
	}
	cmd := exec.Command(testneeds.Tool(t, name), args...)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return bufio.NewScanner(bytes.NewReader(out))
}

// place reads "file:line", with what tools write behind it.
func place(s string) (file string, line int) {
	s, _, _ = strings.Cut(s, " (discriminator")
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0
	}
	line, _ = strconv.Atoi(s[i+1:]) // "?" is 0
	return s[:i], line
}

// TestAddr2line compares with addr2line: function, inlined calls and lines.
func TestAddr2line(t *testing.T) {
	testneeds.Tool(t, "addr2line")
	eachToolProgram(t, func(t *testing.T, program string) {
		f, path := compiled(t, program)
		tab := symbols.Open(f)
		addrs := addresses(f, 2000)
		lines := asked(t, addrs, "addr2line", "-a", "-f", "-i", "-e", path)
		chains, rows := verdict{t: t, name: "chains"}, verdict{t: t, name: "lines"}
		var got []opinion
		for lines.Scan() {
			l := lines.Text()
			if strings.HasPrefix(l, "0x") {
				a, err := strconv.ParseUint(l, 0, 64)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, opinion{Addr: a})
				continue
			}
			o := &got[len(got)-1]
			if !lines.Scan() {
				t.Fatalf("nothing follows %s", l)
			}
			file, n := place(lines.Text())
			o.Chain = append(o.Chain, link{Name: l, File: file, Line: n})
			if len(o.Chain) == 1 {
				o.File, o.Line = file, n
			}
		}
		if len(got) != len(addrs) {
			t.Fatalf("%d answers to %d questions", len(got), len(addrs))
		}
		for i := range got {
			want := ours(tab, addrs[i])
			rows.line(&got[i], &want)
			chains.chain(&got[i], &want)
		}
		rows.done(1000)
		chains.done(1000)
	})
}

var instruction = regexp.MustCompile(`^ *([0-9a-f]+):\t`)

// TestObjdump compares the lines that objdump puts between the instructions of a disassembly.
func TestObjdump(t *testing.T) {
	testneeds.Tool(t, "objdump")
	eachToolProgram(t, func(t *testing.T, program string) {
		f, path := compiled(t, program)
		tab := symbols.Open(f)
		out, err := exec.Command("objdump", "-d", "-l", "-w", "--no-show-raw-insn", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		rows := verdict{t: t, name: "lines"}
		var now opinion
		n, fresh := 0, false
		for l := range strings.Lines(string(out)) {
			l = strings.TrimSuffix(l, "\n")
			if m := instruction.FindStringSubmatch(l); m != nil {
				a, err := strconv.ParseUint(m[1], 16, 64)
				if err != nil {
					t.Fatal(err)
				}
				if n++; fresh || n%5 == 0 && now.Line > 0 {
					// Where there is no line, objdump goes on under the one before, and so it does
					// where only the file is another.
					want := ours(tab, a)
					if !fresh && want.Line == now.Line {
						now.File = want.File
					}
					if want.Line > 0 {
						rows.line(&now, &want)
					}
				}
				fresh = false
				continue
			}
			switch {
			case strings.HasSuffix(l, ">:"):
				now = opinion{}
			case strings.HasSuffix(l, "():"), l == "", l == "\t...":
			default:
				now.File, now.Line = place(l)
				fresh = true
			}
		}
		rows.done(1000)
	})
}

var (
	fdeLine = regexp.MustCompile(`FDE .* pc=[0-9a-f]+\.\.([0-9a-f]+)`)
	cfaLine = regexp.MustCompile(`^([0-9a-f]{16}) rsp\+(\d+)`)
)

// TestReadelfFrames compares the frames that readelf makes of .debug_frame with what the
// compiler noted: at each change, where the caller's frame begins.
func TestReadelfFrames(t *testing.T) {
	readelf := testneeds.Tool(t, "readelf")
	eachToolProgram(t, func(t *testing.T, program string) {
		f, path := compiled(t, program)
		out, err := exec.Command(readelf, "-W", "--debug-dump=frames-interp", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		cfa := map[uint64]uint32{}
		for i := range f.Map.Funcs {
			fn := &f.Map.Funcs[i]
			for _, r := range fn.Frame.Rows {
				if r.Text < fn.TextEnd {
					cfa[abi.TextBase+uint64(r.Text)] = r.Offset
				}
			}
		}
		frames := verdict{t: t, name: "frames"}
		end := uint64(0) // of the function
		for l := range strings.Lines(string(out)) {
			if m := fdeLine.FindStringSubmatch(l); m != nil {
				end, _ = strconv.ParseUint(m[1], 16, 64)
			}
			m := cfaLine.FindStringSubmatch(l)
			if m == nil {
				continue
			}
			a, err := strconv.ParseUint(m[1], 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			want, ok := cfa[a]
			if !ok || a >= end {
				continue // a thunk's, or the last row of a function, of no code
			}
			frames.asked++
			if m[2] != strconv.Itoa(int(want)) {
				frames.errorf("%#x: the frame is %s bytes, ours %d", a, m[2], want)
			}
		}
		frames.done(100)
	})
}
