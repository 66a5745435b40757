package wasm_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sphex/aot/wasm"
)

// load decodes and validates a whole module.
func load(b []byte) (*wasm.Module, error) {
	m, err := wasm.Decode(b)
	if err != nil {
		return nil, err
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	var s wasm.Scratch
	for i := range m.Code {
		if err := m.ValidateFunc(i, &s); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// specDir finds the WebAssembly specification's tests, which come as JSON with wazero.
func specDir(t testing.TB, version string) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Fatalf("cannot find the module github.com/tetratelabs/wazero: %v", err)
	}
	return filepath.Join(dir, "internal", "integration_test", "spectest", version, "testdata")
}

// TestSpec runs the modules of the specification's test suites 1.0, 2.0, threads and typed function references: what they run is
// accepted, what they call malformed or invalid is refused for their reason.
func TestSpec(t *testing.T) {
	for _, version := range []string{"v1", "v2", "threads", "typed-function-references"} {
		t.Run(version, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(specDir(t, version), "*.json"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no tests: %v", err)
			}
			valid, refused, unsupported := 0, 0, 0
			for _, file := range files {
				a, r, u := specFile(t, version, file)
				valid, refused, unsupported = valid+a, refused+r, unsupported+u
			}
			t.Logf("%d modules accepted, %d refused as invalid or malformed, %d refused for a feature", valid, refused, unsupported)
		})
	}
}

func specFile(t *testing.T, version, file string) (valid, refused, unsupported int) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Commands []struct {
			Type       string
			Line       int
			Filename   string
			Text       string
			ModuleType string `json:"module_type"`
		}
	}
	if err := json.Unmarshal(raw, &suite); err != nil {
		t.Fatal(err)
	}
	var missing wasm.Feature // that the file's modules need
	for _, u := range specUnsupported {
		if ok, _ := filepath.Match(u.files, version+"/"+filepath.Base(file)); ok {
			missing = u.feature
		}
	}
	needed := false
	for _, c := range suite.Commands {
		if c.Filename == "" || c.ModuleType == "text" {
			continue
		}
		key := version + "/" + c.Filename
		b, err := os.ReadFile(filepath.Join(filepath.Dir(file), c.Filename))
		if err != nil {
			t.Fatal(err)
		}
		_, err = load(b)
		var e *wasm.Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("%s: error of type %T", key, err)
			continue
		}
		reason, listed := specExceptions[key]
		switch c.Type {
		case "assert_invalid", "assert_malformed":
			switch {
			case err == nil && !listed:
				t.Errorf("%s (line %d): accepted, but it is wrong: %s", key, c.Line, c.Text)
			case err == nil:
			case listed:
				t.Errorf("%s is refused now (%v); it is listed as accepted: %s", key, err, reason)
			case e.Feature != wasm.FeatureMVP:
				if e.Feature != missing && !featureRefusals[c.Text] {
					t.Errorf("%s (line %d): %v; want %q", key, c.Line, err, c.Text)
				}
				unsupported++
			case !sameReason(e.Msg, c.Text):
				t.Errorf("%s (line %d): %q, want %q", key, c.Line, err, c.Text)
			default:
				refused++
			}
		default: // module, assert_unlinkable, assert_uninstantiable, assert_trap
			switch {
			case err == nil && !listed:
				valid++
			case err == nil:
				t.Errorf("%s is accepted now; it is listed: %s", key, reason)
			case e.Feature == missing && missing != wasm.FeatureMVP:
				needed = true
				unsupported++
			case listed:
				unsupported++
			default:
				t.Errorf("%s (line %d): %v", key, c.Line, err)
			}
		}
	}
	if missing != wasm.FeatureMVP && !needed {
		t.Errorf("%s: all modules are accepted; the file is listed as in need of %s", file, missing)
	}
	return valid, refused, unsupported
}

// specUnsupported are files whose valid modules we may refuse for a feature that is not
// supported yet. A listed file that passes is an error.
var specUnsupported = []struct {
	files   string // pattern of version/name
	feature wasm.Feature
}{}

// featureRefusals are reasons of the suite for which we may refuse under the name of a
// feature that came later.
var featureRefusals = map[string]bool{
	"malformed import kind": true, // 4: tags
}

// sameReason reports whether our message says what the suite says. The suites 1.0 and 2.0
// differ in words, and for a byte that is wrong in several ways the order of the checks is free.
func sameReason(msg, text string) bool {
	if strings.Contains(msg, text) {
		return true
	}
	for _, s := range otherWords[text] {
		if strings.Contains(msg, s) {
			return true
		}
	}
	return false
}

var otherWords = map[string][]string{
	"invalid UTF-8 encoding": {"malformed UTF-8 encoding"},
	"invalid mutability":     {"malformed mutability"},
	"invalid section id":     {"malformed section id"},
	// 1.0 had a zero byte where call_indirect now has a table index.
	"zero flag expected": {"zero byte expected", "unknown table", "section size mismatch", "unknown memory"},
	// Where 2.0 had a zero byte, memories now have an index; and bit 6 of an alignment says that one follows.
	"zero byte expected":    {"unknown memory"},
	"malformed memop flags": {"values remain on the stack"},
	// Single bytes that 1.0 took for LEB128 numbers.
	"integer representation too long": {"malformed section id", "malformed limits flags", "malformed type definition", "unexpected end"},
	"integer too large":               {"malformed limits flags", "unexpected end"},
	// Bodies, segments and expressions that are too short for what they hold.
	"invalid value type":                    {"unexpected end"},
	"illegal opcode":                        {"unexpected end"},
	"section size mismatch":                 {"unexpected end"},
	"unexpected end of section or function": {"unknown label 11"},
	// Both are wrong.
	"constant expression required":          {"constant expression of type"},
	"unexpected content after last section": {"function and code section have inconsistent lengths"},
	"unknown data segment":                  {"data count section required"},
	"invalid result arity":                  {"select needs an operand"},
	// 4 is a tag since 3.0.
	"malformed import kind": {"unexpected end"},
}

// specExceptions are modules for which we decide otherwise than the suite, with the reason.
var specExceptions = map[string]string{
	"v1/func.20.wasm":    multiValue,
	"v1/func.21.wasm":    multiValue,
	"v1/type.3.wasm":     multiValue,
	"v1/type.4.wasm":     multiValue,
	"v1/imports.47.wasm": multiTable,
	"v1/imports.48.wasm": multiTable,
	"v1/imports.49.wasm": multiTable,
	"v1/binary.38.wasm":  multiMemory,
	"v1/binary.39.wasm":  multiMemory,
	"v1/binary.40.wasm":  multiMemory,
	"v1/binary.41.wasm":  multiMemory,
	"v1/binary.43.wasm":  multiMemory,
	"v1/binary.44.wasm":  multiMemory,
	"v1/binary.45.wasm":  multiMemory,
	"v1/binary.46.wasm":  multiMemory,
	"v1/imports.73.wasm": multiMemory,
	"v1/imports.74.wasm": multiMemory,
	"v1/imports.75.wasm": multiMemory,
	"v1/memory.4.wasm":   multiMemory,
	"v1/memory.5.wasm":   multiMemory,
	"v2/binary.42.wasm":  multiMemory,
	"v2/binary.43.wasm":  multiMemory,
	"v2/binary.44.wasm":  multiMemory,
	"v2/binary.45.wasm":  multiMemory,
	"v2/binary.47.wasm":  multiMemory,
	"v2/binary.48.wasm":  multiMemory,
	"v2/binary.49.wasm":  multiMemory,
	"v2/binary.50.wasm":  multiMemory,
	"v2/imports.97.wasm": multiMemory,
	"v2/imports.98.wasm": multiMemory,
	"v2/imports.99.wasm": multiMemory,
	"v2/memory.6.wasm":   multiMemory,
	"v2/memory.7.wasm":   multiMemory,
	"v2/data.9.wasm":     anyGlobal,
	"v2/data.10.wasm":    anyGlobal,
	"v2/elem.10.wasm":    anyGlobal,
	"v2/elem.11.wasm":    anyGlobal,
	"v2/global.18.wasm":  anyGlobal,
	"v2/global.19.wasm":  anyGlobal,
	"typed-function-references/type-equivalence.2.wasm": "a type that names itself is valid since 3.0 (recursive types)",
	"v1/unreached-invalid.87.wasm":                      "br_table in unreachable code: 2.0 lets the labels' types differ",
}

const (
	multiValue  = "several results: valid since 2.0 (multi-value)"
	multiMemory = "an index of a memory, which is 0: valid since 3.0 (multi-memory), and so are several memories"
	anyGlobal   = "constant expressions may name any global before them since 3.0"
	multiTable  = "several tables: valid since 2.0 (reference types)"
)
