package emulator

import (
	"encoding/json"
	"hash/crc32"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// An object is a JSON object of an answer.
type object map[string]any

// jsonProtocol is awsJson1_0, of DynamoDB.
type jsonProtocol struct {
	// prefix of X-Amz-Target, before the action.
	prefix string
}

func (p jsonProtocol) read(r *http.Request, body []byte) (string, input, error) {
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), p.prefix)
	if !ok {
		return "", nil, refuse(codeUnknownOperation, "X-Amz-Target must begin with %s", p.prefix)
	}

	in, err := decodeJSON(body)
	if err != nil {
		return name, nil, refuse("SerializationException", "%v", err)
	}

	return name, in, nil
}

func (p jsonProtocol) succeed(w http.ResponseWriter, body []byte) { p.write(w, http.StatusOK, body) }

func (p jsonProtocol) fail(w http.ResponseWriter, err *Error, _ string) {
	out := object{"__type": "com.amazonaws.dynamodb.v20120810#" + err.Code, "message": err.Message}
	maps.Copy(out, err.details)

	body, problem := json.Marshal(out)
	if problem != nil {
		// Only what the emulator itself has built is in there.
		panic(problem)
	}

	p.write(w, err.Status, body)
}

// write adds the checksum that clients of DynamoDB verify.
func (jsonProtocol) write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
	write(w, "application/x-amz-json-1.0", status, body)
}

// jsonAction is an action whose result is a JSON object.
func jsonAction(p params, run func(*call) (object, error)) action {
	return action{params: p, run: func(c *call) ([]byte, error) {
		out, err := run(c)
		if err != nil {
			return nil, err
		}

		return json.Marshal(out)
	}}
}
