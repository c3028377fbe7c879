package failover

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossdr/crossdr/internal/region"
)

// A Fault is what is wrong with one field of a FailoverTarget.
type Fault struct {
	// Path of the field, such as spec.forProvider.regions[1].
	Path string

	Message string
}

func (f Fault) String() string { return f.Path + ": " + f.Message }

// Validate returns every fault of a request at once, in the order of the
// fields. The state is what is recorded: the region that serves must stay in
// the list, and home must stay first as long as it is known to be home.
func Validate(s State, r Request) []Fault {
	v := &validation{state: s, request: r}

	for _, check := range []func(){v.regions, v.served, v.home, v.activation, v.epochs, v.accept, v.restore, v.require, v.record} {
		check()
	}

	return v.faults
}

type validation struct {
	state   State
	request Request
	faults  []Fault
}

func (v *validation) addf(path, format string, args ...any) {
	v.faults = append(v.faults, Fault{Path: "spec.forProvider." + path, Message: fmt.Sprintf(format, args...)})
}

func (v *validation) regions() {
	if len(v.request.Regions) == 0 {
		v.addf("regions", "Required value: list the regions, the home region first")
	}

	v.names("regions", ".name", v.request.Regions)
}

// names checks names of regions.
func (v *validation) names(field, key string, names []string) {
	for i, name := range names {
		path := fmt.Sprintf("%s[%d]%s", field, i, key)

		switch {
		case !region.WellFormed(name):
			v.addf(path, "Invalid value: %q is not the name of a region", name)
		case slices.Index(names, name) < i:
			v.addf(path, "Duplicate value: %s is listed before", name)
		}
	}
}

// served: without the region that serves, nothing could follow the decision.
func (v *validation) served() {
	if v.state.Epoch > 0 && !slices.Contains(v.request.Regions, v.state.Region) {
		v.addf("regions", "Invalid value: [%s] must contain %s, which serves at %s: put it back. It may go once another region is active",
			strings.Join(v.request.Regions, ", "), v.state.Region, epoch(v.state.Epoch))
	}
}

// home: at epoch 1 home serves, so another first region can't be home.
func (v *validation) home() {
	if r := v.request.Regions; v.state.Epoch == 1 && len(r) > 0 && r[0] != v.state.Region && slices.Contains(r, v.state.Region) {
		v.addf("regions[0].name", "Invalid value: %s is listed first, but %s is home, because it serves at epoch 1: put it first", r[0], v.state.Region)
	}
}

func (v *validation) activation() {
	a := v.request.Activation
	if a == nil {
		return
	}

	switch {
	case a.Region == "":
		v.addf("activation.region", "Required value: say which region to activate")
	case !slices.Contains(v.request.Regions, a.Region):
		v.addf("activation.region", "Invalid value: %s is none of the regions [%s]", a.Region, strings.Join(v.request.Regions, ", "))
	}

	if a.MaxDataLoss != nil && *a.MaxDataLoss < 0 {
		v.addf("activation.maxDataLoss", "Invalid value: %s is negative", short(*a.MaxDataLoss))
	}
}

func (v *validation) epochs() {
	a := v.request.Activation
	if a == nil {
		return
	}

	if a.Epoch < 2 {
		v.addf("activation.epoch", "Invalid value: %d: home serves at epoch 1, so an activation is for 2 or more", a.Epoch)
	}

	switch {
	case a.DataEpoch != 0 && !a.Adopt:
		v.addf("activation.dataEpoch", "Invalid value: %d: only adopt states it; otherwise it follows from the decision", a.DataEpoch)
	case a.DataEpoch < 0 || a.DataEpoch > a.Epoch:
		v.addf("activation.dataEpoch", "Invalid value: %d must be from 1 to the epoch %d", a.DataEpoch, a.Epoch)
	}
}

func (v *validation) accept() {
	a := v.request.Activation
	if a == nil {
		return
	}

	for i, code := range a.Accept {
		switch acceptable, known := code.acceptable(); {
		case !known:
			v.addf(fmt.Sprintf("activation.accept[%d]", i), "Unsupported value: %q is no blocker", code)
		case !acceptable:
			v.addf(fmt.Sprintf("activation.accept[%d]", i), "Invalid value: %s can't be accepted: without the record two control planes could decide", code)
		}
	}
}

// restore: a failover restores or promotes by itself, so to say it there could
// mean anything.
func (v *validation) restore() {
	a := v.request.Activation
	if a == nil || !a.Restore {
		return
	}

	switch {
	case a.Adopt:
		v.addf("activation.restore", "Invalid value: adopt decides nothing, so nothing can be restored with it")
	case a.Epoch == v.state.Epoch+1 && a.Region != v.state.Region && v.state.Epoch > 0:
		v.addf("activation.restore", "Invalid value: only for the active region, which is %s: leave it out to activate %s", v.state.Region, a.Region)
	}
}

func (v *validation) require() {
	if n := v.request.Require.Zones; n < 0 {
		v.addf("require.zones", "Invalid value: %d is negative", n)
	}
}

func (v *validation) record() {
	v.names("record.dynamoDB.regions", "", v.request.RecordRegions)
}
