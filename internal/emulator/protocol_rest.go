package emulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// restProtocol is restJson1, of AWS Backup: the action is in the path, and what
// it is called with in path and query. Only actions that read are known, so no
// request has a body.
type restProtocol struct {
	// routes lead from a path to its action. A part in braces is the name of a
	// parameter.
	routes map[string]string
}

func (p restProtocol) read(r *http.Request, _ []byte) (string, input, error) {
	for pattern, name := range p.routes {
		in, ok := matchPath(pattern, r.URL.EscapedPath())
		if !ok || r.Method != http.MethodGet {
			continue
		}

		for key, values := range r.URL.Query() {
			in[key] = values[0]
		}

		return name, in, nil
	}

	return "", nil, &Error{Code: codeUnknownOperation, Status: http.StatusNotFound, Message: r.Method + " " + r.URL.Path}
}

// matchPath reads the parameters of a path; false if it is not of the pattern.
func matchPath(pattern, path string) (input, bool) {
	want := strings.Split(pattern, "/")
	got := strings.Split(strings.Trim(path, "/"), "/")

	if len(want) != len(got) {
		return nil, false
	}

	in := input{}

	for i, part := range want {
		value, err := url.PathUnescape(got[i])

		switch name, isParameter := strings.CutPrefix(part, "{"); {
		case err != nil:
			return nil, false
		case isParameter:
			in[strings.TrimSuffix(name, "}")] = value
		case part != value:
			return nil, false
		}
	}

	return in, true
}

func (restProtocol) succeed(w http.ResponseWriter, body []byte) {
	write(w, "application/json", http.StatusOK, body)
}

func (restProtocol) fail(w http.ResponseWriter, err *Error, _ string) {
	body, problem := json.Marshal(object{"Code": err.Code, "Message": err.Message})
	if problem != nil {
		// Only what the emulator itself has built is in there.
		panic(problem)
	}

	w.Header().Set("X-Amzn-Errortype", err.Code)
	write(w, "application/json", err.Status, body)
}
