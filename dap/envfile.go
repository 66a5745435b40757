package dap

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

// environment makes NAME=VALUE pairs, sorted, of the files' and those of env, where null takes one out.
func environment(files []string, env map[string]*string) ([]string, error) {
	all := map[string]string{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("envFile: %w", err)
		}
		if err := parseEnvFile(string(b), all); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for name, value := range env {
		if value == nil {
			delete(all, name)
		} else {
			all[name] = *value
		}
	}
	var out []string
	for name, value := range all {
		out = append(out, name+"="+value)
	}
	sort.Strings(out)
	return out, nil
}

// parseEnvFile reads lines of NAME=VALUE: blank ones and comments are left out, export may stand in front, and
// a value may be in quotes; in double ones \n, \" and \\ mean what they mean in a shell's.
func parseEnvFile(text string, env map[string]string) error {
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "export ")), "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || strings.ContainsAny(name, " \t\x00") {
			return fmt.Errorf("line %d: NAME=VALUE is wanted", i+1)
		}
		switch {
		case len(value) >= 2 && value[0] == '\'' && strings.IndexByte(value[1:], '\'') >= 0:
			value = value[1 : 1+strings.IndexByte(value[1:], '\'')]
		case len(value) >= 2 && value[0] == '"':
			v, ok := doubleQuoted(value[1:])
			if !ok {
				return fmt.Errorf("line %d: a quote without end", i+1)
			}
			value = v
		default:
			if at := strings.Index(value, " #"); at >= 0 {
				value = strings.TrimSpace(value[:at])
			}
		}
		env[name] = value
	}
	return nil
}

// doubleQuoted reads up to the closing quote.
func doubleQuoted(text string) (value string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), true
		case c == '\\' && i+1 < len(text):
			i++
			switch text[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'r':
				b.WriteByte('\r')
			case '"', '\\', '$':
				b.WriteByte(text[i])
			default:
				b.WriteByte('\\')
				b.WriteByte(text[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}
