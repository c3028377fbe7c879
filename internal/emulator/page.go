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

	// plainToken says that the token is the last key of the page before, and not
	// something opaque.
	plainToken bool
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

	token, err := l.read(c)
	if err != nil {
		return nil, "", err
	}

	if err := c.emulator.faults.breakPage(c, token.page); err != nil {
		return nil, "", err
	}

	slices.SortStableFunc(items, func(a, b T) int { return strings.Compare(key(a), key(b)) })

	if token.page > 1 {
		first, found := slices.BinarySearchFunc(items, token.last, func(item T, last string) int { return strings.Compare(key(item), last) })
		if found {
			first++
		}

		items = items[first:]
	}

	if size == 0 || len(items) <= size {
		return items, "", nil
	}

	return items[:size], l.write(c, pageToken{page: token.page + 1, last: key(items[size-1])}), nil
}

// A pageToken says where a page begins: its number, and the last key of the page
// before.
type pageToken struct {
	page int
	last string
}

// write returns the token of a page as the caller gets it. An opaque one is good
// for one action only.
func (l listing) write(c *call, t pageToken) string {
	if l.plainToken {
		return t.last
	}

	return base64.URLEncoding.EncodeToString([]byte(c.Action + " " + strconv.Itoa(t.page) + " " + t.last))
}

// read returns the token that a call comes with. A plain one does not tell which
// page it is: any but the first counts as the second.
func (l listing) read(c *call) (pageToken, error) {
	token := c.in.str(l.tokenName)

	switch {
	case token == "":
		return pageToken{page: 1}, nil
	case l.plainToken:
		return pageToken{page: 2, last: token}, nil
	}

	raw, err := base64.URLEncoding.DecodeString(token)
	parts := strings.SplitN(string(raw), " ", 3)

	if err != nil || len(parts) != 3 || parts[0] != c.Action || !isNumber(parts[1]) {
		return pageToken{}, refuse(c.service.errors.badToken, "The pagination token %s is not valid for %s", l.tokenName, c.Action)
	}

	page, _ := strconv.Atoi(parts[1])

	return pageToken{page: page, last: parts[2]}, nil
}
