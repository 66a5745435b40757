package debuginfo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"sphex/aot/wasm"
)

// sourceMap is a source map (ECMA-426) of a module: its generated code is one line, whose columns
// are offsets in the file.
type sourceMap struct {
	sources  []mapSource
	segments []segment // ascending by at, one for each offset
}

type mapSource struct {
	path    string
	text    string // what the file was, if the map holds it
	hasText bool
}

// segment says where the code from at on comes from.
type segment struct {
	at           wasm.CodeOffset
	source       int32 // index into sources; -1: nowhere
	line, column uint32
}

// rawMap is the JSON of a source map.
type rawMap struct {
	Version        int
	SourceRoot     string
	Sources        []*string
	SourcesContent []*string
	Mappings       string
	Sections       []struct {
		Offset struct{ Line, Column int64 }
		Map    *rawMap
	}
}

// maxMapDepth bounds how deep index maps are nested.
const maxMapDepth = 8

var (
	errMapVersion = errors.New("its version is not 3")
	errMapDepth   = errors.New("index maps are nested too deep")
	errVLQ        = errors.New("its mappings cannot be decoded")
)

// parseSourceMap reads a module's source map. An error does not keep what stands before the
// damage from being good.
func parseSourceMap(m *wasm.Module, data []byte) (*sourceMap, error) {
	// A server may have put a line before the JSON that keeps it from being run as a script.
	if bytes.HasPrefix(data, []byte(")]}")) {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	var raw rawMap
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("it is no JSON of a source map: %w", err)
	}
	s := &sourceMap{}
	err := s.add(m, &raw, 0, 0)
	slices.SortStableFunc(s.segments, func(a, b segment) int { return cmp.Compare(a.at, b.at) })
	kept := s.segments[:0]
	for i, g := range s.segments { // of several at one offset the last holds
		if i+1 == len(s.segments) || s.segments[i+1].at != g.at {
			kept = append(kept, g)
		}
	}
	s.segments = kept
	return s, err
}

// add reads one map whose columns count from base.
func (s *sourceMap) add(m *wasm.Module, raw *rawMap, base int64, depth int) error {
	if raw.Version != 3 {
		return errMapVersion
	}
	if depth > maxMapDepth {
		return errMapDepth
	}
	for i := range raw.Sections {
		// Lines other than the first are no code.
		if sec := &raw.Sections[i]; sec.Map != nil && sec.Offset.Line == 0 && sec.Offset.Column >= 0 && sec.Offset.Column < math.MaxUint32 {
			if err := s.add(m, sec.Map, base+sec.Offset.Column, depth+1); err != nil {
				return err
			}
		}
	}
	first := len(s.sources)
	for i, name := range raw.Sources {
		src := mapSource{}
		if name != nil {
			src.path = *name
			if root := strings.TrimRight(raw.SourceRoot, "/"); root != "" && !strings.HasPrefix(src.path, "/") {
				src.path = root + "/" + src.path
			}
		}
		if i < len(raw.SourcesContent) && raw.SourcesContent[i] != nil {
			// DWARF's strings end at a zero byte.
			src.text, src.hasText = strings.ReplaceAll(*raw.SourcesContent[i], "\x00", " "), true
		}
		s.sources = append(s.sources, src)
	}
	return s.decode(m, raw.Mappings, base, first)
}

// decode reads the mappings of the first line: segments divided by commas, of one, four or
// five numbers that count from those before.
func (s *sourceMap) decode(m *wasm.Module, mappings string, base int64, firstSource int) error {
	line, _, _ := strings.Cut(mappings, ";")
	var column, source, srcLine, srcColumn int64
	for len(line) > 0 {
		var text string
		text, line, _ = strings.Cut(line, ",")
		if text == "" {
			continue
		}
		var field [5]int64
		n := 0
		for ; len(text) > 0 && n < len(field); n++ {
			var ok bool
			if field[n], text, ok = vlq(text); !ok {
				return errVLQ
			}
		}
		column += field[0]
		g := segment{source: -1}
		if n >= 4 {
			source, srcLine, srcColumn = source+field[1], srcLine+field[2], srcColumn+field[3]
			if source < 0 || source >= int64(len(s.sources)-firstSource) || srcLine < 0 || srcLine >= math.MaxInt32 ||
				srcColumn < 0 || srcColumn >= math.MaxInt32 {
				return errVLQ
			}
			g = segment{source: int32(firstSource + int(source)), line: uint32(srcLine) + 1, column: uint32(srcColumn) + 1}
		}
		at := base + column - int64(m.CodeSection)
		if column < 0 || base+column > math.MaxUint32 {
			return errVLQ
		}
		if at > 0 && at < int64(m.CodeSize) {
			g.at = wasm.CodeOffset(at)
			s.segments = append(s.segments, g)
		}
	}
	return nil
}

// vlq reads a number in base 64: the lowest bit is the sign, five bits a digit, the sixth says
// that another digit follows.
func vlq(text string) (v int64, rest string, ok bool) {
	for i, shift := 0, 0; i < len(text) && shift < 35; i, shift = i+1, shift+5 {
		d := int64(digits[text[i]])
		if d < 0 {
			return 0, "", false
		}
		v |= d & 31 << shift
		if d < 32 {
			if v&1 != 0 {
				return -(v >> 1), text[i+1:], true
			}
			return v >> 1, text[i+1:], true
		}
	}
	return 0, "", false
}

// digits are the values of the characters in base 64, -1 for those that are none.
var digits = func() (d [256]int8) {
	for i := range d {
		d[i] = -1
	}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		d[c] = int8(i)
	}
	return d
}()

// in returns the segments that lie in a body, and the one that holds at its start.
func (s *sourceMap) in(b *wasm.Body) []segment {
	at := func(off wasm.CodeOffset) int {
		i, _ := slices.BinarySearchFunc(s.segments, off, func(g segment, o wasm.CodeOffset) int { return cmp.Compare(g.at, o) })
		return i
	}
	return s.segments[at(b.Start):at(b.End)]
}

// fileName splits the path of a source into directory and name, as line tables have them.
func (f *mapSource) fileName() (dir, name string) {
	p := strings.ReplaceAll(f.path, `\`, "/")
	dir, name = path.Split(p)
	if dir != "/" {
		dir = strings.TrimSuffix(dir, "/")
	}
	return dir, name
}
