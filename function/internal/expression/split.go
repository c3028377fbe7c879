package expression

import (
	"errors"
	"strings"
)

// A part of a string: text, or the source of an expression.
type part struct {
	text       string
	expression bool
}

var errUnclosed = errors.New("${ is never closed; write $${ for the text ${")

// split cuts a string at its ${…} expressions. $${ stands for the text ${. It
// returns nil for a string that is text only.
func split(s string) ([]part, error) {
	if !strings.Contains(s, "${") {
		return nil, nil
	}

	var (
		parts []part
		text  strings.Builder
	)

	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "$${"):
			text.WriteString("${")

			i += len("$${")
		case strings.HasPrefix(s[i:], "${"):
			end := closing(s, i+len("${"))
			if end < 0 {
				return nil, errUnclosed
			}

			if text.Len() > 0 {
				parts = append(parts, part{text: text.String()})
				text.Reset()
			}

			parts = append(parts, part{text: s[i+len("${") : end], expression: true})
			i = end + 1
		default:
			text.WriteByte(s[i])

			i++
		}
	}

	if text.Len() > 0 || len(parts) == 0 {
		parts = append(parts, part{text: text.String()})
	}

	return parts, nil
}

// closing returns the index of the brace that closes an expression starting at
// i, or -1. Braces in CEL string literals and nested braces don't count.
func closing(s string, i int) int {
	depth := 0

	for ; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\'':
			for i++; i < len(s) && s[i] != c; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}

			depth--
		}
	}

	return -1
}
