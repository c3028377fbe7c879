package emulator

import (
	"math/big"
	"reflect"
	"slices"
	"strings"
)

// A condition is a ConditionExpression: whether it holds for an item, which is
// nil if there is none.
type condition func(item input) bool

// An operand of a comparison: the value that it has for an item.
type operand func(item input) (input, bool)

// A conditionParser reads the part of the expression language that the emulator
// has: attribute_not_exists, =, <, AND, OR, NOT, parentheses, #names and
// :values. Names must be placeholders: whether a bare one is a reserved word is
// not something to learn on the worst day. See
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
type conditionParser struct {
	tokens []string
	names  input
	values input
	used   map[string]bool
}

// condition reads the condition of a call; without one, it always holds.
func (c *call) condition() (condition, error) {
	names, _ := c.in["ExpressionAttributeNames"].(input)
	values, _ := c.in["ExpressionAttributeValues"].(input)

	expression := c.in.str("ConditionExpression")
	if expression == "" {
		if len(names)+len(values) > 0 {
			return nil, invalid("ExpressionAttributeNames and ExpressionAttributeValues can only be specified when using expressions")
		}

		return func(input) bool { return true }, nil
	}

	p := &conditionParser{tokens: tokens(expression), names: names, values: values, used: map[string]bool{}}

	out, err := p.or()
	if err != nil {
		return nil, err
	}

	if len(p.tokens) > 0 {
		return nil, p.unexpected()
	}

	for _, name := range slices.Concat(sortedKeys(names), sortedKeys(values)) {
		if !p.used[name] {
			return nil, invalid("Value provided in ExpressionAttributeNames or ExpressionAttributeValues unused in expressions: keys: {%s}", name)
		}
	}

	return out, nil
}

// tokens of an expression.
func tokens(expression string) []string {
	spaced := strings.NewReplacer("(", " ( ", ")", " ) ", "<>", " <> ", "<=", " <= ", ">=", " >= ", "=", " = ", "<", " < ", ">", " > ", ",", " , ")

	return strings.Fields(spaced.Replace(expression))
}

// take reads a token if it is the next one. Words are the same in any case.
func (p *conditionParser) take(token string) bool {
	if len(p.tokens) == 0 || !strings.EqualFold(p.tokens[0], token) {
		return false
	}

	p.tokens = p.tokens[1:]

	return true
}

func (p *conditionParser) unexpected() error {
	near := "<EOF>"
	if len(p.tokens) > 0 {
		near = p.tokens[0]
	}

	return invalid("Invalid ConditionExpression: Syntax error; token: %q, or not known to the emulator", near)
}

func (p *conditionParser) or() (condition, error) {
	left, err := p.and()

	for err == nil && p.take("OR") {
		var right condition

		first := left
		right, err = p.and()
		left = func(item input) bool { return first(item) || right(item) }
	}

	return left, err
}

func (p *conditionParser) and() (condition, error) {
	left, err := p.not()

	for err == nil && p.take("AND") {
		var right condition

		first := left
		right, err = p.not()
		left = func(item input) bool { return first(item) && right(item) }
	}

	return left, err
}

func (p *conditionParser) not() (condition, error) {
	if !p.take("NOT") {
		return p.primary()
	}

	inner, err := p.not()

	return func(item input) bool { return !inner(item) }, err
}

func (p *conditionParser) primary() (condition, error) {
	if p.take("(") {
		inner, err := p.or()
		if err == nil && !p.take(")") {
			err = p.unexpected()
		}

		return inner, err
	}

	if len(p.tokens) > 0 && p.tokens[0] == "attribute_not_exists" {
		p.tokens = p.tokens[1:]

		return p.notExists()
	}

	left, err := p.operand()
	if err != nil {
		return nil, err
	}

	less := p.take("<")
	if !less && !p.take("=") {
		return nil, p.unexpected()
	}

	right, err := p.operand()

	return func(item input) bool {
		l, hasLeft := left(item)
		r, hasRight := right(item)

		switch {
		case !hasLeft, !hasRight:
			return false
		case less:
			return before(l, r)
		default:
			return same(l, r)
		}
	}, err
}

func (p *conditionParser) notExists() (condition, error) {
	if !p.take("(") {
		return nil, p.unexpected()
	}

	if len(p.tokens) == 0 || !strings.HasPrefix(p.tokens[0], "#") {
		return nil, p.unexpected()
	}

	name, err := p.operand()
	if err == nil && !p.take(")") {
		err = p.unexpected()
	}

	return func(item input) bool {
		_, has := name(item)

		return !has
	}, err
}

// operand reads #name or :value.
func (p *conditionParser) operand() (operand, error) {
	if len(p.tokens) == 0 {
		return nil, p.unexpected()
	}

	token := p.tokens[0]

	switch {
	case strings.HasPrefix(token, "#"):
		name := p.names.str(token)
		if name == "" {
			return nil, invalid("Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: %s", token)
		}

		p.tokens, p.used[token] = p.tokens[1:], true

		return func(item input) (input, bool) {
			value, ok := item[name].(input)

			return value, ok
		}, nil
	case strings.HasPrefix(token, ":"):
		value, ok := p.values[token].(input)
		if !ok {
			return nil, invalid("Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: %s", token)
		}

		p.tokens, p.used[token] = p.tokens[1:], true

		return func(input) (input, bool) { return value, true }, nil
	default:
		return nil, p.unexpected()
	}
}

// same reports whether two attributes are of one type and value. Numbers are
// equal however they are written.
func same(l, r input) bool {
	if left, right, ok := numbers(l, r); ok {
		return left.Cmp(right) == 0
	}

	return reflect.DeepEqual(l, r)
}

// before reports whether one attribute is less than another: of two numbers or
// two texts. Nothing else has an order here.
func before(l, r input) bool {
	if left, right, ok := numbers(l, r); ok {
		return left.Cmp(right) < 0
	}

	left, isText := l["S"].(string)
	right, areTexts := r["S"].(string)

	return isText && areTexts && left < right
}

func numbers(l, r input) (*big.Rat, *big.Rat, bool) {
	if !l.has("N") || !r.has("N") {
		return nil, nil, false
	}

	left, ok := new(big.Rat).SetString(l.str("N"))
	right, both := new(big.Rat).SetString(r.str("N"))

	return left, right, ok && both
}
