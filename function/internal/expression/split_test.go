package expression

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	text := func(s string) part { return part{text: s} }
	expr := func(s string) part { return part{text: s, expression: true} }

	type want struct {
		parts []part
		fails bool
	}

	cases := map[string]struct {
		reason string
		s      string
		want   want
	}{
		"Text": {
			reason: "A string without an expression is not taken apart at all.",
			s:      "plain $ text } {",
		},
		"Whole": {
			reason: "A string that is one expression has one part, so that its type can be kept.",
			s:      "${xr.spec.size}",
			want:   want{parts: []part{expr("xr.spec.size")}},
		},
		"Mixed": {
			reason: "Text and expressions keep their order.",
			s:      "a-${x}-b${y}",
			want:   want{parts: []part{text("a-"), expr("x"), text("-b"), expr("y")}},
		},
		"Escaped": {
			reason: "IAM policies have variables of their own: $${ is the text ${.",
			s:      "arn:aws:s3:::b/$${aws:username}",
			want:   want{parts: []part{text("arn:aws:s3:::b/${aws:username}")}},
		},
		"EscapedBesideExpression": {
			reason: "An escape does not swallow the expression after it.",
			s:      "$${a}${b}",
			want:   want{parts: []part{text("${a}"), expr("b")}},
		},
		"DollarBeforeEscape": {
			reason: "Only the $ right before ${ escapes it.",
			s:      "$$${a}",
			want:   want{parts: []part{text("$${a}")}},
		},
		"NestedBraces": {
			reason: "A map literal has braces of its own.",
			s:      "${ {'a': {'b': 1}} }!",
			want:   want{parts: []part{expr(" {'a': {'b': 1}} "), text("!")}},
		},
		"BraceInQuotes": {
			reason: "A brace in a string literal closes nothing, whichever quotes it has.",
			s:      `${'}' + "{"}`,
			want:   want{parts: []part{expr(`'}' + "{"`)}},
		},
		"EscapedQuote": {
			reason: "An escaped quote does not end a string literal.",
			s:      `${'\'}'}x`,
			want:   want{parts: []part{expr(`'\'}'`), text("x")}},
		},
		"OtherQuoteInQuotes": {
			reason: "A quote of the other kind is a character like any other.",
			s:      `${"'"}}`,
			want:   want{parts: []part{expr(`"'"`), text("}")}},
		},
		"NotASCII": {
			reason: "Text is kept byte by byte.",
			s:      "grün-${x}-→",
			want:   want{parts: []part{text("grün-"), expr("x"), text("-→")}},
		},
		"Empty": {
			reason: "An empty expression is one: the compiler says what is wrong with it.",
			s:      "${}",
			want:   want{parts: []part{expr("")}},
		},
		"Unclosed": {
			reason: "An expression that never ends is a fault rather than text.",
			s:      "a ${x",
			want:   want{fails: true},
		},
		"UnclosedQuote": {
			reason: "A string literal that never ends hides the closing brace.",
			s:      "${'x}",
			want:   want{fails: true},
		},
		"UnclosedBackslash": {
			reason: "A backslash at the very end must not be read past.",
			s:      `${'\`,
			want:   want{fails: true},
		},
		"UnclosedNested": {
			reason: "The inner brace closes the map literal only.",
			s:      "${ {'a': 1}",
			want:   want{fails: true},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			parts, err := split(tc.s)

			got := want{parts: parts, fails: err != nil}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}, part{})); diff != "" {
				t.Errorf("%s\nsplit(%q): -want +got:\n%s", tc.reason, tc.s, diff)
			}
		})
	}
}
