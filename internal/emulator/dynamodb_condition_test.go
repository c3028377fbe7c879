package emulator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func number(n string) input { return input{"N": n} }
func text(s string) input   { return input{"S": s} }

func TestCondition(t *testing.T) {
	item := input{"epoch": number("2"), "by": text("uid-a"), "flag": input{"BOOL": true}}

	cases := map[string]struct {
		reason     string
		expression string
		item       input
		want       bool
	}{
		"Absent":        {reason: "An item that is not there has no attributes.", expression: "attribute_not_exists(#e)", want: true},
		"Present":       {reason: "One that is has.", expression: "attribute_not_exists(#e)", item: item},
		"Equal":         {reason: "A number is equal to itself.", expression: "#e = :two", item: item, want: true},
		"Written":       {reason: "However it is written.", expression: "#e = :twoPointZero", item: item, want: true},
		"Type":          {reason: "Not to a text.", expression: "#e = :a", item: item},
		"Less":          {reason: "Numbers are compared as numbers.", expression: "#e < :ten", item: item, want: true},
		"NotLess":       {reason: "None is less than itself.", expression: "#e < :two", item: item},
		"Text":          {reason: "Texts are compared as texts.", expression: "#b < :b", item: item, want: true},
		"OtherOrder":    {reason: "Types have no order between them.", expression: "#e < :b", item: item},
		"Missing":       {reason: "What is missing compares to nothing.", expression: "#e = :two"},
		"NotMissing":    {reason: "So its negation holds.", expression: "NOT #e = :two", want: true},
		"And":           {reason: "Both must hold.", expression: "#e = :two AND #b = :b", item: item},
		"Or":            {reason: "One is enough.", expression: "#e = :two or #b = :b", item: item, want: true},
		"Precedence":    {reason: "AND binds closer than OR.", expression: "#e = :two OR #e = :two AND #b = :b", item: item, want: true},
		"Parentheses":   {reason: "Unless told otherwise.", expression: "(#e = :two OR #e = :two) AND #b = :b", item: item},
		"NotBinds":      {reason: "NOT binds closest.", expression: "NOT #e = :ten AND #b = :a", item: item, want: true},
		"ValuesOnly":    {reason: "Two values can be compared.", expression: ":two < :ten", want: true},
		"Spaceless":     {reason: "Spaces don't matter.", expression: "(#e=:two)AND(#b=:a)", item: item, want: true},
		"DoubleNot":     {reason: "Twice no is yes.", expression: "NOT (NOT #e = :two)", item: item, want: true},
		"NotInBrackets": {reason: "NOT takes what is in parentheses.", expression: "NOT (#e = :two AND #b = :b)", item: item, want: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := &call{in: conditionInput(tc.expression)}

			holds, err := c.condition()
			if err != nil {
				t.Fatalf("%s\n%q must be understood: %v", tc.reason, tc.expression, err)
			}

			if diff := cmp.Diff(tc.want, holds(tc.item)); diff != "" {
				t.Errorf("%s\n%q: -want, +got:\n%s", tc.reason, tc.expression, diff)
			}
		})
	}
}

// conditionInput has the names and values that an expression uses.
func conditionInput(expression string) input {
	names, values := input{}, input{}

	for _, token := range tokens(expression) {
		switch token {
		case "#e":
			names[token] = "epoch"
		case "#b":
			names[token] = "by"
		case ":two":
			values[token] = number("2")
		case ":twoPointZero":
			values[token] = number("2.0")
		case ":ten":
			values[token] = number("10")
		case ":a":
			values[token] = text("uid-a")
		case ":b":
			values[token] = text("uid-b")
		}
	}

	return input{"ConditionExpression": expression, "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
}

func TestConditionRefuses(t *testing.T) {
	cases := map[string]struct {
		reason     string
		expression string
		unused     bool
	}{
		"BareName":      {reason: "A bare name may be a reserved word.", expression: "attribute_not_exists(epoch)"},
		"BareOperand":   {reason: "In a comparison too.", expression: "epoch = :two"},
		"Function":      {reason: "Other functions are not emulated.", expression: "attribute_exists(#e)"},
		"Case":          {reason: "Functions are written in one way.", expression: "ATTRIBUTE_NOT_EXISTS(#e)"},
		"Operator":      {reason: "Nor are other operators.", expression: "#e <> :two"},
		"LessEqual":     {reason: "None is taken for another.", expression: "#e <= :two"},
		"Open":          {reason: "Parentheses close.", expression: "(#e = :two"},
		"Trailing":      {reason: "An expression ends.", expression: "#e = :two :two"},
		"Half":          {reason: "A comparison has two sides.", expression: "#e ="},
		"Dangling":      {reason: "So has AND.", expression: "#e = :two AND"},
		"Undefined":     {reason: "A name is defined.", expression: "#x = :two"},
		"NoValue":       {reason: "So is a value.", expression: "#e = :x"},
		"ValueInExists": {reason: "A value has no name.", expression: "attribute_not_exists(:two)"},
		"Unused":        {reason: "What is defined is used.", expression: "#e = :two", unused: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := conditionInput(tc.expression)
			if tc.unused {
				in["ExpressionAttributeValues"].(input)[":extra"] = number("1")
			}

			_, err := (&call{in: in}).condition()
			if diff := cmp.Diff(codeValidation, codeOf(err)); diff != "" {
				t.Errorf("%s\n%q: -want, +got:\n%s", tc.reason, tc.expression, diff)
			}
		})
	}
}

func codeOf(err error) string {
	if refusal, ok := err.(*Error); ok { //nolint:errorlint // The parser returns it unwrapped.
		return refusal.Code
	}

	return ""
}
