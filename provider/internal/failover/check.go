package failover

import (
	"fmt"
	"strings"
)

func (c *consideration) recordFault() (Code, string) {
	fault := c.facts.Record

	switch fault.Code { //nolint:exhaustive // The other codes are no faults of the record.
	case "":
		return "", ""
	case CodeRecordNotStrong:
		return fault.Code, fmt.Sprintf("the record can't decide between two control planes: %s. %s", fault.Detail, c.withoutRecord())
	case CodeRecordNotWritten:
		return fault.Code, fmt.Sprintf("the decision could not be written: %s. Nothing was changed, and it is tried again", fault.Detail)
	}

	return fault.Code, fmt.Sprintf("the record can't be read: %s. Nothing changes until it can. %s", fault.Detail, c.withoutRecord())
}

// withoutRecord says how to go on when the record is lost. Where nothing is
// known, what serves must be stated with it: home would else be guessed.
func (c *consideration) withoutRecord() string {
	drop, giveUp := removeAnnotation, "Repair the annotation"
	if c.request.shared() {
		drop, giveUp = removeRecord, "If no other control plane that uses it can come back, give it up"
	}

	switch {
	case c.state.Epoch == 0 && c.request.shared():
		return giveUp + ", and state which region serves, and since which epoch: " + c.patch(append([]string{drop}, c.stated()...)...)
	case c.state.Epoch == 0:
		return giveUp + ", or state which region serves, and since which epoch: " + c.patch(append([]string{drop}, c.stated()...)...)
	case c.request.shared():
		return giveUp + ", and the decision is kept in this object: " + c.patch(drop)
	}

	return giveUp + ". If the status is right, remove it, and it is written again: " + c.patch(drop)
}

func (c *consideration) regionUnreachable() (Code, string) {
	name, r := c.activation().Region, c.region()

	switch since := r.Reachability.DarkSince(); {
	case r.OptInStatus == notOptedIn:
		return CodeRegionUnreachable, fmt.Sprintf("%s is not enabled for this account: enable it (aws account enable-region --region-name %s), or activate another region", name, name)
	case r.Reachability.Usable():
		return "", ""
	case !since.IsZero():
		return CodeRegionUnreachable, fmt.Sprintf("%s has not answered since %s: activate another region, wait until it is back, or accept it: %s", name, stamp(since), c.accept(CodeRegionUnreachable))
	}

	return CodeRegionUnreachable, fmt.Sprintf("%s has not answered yet: wait, activate another region, or accept it: %s", name, c.accept(CodeRegionUnreachable))
}

func (c *consideration) tooFewZones() (Code, string) {
	ids, rejected := c.region().usable()

	need := c.request.Require.Zones
	if len(ids) >= need {
		return "", ""
	}

	why := ""
	if len(rejected) > 0 {
		why = "; " + strings.Join(rejected, "; ")
	}

	return CodeTooFewZones, fmt.Sprintf("%s has %d usable zones (%s), and spec.forProvider.require.zones is %d%s. Lower that, or accept it: %s",
		c.activation().Region, len(ids), list(ids), need, why, c.accept(CodeTooFewZones))
}

func (c *consideration) typeNotOffered() (Code, string) {
	r, need := c.region(), c.request.Require

	var parts []string

	for _, kind := range []struct {
		field    string
		required []string
		offered  map[string][]string
	}{
		{"instanceTypes", need.InstanceTypes, r.InstanceTypes},
		{"dbInstanceClasses", need.DBInstanceClasses, r.DBInstanceClasses},
	} {
		none, unknown := r.missing(kind.required, kind.offered)
		if len(none) > 0 {
			parts = append(parts, fmt.Sprintf("no usable zone offers %s (require.%s)", list(none), kind.field))
		}

		if len(unknown) > 0 {
			parts = append(parts, fmt.Sprintf("nobody knows whether %s is offered (require.%s)", list(unknown), kind.field))
		}
	}

	if len(parts) == 0 {
		return "", ""
	}

	return CodeTypeNotOffered, fmt.Sprintf("in %s %s. Take what is not needed out of spec.forProvider.require, or accept it: %s",
		c.activation().Region, strings.Join(parts, "; "), c.accept(CodeTypeNotOffered))
}

func (c *consideration) nothingMeasured() (Code, string) {
	if c.loss().measured() {
		return "", ""
	}

	return CodeNothingMeasured, fmt.Sprintf("no SnapshotSelection counts: none looks in %s, names %s in its failoverTargetRef and is in a protected namespace (%s), so nobody knows how much data would be lost. Make one, or accept it: %s",
		c.activation().Region, c.facts.Target, list(c.protected()), c.accept(CodeNothingMeasured))
}

func (c *consideration) dataAgeUnknown() (Code, string) {
	unknown := c.loss().unknown
	if len(unknown) == 0 {
		return "", ""
	}

	said := make([]string, 0, len(unknown))

	for _, u := range unknown[:min(len(unknown), mostNamed)] {
		said = append(said, fmt.Sprintf("%s (%s)", u.name, u.because))
	}

	if more := len(unknown) - len(said); more > 0 {
		said = append(said, fmt.Sprintf("%d more", more))
	}

	return CodeDataAgeUnknown, fmt.Sprintf("nobody knows how old the data is that %s would restore, by %s: the loss may be of any size. Mend the selections, or accept it: %s",
		c.activation().Region, strings.Join(said, ", "), c.accept(CodeDataAgeUnknown))
}

func (c *consideration) dataLossExceedsConsent() (Code, string) {
	l := c.loss()
	if !l.exceeds(c.activation().MaxDataLoss) {
		return "", ""
	}

	consents := "consents to no loss, as it is not set"
	if d := c.activation().MaxDataLoss; d != nil {
		consents = "consents to " + short(*d)
	}

	age, enough := rounded(l.age)

	return CodeDataLossExceedsConsent, fmt.Sprintf("%s would lose what was written since %s (%s), which is %s ago, and activation.maxDataLoss %s. To consent to %s: %s",
		c.activation().Region, stamp(l.oldest.DataTime), l.oldest.Selection, age, consents, short(enough), c.consent(enough))
}
