package command

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sphex/aot/wasm"
)

// How much find reads at once, and how many places it lists.
const (
	findChunk = 1 << 20
	mostFound = 100
)

// runFind searches a linear memory: find [/SIZE] [memory N,] [START, END | START, +LENGTH,] WHAT...; each WHAT is a number or a
// text in quotes.
func runFind(in *Interp, c *call) error {
	format, args := c.format, c.args
	if first, rest, ok := strings.Cut(args, " "); ok && strings.HasPrefix(first, "/") {
		format, args = first[1:], rest
	}
	parts := splitCommas(args)
	memory, parts := findMemory(parts)
	var from, to uint64
	bounded := len(parts) > 2
	if bounded {
		number, start, err := in.memoryPlace(parts[0])
		if err != nil {
			return err
		}
		memory, from = max(memory, number), uint64(start)
		end := strings.TrimPrefix(parts[1], "+")
		n, err := in.address(end)
		if err != nil {
			return err
		}
		if to = uint64(n); end != parts[1] {
			to += from
		}
		parts = parts[2:]
	}
	if len(parts) == 0 {
		return fmt.Errorf("find what? a number or \"text\", as in find \"tea\" or find/w 0, 0x1000, 42")
	}
	var pattern []byte
	for _, p := range parts {
		b, err := in.findBytes(p, format)
		if err != nil {
			return err
		}
		pattern = append(pattern, b...)
	}
	size, err := in.memorySize(memory)
	if err != nil {
		return explain(err)
	}
	if to = min(to, size); !bounded {
		to = size
	}
	found := 0
	for at := from; at+uint64(len(pattern)) <= to; {
		b, err := in.readMemory(memory, wasm.MemAddr(at), int(min(findChunk, to-at)))
		if err != nil {
			return explain(err)
		}
		for off := 0; ; {
			i := bytes.Index(b[off:], pattern)
			if i < 0 {
				break
			}
			if memory != 0 {
				in.printf("%d:", memory)
			}
			in.printf("%#x\n", at+uint64(off+i))
			if found++; found == mostFound {
				in.printf("… there may be more; find START, END, WHAT goes on\n")
				return nil
			}
			off += i + 1
		}
		if len(b) < len(pattern) {
			break
		}
		at += uint64(len(b) - len(pattern) + 1)
	}
	if found == 0 {
		return fmt.Errorf("not found")
	}
	return nil
}

// findMemory takes memory N off the front of find's arguments.
func findMemory(parts []string) (memory int, rest []string) {
	if len(parts) > 0 {
		if word, ok := cutWord(parts[0], "memory"); ok {
			if n, err := strconv.ParseUint(word, 10, 16); err == nil {
				return int(n), parts[1:]
			}
		}
	}
	return 0, parts
}

// memorySize is the size of the memory with the number.
func (in *Interp) memorySize(memory int) (uint64, error) {
	if memory == 0 {
		return in.Session.MemorySize()
	}
	return in.Session.MemorySizeOf(memory)
}

// findBytes makes bytes of a number or a text; a number that no format gives a size has the fewest of 1, 2, 4 and 8 that hold it.
func (in *Interp) findBytes(text, format string) ([]byte, error) {
	if s, err := strconv.Unquote(text); err == nil {
		return []byte(s), nil
	}
	v, err := in.Session.Eval(in.Level, text)
	var n int64
	if u, failed := strconv.ParseUint(text, 0, 64); failed == nil {
		n = int64(u)
	} else if err != nil {
		return nil, explain(err)
	} else if i, ok := v.Int(); ok {
		n = i
	} else {
		return nil, fmt.Errorf("%s is neither a number nor a text", text)
	}
	size := 1
	for size < 8 && n>>(8*size) != 0 && n>>(8*size-1) != -1 {
		size *= 2
	}
	for _, l := range format {
		if s := map[rune]int{'b': 1, 'h': 2, 'w': 4, 'g': 8}[l]; s > 0 {
			size = s
		}
	}
	return binary.LittleEndian.AppendUint64(nil, uint64(n))[:size], nil
}

// splitCommas splits at the commas outside of quotes.
func splitCommas(text string) (parts []string) {
	quoted, start := byte(0), 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted != 0 && c == '\\':
			i++
		case quoted != 0 && c == quoted:
			quoted = 0
		case quoted == 0 && (c == '"' || c == '\''):
			quoted = c
		case quoted == 0 && c == ',':
			parts = append(parts, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	if last := strings.TrimSpace(text[min(start, len(text)):]); last != "" {
		parts = append(parts, last)
	}
	return parts
}

// runWrite writes numbers to linear memory: write [/SIZE] ADDRESS VALUE...
func runWrite(in *Interp, c *call) error {
	format, args := c.format, c.args
	if first, rest, ok := strings.Cut(args, " "); ok && strings.HasPrefix(first, "/") {
		format, args = first[1:], strings.TrimSpace(rest)
	}
	where, values, _ := strings.Cut(args, " ")
	words, err := splitArguments(values)
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return fmt.Errorf("write needs an address and values: write 0x1000 1 2 3; write/w has words of 4 bytes")
	}
	if format == "" {
		format = "b"
	}
	memory, addr, err := in.memoryPlace(where)
	if err != nil {
		return err
	}
	var b []byte
	for _, w := range words {
		one, err := in.findBytes(strings.Trim(w, ","), format)
		if err != nil {
			return err
		}
		b = append(b, one...)
	}
	if memory == 0 {
		err = in.Session.WriteMemory(addr, b)
	} else {
		err = in.Session.WriteMemoryOf(memory, addr, b)
	}
	if err != nil {
		return explain(err)
	}
	in.printf("%s written at %#x.\n", plural(len(b), "byte"), uint64(addr))
	return nil
}

// runSearch looks for a regular expression in the source, from where list would go on, or backwards.
func runSearch(backwards bool) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		if c.args == "" {
			return fmt.Errorf("search needs a regular expression")
		}
		re, err := regexp.Compile(c.args)
		if err != nil {
			return err
		}
		file, err := in.defaultFile()
		if err != nil {
			return err
		}
		lines, err := in.Session.Source(file)
		if err != nil {
			return err
		}
		at := in.currentLine(file)
		if in.listFile == file && in.found > 0 {
			at = in.found
		}
		step := 1
		if backwards {
			step = -1
		}
		for n := at + step; n >= 1 && n <= len(lines); n += step {
			if re.MatchString(lines[n-1]) {
				in.found = n
				before, behind := in.contextLines()
				return in.list(file, n-before, n+behind, n)
			}
		}
		return fmt.Errorf("no line of the rest of the file matches %s", c.args)
	}
}
