package natvis

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// Bounds of a file.
const (
	MaxFile     = 16 << 20 // bytes
	maxDepth    = 64       // of elements in each other
	maxElements = 200_000
)

// element is an element of XML.
type element struct {
	name     string
	line     int
	attrs    map[string]string
	text     strings.Builder // of its own, comments left out
	children []*element
}

func (e *element) attr(name string) string { return strings.TrimSpace(e.attrs[name]) }

// body is the element's own text.
func (e *element) body() string { return strings.TrimSpace(e.text.String()) }

// readXML reads a file's elements. The root is one without a name.
func readXML(path string, b []byte) (*element, error) {
	if len(b) > MaxFile {
		return nil, &Error{path, 0, fmt.Errorf("the file is longer than %d bytes", MaxFile)}
	}
	d := xml.NewDecoder(bytes.NewReader(utf8Of(b)))
	d.CharsetReader = charset
	root := &element{line: 1}
	stack := []*element{root}
	elements := 0
	for {
		line, _ := d.InputPos()
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			var syntax *xml.SyntaxError
			if errors.As(err, &syntax) {
				return nil, &Error{path, syntax.Line, errors.New(syntax.Msg)}
			}
			return nil, &Error{path, line, err}
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			if elements++; elements > maxElements || len(stack) > maxDepth {
				return nil, &Error{path, line, fmt.Errorf("more than %d elements, or more than %d in each other", maxElements, maxDepth)}
			}
			e := &element{name: tok.Name.Local, line: line}
			for _, a := range tok.Attr {
				if e.attrs == nil {
					e.attrs = map[string]string{}
				}
				e.attrs[a.Name.Local] = a.Value
			}
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text.Write(tok)
		}
	}
}

// utf8Of takes the mark off the beginning of a file, and turns UTF-16 into UTF-8.
func utf8Of(b []byte) []byte {
	if rest, ok := bytes.CutPrefix(b, []byte("\xef\xbb\xbf")); ok {
		return rest
	}
	little := bytes.HasPrefix(b, []byte("\xff\xfe"))
	if !little && !bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return b
	}
	units := make([]uint16, 0, len(b)/2)
	for i := 2; i+1 < len(b); i += 2 {
		u := uint16(b[i])<<8 | uint16(b[i+1])
		if little {
			u = uint16(b[i+1])<<8 | uint16(b[i])
		}
		units = append(units, u)
	}
	return []byte(string(utf16.Decode(units)))
}

// charset reads what a file declares as its characters. UTF-16 has been turned into UTF-8 before.
func charset(name string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "unicode":
		return r, nil
	case "iso-8859-1", "latin1", "windows-1252":
		b, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		return strings.NewReader(string(runes)), nil
	}
	return nil, fmt.Errorf("unknown encoding %q", name)
}
