package emulator

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/crossdr/crossdr/internal/region"
)

// A call is one request, and what its action needs to answer it.
type call struct {
	Call

	emulator  *Emulator
	service   service
	region    *Region
	principal principal
	in        input
	now       time.Time
	requestID string

	// sessions begin at the wall clock's time, by which SDKs let them end.
	wall time.Time
}

// A service of AWS, as far as it is emulated.
type service struct {
	// name that IAM policies have for it.
	name     string
	protocol protocol
	errors   commonErrors
	actions  map[string]action
}

// An action of a service.
type action struct {
	params params

	// unsigned actions need no credentials.
	unsigned bool

	// run returns the body of the answer. It is called with the emulator locked.
	run func(*call) ([]byte, error)
}

// services by the name in the scope of a signature. CloudWatch signs as
// monitoring.
func services() map[string]service {
	return map[string]service{
		stsService:      {name: stsService, protocol: queryProtocol{}, errors: queryErrors(), actions: stsActions()},
		rdsService:      {name: rdsService, protocol: queryProtocol{}, errors: queryErrors(), actions: rdsActions()},
		ec2Service:      {name: ec2Service, protocol: ec2Protocol{}, errors: ec2Errors(), actions: ec2Actions()},
		dynamoDBService: {name: dynamoDBService, protocol: jsonProtocol{prefix: "DynamoDB_20120810."}, errors: dynamoDBErrors(), actions: dynamoDBActions()},
		backupService:   {name: backupService, protocol: restProtocol{routes: backupRoutes()}, errors: backupErrors(), actions: backupActions()},
		"monitoring": {
			name: cloudWatchService, protocol: cborProtocol{prefix: "/service/GraniteServiceVersion20100801/operation/"},
			errors: cloudWatchErrors(), actions: cloudWatchActions(),
		},
	}
}

// maxSkew is how far the time of a signature may be from the server's.
const maxSkew = 5 * time.Minute

// ServeHTTP answers one request as AWS does.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		// The client has gone.
		return
	}

	s, signed := readSignature(r)
	c, err := e.identify(r, body, s, signed)
	at := e.journal.arrive(c.Call)

	if !e.faults.connect(w, r, c.Call) {
		return
	}

	skew, skewed := e.faults.skew(c.Call)
	if skewed {
		w.Header().Set("Date", e.wall().Add(skew).UTC().Format(http.TimeFormat))
	}

	var out []byte
	if err == nil {
		err = e.authorize(c, r, body, s, signed, skew)
	}

	if err == nil {
		out, err = e.perform(c)
	}

	if e.faults.lost(r, c.Call) {
		cut(w)

		return
	}

	e.reply(w, c, at, out, err)
}

// identify reads who calls what.
func (e *Emulator) identify(r *http.Request, body []byte, s signature, signed bool) (*call, error) {
	if !signed {
		// Only STS has actions that need no signature.
		s.service, s.region = stsService, regionOfHost(r.Host)
	}

	c := &call{emulator: e, wall: e.wall()}
	c.Region = s.region

	svc, ok := e.services[s.service]
	if !ok {
		c.service = e.services[stsService]

		return c, &Error{
			Code: codeBadSignature, Status: http.StatusForbidden,
			Message: "Credential should be scoped to correct service: the emulator has no " + s.service,
		}
	}

	c.service = svc
	c.Service = svc.name

	e.mu.Lock()
	defer e.mu.Unlock()

	c.requestID = e.uuid("request")

	if p, ok := e.keys[s.keyID]; ok {
		c.principal = p
		c.Account, c.Principal = p.account.id, p.arn
		c.region = p.account.region(s.region)
	}

	var err error
	c.Action, c.in, err = svc.protocol.read(r, body)

	return c, err
}

// regionOfHost reads the region from a host such as sts.us-west-2.amazonaws.com.
func regionOfHost(host string) string {
	labels := strings.SplitN(host, ".", 3)
	if len(labels) == 3 && labels[0] == stsService && region.WellFormed(labels[1]) {
		return labels[1]
	}

	return ""
}

// authorize refuses what AWS would not let pass.
func (e *Emulator) authorize(c *call, r *http.Request, body []byte, s signature, signed bool, skew time.Duration) error {
	if c.service.actions[c.Action].unsigned {
		return e.faults.refuse(c.Call, c.service.errors)
	}

	errs := c.service.errors

	switch _, known := region.Lookup(s.region); {
	case !signed:
		return &Error{Code: "MissingAuthenticationToken", Status: http.StatusForbidden, Message: "Request is missing Authentication Token"}
	case c.region == nil:
		return &errs.unknownKey
	case !s.signs(r, body, c.principal):
		return &errs.badSignature
	case s.at.Sub(c.wall.Add(skew)).Abs() > maxSkew:
		return &errs.skewed
	case !c.principal.expires.IsZero() && c.wall.After(c.principal.expires):
		return &errs.expired
	case !known:
		return &Error{Code: errs.badSignature.Code, Status: errs.badSignature.Status, Message: "Credential should be scoped to a valid region."}
	case e.disabled(c):
		// To a region that is off for it, an account is unknown.
		return &errs.unknownKey
	default:
		return e.faults.refuse(c.Call, errs)
	}
}

func (e *Emulator) disabled(c *call) bool {
	e.mu.Lock()
	defer e.mu.Unlock()

	return c.region.account.optInStatus(c.Region) == notOptedIn
}

// perform runs the action.
func (e *Emulator) perform(c *call) ([]byte, error) {
	a, ok := c.service.actions[c.Action]
	if !ok {
		err := c.service.errors.unknownAction
		err.Message = "The action " + c.Action + " is not valid for this web service"

		return nil, &err
	}

	if err := a.params.check(c.in, c.service.errors); err != nil {
		return nil, err
	}

	e.mu.Lock()
	defer e.mu.Unlock()

	c.now = e.now().UTC()

	return a.run(c)
}

// reply writes the answer, and writes it down.
func (e *Emulator) reply(w http.ResponseWriter, c *call, at int, out []byte, err error) {
	w.Header().Set("X-Amzn-Requestid", c.requestID)

	if err == nil {
		e.journal.answer(at, http.StatusOK, "")
		c.service.protocol.succeed(w, out)

		return
	}

	var refusal *Error
	if !errors.As(err, &refusal) {
		refusal = &Error{Code: c.service.errors.internal.Code, Status: c.service.errors.internal.Status, Message: err.Error()}
	}

	e.journal.answer(at, refusal.Status, refusal.Code)
	c.service.protocol.fail(w, refusal, c.requestID)
}

// availableAt is when what a call creates or changes becomes available.
func (c *call) availableAt() time.Time {
	return c.now.Add(c.emulator.duration(c.Call))
}
