package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// stsService signs as it is named.
const stsService = "sts"

// stsNamespace is the XML namespace of STS.
const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"

// A Role that calls of STS can assume.
type Role struct {
	// Name of the role.
	Name string

	// TrustedAccounts are the ids of the accounts whose principals may assume
	// the role; by default none.
	TrustedAccounts []string

	// ExternalID that callers must present, if the role's trust policy asks for
	// one.
	ExternalID string

	// WebIdentityTokens that AssumeRoleWithWebIdentity accepts.
	WebIdentityTokens []string
}

// AddRole adds a role to the account.
func (a *Account) AddRole(r Role) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	a.roles.put(r.Name, &r)
}

func stsActions() map[string]action {
	webIdentity := queryAction(
		"RoleArn! RoleSessionName! WebIdentityToken! DurationSeconds:int", stsNamespace, assumeRoleWithWebIdentity)
	webIdentity.unsigned = true

	return map[string]action{
		"GetCallerIdentity": queryAction("", stsNamespace, getCallerIdentity),
		"AssumeRole": queryAction(
			"RoleArn! RoleSessionName! DurationSeconds:int ExternalId Tags:list TransitiveTagKeys:list SourceIdentity",
			stsNamespace, assumeRole),
		"AssumeRoleWithWebIdentity": webIdentity,
	}
}

func getCallerIdentity(c *call, d *document) error {
	d.text("Arn", c.principal.arn)
	d.text("UserId", c.principal.userID)
	d.text("Account", c.principal.account.id)

	return nil
}

// assumeRole answers a role that does not exist and one that does not trust the
// caller alike: who may not assume a role is not told whether there is one.
func assumeRole(c *call, d *document) error {
	account, role, ok := c.emulator.role(c.in.str("RoleArn"))
	if !ok || !slices.Contains(role.TrustedAccounts, c.Account) || !role.admits(c.in.str("ExternalId")) {
		return &Error{
			Code: codeAccessDenied, Status: http.StatusForbidden,
			Message: "User: " + c.Principal + " is not authorized to perform: sts:AssumeRole on resource: " + c.in.str("RoleArn"),
		}
	}

	return c.openSession(d, account, role)
}

func assumeRoleWithWebIdentity(c *call, d *document) error {
	account, role, ok := c.emulator.role(c.in.str("RoleArn"))
	if !ok {
		return &Error{
			Code: codeAccessDenied, Status: http.StatusForbidden,
			Message: "Not authorized to perform sts:AssumeRoleWithWebIdentity",
		}
	}

	if !slices.Contains(role.WebIdentityTokens, c.in.str("WebIdentityToken")) {
		return refuse("InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}

	return c.openSession(d, account, role)
}

// role finds a role by its ARN.
func (e *Emulator) role(s string) (*Account, *Role, bool) {
	parsed, ok := parseARN(s)
	if !ok || parsed.service != "iam" {
		return nil, nil, false
	}

	account, ok := e.accounts[parsed.account]
	if !ok {
		return nil, nil, false
	}

	path, ok := strings.CutPrefix(parsed.resource, "role/")
	if !ok {
		return nil, nil, false
	}

	role, ok := account.roles.get(path[strings.LastIndex(path, "/")+1:])

	return account, role, ok
}

// openSession makes credentials of a role.
func (c *call) openSession(d *document, a *Account, role *Role) error {
	seconds := c.in.integer("DurationSeconds", 3600)
	if seconds < 900 || seconds > 43200 {
		return refuse("ValidationError", "DurationSeconds must be between 900 and 43200")
	}

	session := c.in.str("RoleSessionName")
	id := c.emulator.resourceID("AROA")[:20]
	key := "ASIA" + c.emulator.resourceID("key")[3:19]
	p := principal{
		account: a,
		arn:     "arn:aws:sts::" + a.id + ":assumed-role/" + role.Name + "/" + session,
		userID:  id + ":" + session,
		secret:  c.emulator.uuid("secret"),
		token:   c.emulator.uuid("token"),
		expires: c.wall.Add(time.Duration(seconds) * time.Second),
	}
	c.emulator.keys[key] = p

	d.element("Credentials", func() {
		d.text("AccessKeyId", key)
		d.text("SecretAccessKey", p.secret)
		d.text("SessionToken", p.token)
		d.time("Expiration", p.expires)
	})
	d.element("AssumedRoleUser", func() {
		d.text("AssumedRoleId", p.userID)
		d.text("Arn", p.arn)
	})

	return nil
}

// admits reports whether the external id that a caller presents is good enough.
func (r *Role) admits(externalID string) bool {
	return r.ExternalID == "" || r.ExternalID == externalID
}
