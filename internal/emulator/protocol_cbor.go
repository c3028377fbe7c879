package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// cborProtocol is rpcv2Cbor, of CloudWatch, in the mode that is compatible with
// awsQuery: errors have the code that they had there in a header. See
// https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
type cborProtocol struct {
	// prefix of the path, before the action.
	prefix string
}

func (p cborProtocol) read(r *http.Request, body []byte) (string, input, error) {
	name, ok := strings.CutPrefix(r.URL.Path, p.prefix)
	if !ok || r.Header.Get("Smithy-Protocol") != "rpc-v2-cbor" {
		return "", nil, &Error{Code: codeUnknownOperation, Status: http.StatusNotFound, Message: r.URL.Path}
	}

	mode, err := cbor.DecOptions{DefaultMapType: reflect.TypeFor[map[string]any]()}.DecMode()
	if err != nil {
		return name, nil, fmt.Errorf("cannot decode CBOR: %w", err)
	}

	var raw any
	if err := mode.Unmarshal(body, &raw); err != nil {
		return name, nil, refuse("SerializationException", "cannot decode CBOR: %v", err)
	}

	in, ok := toInput(plain(raw)).(input)
	if !ok {
		return name, nil, refuse("SerializationException", "cannot decode CBOR: %T is no map", raw)
	}

	return name, in, nil
}

// plain turns what CBOR has numbers and times for into JSON numbers, which
// inputs have.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, child := range v {
			v[key] = plain(child)
		}

		return v
	case []any:
		for i, child := range v {
			v[i] = plain(child)
		}

		return v
	case uint64:
		return json.Number(strconv.FormatUint(v, 10))
	case int64:
		return json.Number(strconv.FormatInt(v, 10))
	case time.Time:
		return json.Number(strconv.FormatFloat(seconds(v), 'f', -1, 64))
	default:
		return v
	}
}

func (p cborProtocol) succeed(w http.ResponseWriter, body []byte) { p.write(w, http.StatusOK, body) }

func (p cborProtocol) fail(w http.ResponseWriter, err *Error, _ string) {
	body, problem := cbor.Marshal(object{"__type": "com.amazonaws.cloudwatch#" + shapeOf(err.Code), "message": err.Message})
	if problem != nil {
		// Only what the emulator itself has built is in there.
		panic(problem)
	}

	w.Header().Set("X-Amzn-Query-Error", err.Code+";"+faultOf(err))
	p.write(w, err.Status, body)
}

// shapeOf returns the name of the structure that an error has: only awsQuery
// gave it another code.
func shapeOf(code string) string {
	switch code {
	case codeInvalidValue, codeInvalidCombination:
		return code + "Exception"
	case codeMissing:
		return "MissingRequiredParameterException"
	default:
		return code
	}
}

func (cborProtocol) write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	write(w, "application/cbor", status, body)
}

// cborAction is an action whose result is a CBOR map. Times in it are tagged, as
// the protocol wants them.
func cborAction(p params, run func(*call) (object, error)) action {
	return action{params: p, run: func(c *call) ([]byte, error) {
		out, err := run(c)
		if err != nil {
			return nil, err
		}

		mode, err := cbor.EncOptions{Time: cbor.TimeUnixMicro, TimeTag: cbor.EncTagRequired}.EncMode()
		if err != nil {
			return nil, fmt.Errorf("cannot encode CBOR: %w", err)
		}

		return mode.Marshal(out)
	}}
}
