// Package constant reads constants from source, for tests that keep a page of
// the documentation like the code.
package constant

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
)

// Values returns the values of the constants of a type in a folder, which are
// texts. It is an error if there is none.
func Values(dir, typ string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("cannot list the files of %s: %w", dir, err)
	}

	var out []string

	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("cannot parse %s: %w", file, err)
		}

		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := value(n, typ); ok {
				out = append(out, v)
			}

			return true
		})
	}

	if len(out) == 0 {
		return nil, fmt.Errorf("cannot find a constant of the type %s in %s", typ, dir)
	}

	return out, nil
}

// value returns the value of a constant of a type, if a node is one.
func value(n ast.Node, typ string) (string, bool) {
	spec, ok := n.(*ast.ValueSpec)
	if !ok || len(spec.Values) != 1 {
		return "", false
	}

	if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typ {
		return "", false
	}

	literal, ok := spec.Values[0].(*ast.BasicLit)
	if !ok {
		return "", false
	}

	v, err := strconv.Unquote(literal.Value)

	return v, err == nil
}
