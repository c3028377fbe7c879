package failovertarget

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"sigs.k8s.io/controller-runtime/pkg/client"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/failover"
)

// clients call AWS in one region.
type clients interface {
	DynamoDB() *dynamodb.Client
	EC2() *ec2.Client
	RDS() *rds.Client
}

// A connect returns the clients of a region, and the identity of the credentials
// that they use. The regions to avoid are not called for credentials either.
type connect func(ctx context.Context, mg *v1alpha1.FailoverTarget, region string, avoid ...string) (c clients, identity string, err error)

// A gatherer gathers what is known when a turn begins.
type gatherer struct {
	kube    client.Reader
	connect connect
	prober  *prober
	now     func() time.Time
	nonce   func() string
}

// gather returns the observation of a turn, and what is known of the regions.
func (g *gatherer) gather(ctx context.Context, mg *v1alpha1.FailoverTarget) (failover.Observation, map[string]sight, error) {
	o := observation(mg)
	o.Facts = failover.Facts{
		Now:    g.now(),
		Target: failover.Name{Namespace: mg.GetNamespace(), Name: mg.GetName()},
		UID:    string(mg.GetUID()),
		Nonce:  g.nonce(),
	}

	measured, err := g.measurements(ctx, mg)
	if err != nil {
		return failover.Observation{}, nil, err
	}

	o.Facts.Measurements = measured

	seen := g.prober.look(ctx, g.asks(mg, &o))
	o.Facts.Regions = map[string]failover.Region{}

	for name, s := range seen {
		o.Facts.Regions[name] = region(regionStatus(name, s, lastKnown(mg, name), mg.Spec.ForProvider.Require), s.reach)
	}

	return o, seen, nil
}

// asks returns how each region is to be looked at: those that may serve, and
// those whose endpoints serve the record.
func (g *gatherer) asks(mg *v1alpha1.FailoverTarget, o *failover.Observation) []ask {
	all := slices.Concat(o.Request.Regions, o.Request.RecordRegions)
	slices.Sort(all)
	all = slices.Compact(all)

	config := configOf(mg)
	contact := map[string]failover.Contact{}

	for _, name := range all {
		contact[name] = o.Contact(name, g.prober.reach(place{config, name}))
	}

	avoided := avoid(contact)
	// A probe outlives the reconcile, and with it the object.
	of := mg.DeepCopy()

	out := make([]ask, 0, len(all))
	for _, name := range all {
		a := ask{place: place{config, name}, target: mg.GetUID(), contact: contact[name]}
		a.connect = func(ctx context.Context) (clients, string, error) { return g.connect(ctx, of, name, avoided...) }

		if r := mg.Spec.ForProvider.Require; r != nil && slices.Contains(o.Request.Regions, name) {
			a.require = *r
		}

		out = append(out, a)
	}

	return out
}

// avoid returns the regions that nothing else may be called in, sorted.
func avoid(contact map[string]failover.Contact) []string {
	var out []string

	for name, c := range contact {
		if c != failover.ContactAll {
			out = append(out, name)
		}
	}

	slices.Sort(out)

	return out
}

// configOf names the ProviderConfig of a target.
func configOf(mg *v1alpha1.FailoverTarget) string {
	ref := mg.GetProviderConfigReference()

	switch {
	case ref == nil:
		return ""
	case ref.Kind == v1alpha1.ProviderConfigKind:
		return mg.GetNamespace() + "/" + ref.Name
	}

	return ref.Name
}

// region returns what is known of a region as a fact.
func region(o v1alpha1.RegionObservation, reach failover.Reachability) failover.Region {
	out := failover.Region{Reachability: reach, OptInStatus: o.OptInStatus}

	for _, z := range o.Zones {
		out.Zones = append(out.Zones, failover.Zone{ID: z.ID, Type: z.Type, State: z.State, OptInStatus: z.OptInStatus})
	}

	if o.Offered != nil {
		out.InstanceTypes, out.DBInstanceClasses = o.Offered.InstanceTypes, o.Offered.DBInstanceClasses
	}

	return out
}

// problems returns what AWS, or the ProviderConfig, refuses to tell. Each is
// told once, though it be the same everywhere.
func problems(seen map[string]sight) error {
	regions := map[string][]string{}

	for name, s := range seen {
		if s.err != nil {
			regions[s.err.Error()] = append(regions[s.err.Error()], name)
		}
	}

	out := make([]string, 0, len(regions))

	for text, names := range regions {
		slices.Sort(names)
		out = append(out, fmt.Sprintf("cannot look at %s: %s", strings.Join(names, ", "), text))
	}

	if len(out) == 0 {
		return nil
	}

	slices.Sort(out)

	return errors.New(strings.Join(out, "; "))
}

// indexTarget is the index of SnapshotSelections by the FailoverTarget that they
// name, as namespace/name.
const indexTarget = "failoverTarget"

// measurements returns what the SnapshotSelections say that name the target.
// Without an activation nobody asks.
func (g *gatherer) measurements(ctx context.Context, mg *v1alpha1.FailoverTarget) ([]failover.Measurement, error) {
	if mg.Spec.ForProvider.Activation == nil {
		return nil, nil
	}

	list := &v1alpha1.SnapshotSelectionList{}
	name := failover.Name{Namespace: mg.GetNamespace(), Name: mg.GetName()}

	if err := g.kube.List(ctx, list, client.MatchingFields{indexTarget: name.String()}); err != nil {
		return nil, fmt.Errorf("cannot list the SnapshotSelections that name this target: %w", err)
	}

	out := make([]failover.Measurement, 0, len(list.Items))
	for i := range list.Items {
		out = append(out, measurement(&list.Items[i]))
	}

	return out, nil
}

// measurement returns what a SnapshotSelection says.
func measurement(s *v1alpha1.SnapshotSelection) failover.Measurement {
	at := &s.Status.AtProvider
	m := failover.Measurement{
		Selection: failover.Name{Namespace: s.GetNamespace(), Name: s.GetName()},
		Target:    targetOf(s),
		Region:    s.Spec.ForProvider.Region,
		Reason:    at.Reason,
	}

	switch {
	case at.Selected == nil:
		m.Reason = cmp.Or(m.Reason, "nothing is selected yet")
	case outdated(s):
		m.Reason = "its spec has changed since it selected"
	case at.Selected.DataTime != nil:
		m.DataTime = at.Selected.DataTime.UTC()
	}

	return m
}

// outdated returns whether the status of a SnapshotSelection answers an older
// spec.
func outdated(s *v1alpha1.SnapshotSelection) bool {
	for _, c := range s.Status.Conditions {
		if c.Type == xpv2.TypeReady && c.ObservedGeneration > 0 {
			return c.ObservedGeneration != s.GetGeneration()
		}
	}

	return false
}

// targetOf returns the FailoverTarget that a SnapshotSelection names. Zero if it
// names none.
func targetOf(s *v1alpha1.SnapshotSelection) failover.Name {
	ref := s.Spec.ForProvider.FailoverTargetRef
	if ref == nil {
		return failover.Name{}
	}

	return failover.Name{Namespace: cmp.Or(ref.Namespace, s.GetNamespace()), Name: ref.Name}
}
