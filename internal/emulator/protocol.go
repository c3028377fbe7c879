package emulator

import (
	"fmt"
	"net/http"
	"net/url"
)

// A protocol is how requests and answers are written. See
// https://smithy.io/2.0/aws/protocols/index.html
type protocol interface {
	// read returns the action that is called, and what it is called with.
	read(r *http.Request, body []byte) (string, input, error)

	// succeed writes the body of an answer.
	succeed(w http.ResponseWriter, body []byte)

	// fail writes an error.
	fail(w http.ResponseWriter, err *Error, requestID string)
}

// queryProtocol is awsQuery, of RDS and STS.
type queryProtocol struct{}

// ec2Protocol is ec2Query, which reads like awsQuery and answers otherwise.
type ec2Protocol struct{}

func (queryProtocol) read(_ *http.Request, body []byte) (string, input, error) { return readForm(body) }
func (ec2Protocol) read(_ *http.Request, body []byte) (string, input, error)   { return readForm(body) }

func readForm(body []byte) (string, input, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil, refuse("MalformedQueryString", "cannot parse the query string: %v", err)
	}

	name := form.Get("Action")

	form.Del("Action")
	form.Del("Version")

	return name, formInput(form), nil
}

func (queryProtocol) succeed(w http.ResponseWriter, body []byte) { writeXML(w, http.StatusOK, body) }
func (ec2Protocol) succeed(w http.ResponseWriter, body []byte)   { writeXML(w, http.StatusOK, body) }

func (queryProtocol) fail(w http.ResponseWriter, err *Error, requestID string) {
	d := &document{}
	d.element("ErrorResponse", func() {
		d.element("Error", func() {
			d.text("Type", faultOf(err))
			d.text("Code", err.Code)
			d.text("Message", err.Message)
		})
		d.text("RequestId", requestID)
	})

	writeXML(w, err.Status, d.buf.Bytes())
}

func (ec2Protocol) fail(w http.ResponseWriter, err *Error, requestID string) {
	d := &document{}
	d.element("Response", func() {
		d.element("Errors", func() {
			d.element("Error", func() {
				d.text("Code", err.Code)
				d.text("Message", err.Message)
			})
		})
		d.text("RequestID", requestID)
	})

	writeXML(w, err.Status, d.buf.Bytes())
}

// faultOf says whose fault an error is.
func faultOf(err *Error) string {
	if err.Status >= http.StatusInternalServerError {
		return "Receiver"
	}

	return "Sender"
}

func writeXML(w http.ResponseWriter, status int, body []byte) {
	write(w, "text/xml", status, append([]byte(`<?xml version="1.0" encoding="UTF-8"?>`), body...))
}

func write(w http.ResponseWriter, contentType string, status int, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)

	// A client that has gone needs no answer.
	_, _ = w.Write(body)
}

// queryAction is an action of RDS or STS, whose result is a document within an
// envelope that is named after the action.
func queryAction(p params, namespace string, run func(*call, *document) error) action {
	return action{params: p, run: func(c *call) ([]byte, error) {
		d := &document{}
		fmt.Fprintf(&d.buf, "<%sResponse xmlns=%q><%sResult>", c.Action, namespace, c.Action)

		if err := run(c, d); err != nil {
			return nil, err
		}

		fmt.Fprintf(&d.buf, "</%sResult>", c.Action)
		d.element("ResponseMetadata", func() { d.text("RequestId", c.requestID) })
		fmt.Fprintf(&d.buf, "</%sResponse>", c.Action)

		return d.buf.Bytes(), nil
	}}
}

// ec2Action is an action of EC2, whose result has no element of its own.
func ec2Action(p params, run func(*call, *document) error) action {
	return action{params: p, run: func(c *call) ([]byte, error) {
		d := &document{}
		fmt.Fprintf(&d.buf, "<%sResponse xmlns=%q>", c.Action, "http://ec2.amazonaws.com/doc/2016-11-15/")
		d.text("requestId", c.requestID)

		if err := run(c, d); err != nil {
			return nil, err
		}

		fmt.Fprintf(&d.buf, "</%sResponse>", c.Action)

		return d.buf.Bytes(), nil
	}}
}
