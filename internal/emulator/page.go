package emulator

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// A listing says which page of a list a call asks for.
type listing struct {
	// sizeName and tokenName are the parameters that say so.
	sizeName, tokenName string

	// least and most that a caller may ask for, and what it gets otherwise; 0
	// means everything.
	least, most, otherwise int
}

// paginate returns the page that a call asks for, and the token of the next one.
// The page begins after the key at which the last one ended, so that what is
// added or removed meanwhile makes nothing else appear twice or not at all.
func paginate[T any](c *call, l listing, items []T, key func(T) string) ([]T, string, error) {
	size := c.in.integer(l.sizeName, l.otherwise)
	if c.in.has(l.sizeName) && (size < l.least || size > l.most) {
		return nil, "", refuse(c.service.errors.invalid, "Invalid value %d for %s. Must be between %d and %d", size, l.sizeName, l.least, l.most)
	}

	if forced := c.emulator.pageSize; forced > 0 && (size == 0 || forced < size) {
		size = forced
	}

	number, last, err := decodeToken(c, l.tokenName)
	if err != nil {
		return nil, "", err
	}

	if err := c.emulator.faults.breakPage(c, number); err != nil {
		return nil, "", err
	}

	slices.SortStableFunc(items, func(a, b T) int { return strings.Compare(key(a), key(b)) })

	if number > 1 {
		first, found := slices.BinarySearchFunc(items, last, func(item T, last string) int { return strings.Compare(key(item), last) })
		if found {
			first++
		}

		items = items[first:]
	}

	if size == 0 || len(items) <= size {
		return items, "", nil
	}

	return items[:size], encodeToken(c, number+1, key(items[size-1])), nil
}

// A token names the action that it continues, the number of the page and the
// last key of the page before. Callers must not look into it.
func encodeToken(c *call, number int, last string) string {
	return base64.URLEncoding.EncodeToString([]byte(c.Action + " " + strconv.Itoa(number) + " " + last))
}

func decodeToken(c *call, name string) (int, string, error) {
	token := c.in.str(name)
	if token == "" {
		return 1, "", nil
	}

	raw, err := base64.URLEncoding.DecodeString(token)
	parts := strings.SplitN(string(raw), " ", 3)

	if err != nil || len(parts) != 3 || parts[0] != c.Action || !isNumber(parts[1]) {
		return 0, "", refuse(c.service.errors.badToken, "The pagination token %s is not valid for %s", name, c.Action)
	}

	number, _ := strconv.Atoi(parts[1])

	return number, parts[2], nil
}
