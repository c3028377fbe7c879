package failover

import "time"

// What the tests share.
const (
	east = "us-east-1"
	west = "us-west-2"
	ohio = "us-east-2"

	us, them = "uid-of-us", "uid-of-them"
)

var (
	noon     = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	payments = Name{Namespace: "dr", Name: "payments"}

	// answering is a region that is known to answer.
	answering = probed(true, BackAfter)

	// dark is a region that is known not to answer, since noon.
	dark = probed(false, DarkAfter)
)

// probed is what is known after probes with a minute between them.
func probed(answered bool, times int) Reachability {
	var r Reachability
	for i := range times {
		r = r.Next(noon.Add(time.Duration(i)*time.Minute), answered)
	}

	return r
}

// home is the first decision, ours.
func home() Decision {
	return Decision{Region: east, Epoch: 1, DataEpoch: 1, DecidedAt: noon.Add(-24 * time.Hour), By: us, Nonce: "n1"}
}

// failedOver is the second one, ours.
func failedOver() Decision {
	return Decision{
		Region: west, Epoch: 2, DataEpoch: 2, From: east, DecidedAt: noon.Add(-time.Hour), OldestData: noon.Add(-2 * time.Hour),
		By: us, Nonce: "n2",
	}
}

func by(uid string, d Decision) Decision {
	d.By = uid

	return d
}

// state has one decision in force and those before it.
func state(d Decision, before ...Decision) State { return State{Decision: d, History: before} }

// asks is a request for an activation, of two regions.
func asks(a *Activation) Request {
	return Request{Regions: []string{east, west}, Activation: a}
}

// to is an activation with consent to an hour's loss.
func to(region string, epoch int64, edits ...func(*Activation)) *Activation {
	hour := time.Hour
	a := &Activation{Region: region, Epoch: epoch, MaxDataLoss: &hour}

	for _, edit := range edits {
		edit(a)
	}

	return a
}

func inPlace(a *Activation)     { a.Restore = true }
func stated(a *Activation)      { a.Adopt = true }
func unconsented(a *Activation) { a.MaxDataLoss = nil }

func accept(codes ...Code) func(*Activation) {
	return func(a *Activation) { a.Accept = codes }
}

// fine are facts under which nothing blocks: both regions are well, and data of
// twelve minutes ago could be restored in either.
func fine(edits ...func(*Facts)) Facts {
	f := Facts{
		Now: noon, Target: payments, UID: us, Nonce: "n",
		Regions: map[string]Region{
			east: {Reachability: answering, Zones: []Zone{{ID: "use1-az1"}, {ID: "use1-az2"}}},
			west: {Reachability: answering, Zones: []Zone{{ID: "usw2-az1"}, {ID: "usw2-az2"}}},
		},
		Measurements: []Measurement{measured("db-east", east, 12*time.Minute), measured("db-west", west, 12*time.Minute)},
	}

	for _, edit := range edits {
		edit(&f)
	}

	return f
}

// held is that we made the decision in force.
func held(f *Facts) { f.Holder = true }

// measured is a selection whose data has an age.
func measured(name, region string, age time.Duration) Measurement {
	return Measurement{Selection: Name{"dr", name}, Target: payments, Region: region, DataTime: noon.Add(-age)}
}

// measuring are the only measurements.
func measuring(m ...Measurement) func(*Facts) {
	return func(f *Facts) { f.Measurements = m }
}

// seen is what is known of the region to be activated.
func seen(r Region) func(*Facts) {
	return func(f *Facts) { f.Regions = map[string]Region{west: r} }
}

func faulty(code Code) func(*Facts) {
	return func(f *Facts) { f.Record = RecordFault{Code: code, Detail: "it is broken"} }
}
