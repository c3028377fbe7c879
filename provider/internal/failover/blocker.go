package failover

// A Code says why an activation is refused. The codes are those of the API.
type Code string

// The reasons why an activation is refused.
const (
	CodeRegionUnreachable      Code = "RegionUnreachable"
	CodeTooFewZones            Code = "TooFewZones"
	CodeTypeNotOffered         Code = "TypeNotOffered"
	CodeDataLossExceedsConsent Code = "DataLossExceedsConsent"
	CodeDataAgeUnknown         Code = "DataAgeUnknown"
	CodeNothingMeasured        Code = "NothingMeasured"
	CodeRecordUnreadable       Code = "RecordUnreadable"
	CodeRecordNotStrong        Code = "RecordNotStrong"
	CodeRecordNotWritten       Code = "RecordNotWritten"
)

// acceptable returns whether a blocker may be let pass, and whether it is one at
// all. Those of the record may not: without it two control planes could decide.
func (c Code) acceptable() (acceptable, known bool) {
	switch c {
	case CodeRegionUnreachable, CodeTooFewZones, CodeTypeNotOffered,
		CodeDataLossExceedsConsent, CodeDataAgeUnknown, CodeNothingMeasured:
		return true, true
	case CodeRecordUnreadable, CodeRecordNotStrong, CodeRecordNotWritten:
		return false, true
	}

	return false, false
}

// A Blocker is one reason why an activation is refused.
type Blocker struct {
	Code Code

	// Message with the facts and what to do. It holds no numbers that change
	// from poll to poll: it ends up in the status.
	Message string
}

// blockers returns every reason why the activation can't be carried out, in the
// order of the checks.
func (c *consideration) blockers() []Blocker {
	var out []Blocker

	for _, check := range c.checks() {
		if code, message := check(); message != "" {
			out = append(out, Blocker{Code: code, Message: message})
		}
	}

	return out
}

// checks that an activation must pass. What only takes over control touches no
// copy: it needs the record, and nothing of the region or its data.
func (c *consideration) checks() []func() (Code, string) {
	if !c.moves() {
		return []func() (Code, string){c.recordFault}
	}

	return []func() (Code, string){
		c.recordFault,
		c.regionUnreachable,
		c.tooFewZones,
		c.typeNotOffered,
		c.nothingMeasured,
		c.dataAgeUnknown,
		c.dataLossExceedsConsent,
	}
}
