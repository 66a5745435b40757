package command

import (
	"fmt"
	"strconv"
	"strings"

	"sphex/debugger"
)

// runPrintf prints as gdb's printf does: printf "FORMAT", EXPRESSION...
func runPrintf(in *Interp, c *call) error {
	message, err := formatMessage(c.args)
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, p := range message {
		if p.expr == "" {
			out.WriteString(p.text)
			continue
		}
		v, err := in.Session.Eval(in.Level, p.expr)
		if err != nil {
			return explain(err)
		}
		f, _, _, err := cutFormat(&call{format: strings.TrimSpace(p.format)}, false)
		if err != nil {
			return err
		}
		text := v.Format(in.withOptions(f))
		if s, err := strconv.Unquote(text); p.format == "s" && err == nil {
			text = debugger.Printable(s)
		}
		out.WriteString(text)
	}
	in.printf("%s", out.String())
	if !strings.HasSuffix(out.String(), "\n") {
		in.printf("\n")
	}
	return nil
}

// runDprintf is gdb's name for a log point: dprintf LOCATION, "FORMAT", EXPRESSION...
func runDprintf(in *Interp, c *call) error {
	i := strings.IndexByte(c.args, '"')
	if i < 0 {
		return fmt.Errorf("dprintf needs a location and a format: dprintf main.c:12, \"x is %%d\", x")
	}
	spec, err := in.breakLocation(strings.TrimRight(c.args[:i], ", "))
	if err != nil {
		return err
	}
	parts, err := formatMessage(c.args[i:])
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.expr == "":
			b.WriteString(strings.NewReplacer("{", "{{", "}", "}}").Replace(p.text))
		case p.format != "":
			fmt.Fprintf(&b, "{%s:%s}", p.expr, p.format)
		default:
			fmt.Fprintf(&b, "{%s}", p.expr)
		}
	}
	spec.LogMessage = strings.TrimRight(b.String(), "\n")
	return in.setBreakpoint(spec)
}

// messagePart is a piece of a message: a text, or an expression and the letter of how it is shown.
type messagePart struct{ text, expr, format string }

// formatMessage reads "FORMAT", EXPRESSION... with C's conversions. Widths are left out.
func formatMessage(text string) (parts []messagePart, err error) {
	args := splitCommas(text)
	if len(args) == 0 {
		return nil, fmt.Errorf("printf needs a format in quotes")
	}
	format, err := strconv.Unquote(args[0])
	if err != nil {
		return nil, fmt.Errorf("%s is no text in quotes", args[0])
	}
	args = args[1:]
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			parts = append(parts, messagePart{text: format})
			break
		}
		if i > 0 {
			parts = append(parts, messagePart{text: format[:i]})
		}
		format = format[i+1:]
		letter := strings.TrimLeft(format, "0123456789.-+ #*hlzjtq")
		switch {
		case letter == "":
			return nil, fmt.Errorf("a %% at the end of the format says nothing")
		case letter[0] == '%':
			parts = append(parts, messagePart{text: "%"})
		case len(args) == 0:
			return nil, fmt.Errorf("the format asks for more values than there are")
		default:
			how, ok := map[byte]string{'d': "d", 'i': "d", 'u': "d", 'x': "x", 'X': "x", 'p': "x", 'o': "o", 'c': "c", 's': "s", 'f': "", 'g': "", 'e': ""}[letter[0]]
			if !ok {
				return nil, fmt.Errorf("unknown conversion %%%c", letter[0])
			}
			parts = append(parts, messagePart{expr: args[0], format: how})
			args = args[1:]
		}
		format = letter[1:]
	}
	if len(args) > 0 {
		return nil, fmt.Errorf("the format has no place for %s", args[0])
	}
	return parts, nil
}
