package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// requirementTarget is the name under which the function asks for the
// FailoverTarget.
const requirementTarget = "failover-target"

// A targetName is the namespace and name of a FailoverTarget.
type targetName struct{ namespace, name string }

func (t targetName) String() string { return t.namespace + "/" + t.name }

// label returns the name as a label's value. A namespace has no dots, so the
// first one parts the two. A name too long for a label ends in a hash.
func (t targetName) label() string {
	const limit, hashed = 63, 8

	s := t.namespace + "." + t.name
	if len(s) <= limit {
		return s
	}

	sum := sha256.Sum256([]byte(s))

	return s[:limit-1-hashed] + "-" + hex.EncodeToString(sum[:])[:hashed]
}

// decodeTarget reads a FailoverTarget. It returns an error in words for people
// when there is no decision to follow: then nothing may change.
func decodeTarget(name targetName, message *structpb.Struct, namespace string) (*awsv1alpha1.FailoverTarget, error) {
	target := &awsv1alpha1.FailoverTarget{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(message.AsMap(), target); err != nil {
		return nil, fmt.Errorf("FailoverTarget %s can't be read: %w", name, err)
	}

	at := &target.Status.AtProvider

	switch {
	case at.Phase == awsv1alpha1.PhasePending:
		return nil, fmt.Errorf("FailoverTarget %s status.atProvider.phase: is Pending, no decision is known yet", name)
	case at.Epoch > 1 && at.DataEpoch == 0 && at.Decision == nil:
		return nil, fmt.Errorf("FailoverTarget %s status.atProvider: has neither decision nor dataEpoch at epoch %d, so nobody knows which data serves", name, at.Epoch)
	case at.ActiveRegion == "" || at.Epoch < 1:
		return nil, fmt.Errorf("FailoverTarget %s status.atProvider.activeRegion: there is none, so no decision is known", name)
	}

	allowed := []string{name.namespace}
	if p := target.Spec.ForProvider.Protects; p != nil && len(p.Namespaces) > 0 {
		allowed = p.Namespaces
	}

	// A cluster-scoped XR without a claim belongs to no tenant.
	if namespace != "" && !slices.Contains(allowed, namespace) {
		return nil, fmt.Errorf("FailoverTarget %s spec.forProvider.protects.namespaces: does not list %s, the namespace of this XR; it lists %s", name, namespace, strings.Join(allowed, ", "))
	}

	return target, nil
}

// decide returns the decision to follow and the list of regions. The
// FailoverTarget is nil if the XR names none: then home serves.
func decide(spec *recoveryv1alpha1.Spec, specFrom string, name targetName, target *awsv1alpha1.FailoverTarget, f *faults, object string) (topology.Decision, []string) {
	regions := spec.Regions

	if target == nil {
		// A target that is named and can't be read is a fault of its own, and
		// could list them.
		if len(regions) == 0 && name.name == "" {
			f.addf("%s %s.regions: Required value: list the regions, the home region first, or name a FailoverTarget that does", object, specFrom)
		}

		if len(regions) == 0 {
			return topology.Decision{}, nil
		}

		return topology.Decision{Active: regions[0], Epoch: 1, DataEpoch: 1, Holder: true}, regions
	}

	listed := make([]string, 0, len(target.Spec.ForProvider.Regions))
	for _, r := range target.Spec.ForProvider.Regions {
		listed = append(listed, r.Name)
	}

	switch {
	case len(regions) == 0:
		regions = listed
	case !slices.Equal(regions, listed):
		f.addf("%s %s.regions: Invalid value: [%s], but FailoverTarget %s lists [%s]: they must agree", object, specFrom,
			strings.Join(regions, ", "), name, strings.Join(listed, ", "))
	}

	at := &target.Status.AtProvider
	if !slices.Contains(regions, at.ActiveRegion) {
		f.addf("FailoverTarget %s status.atProvider.activeRegion: %s is none of the regions [%s]", name, at.ActiveRegion, strings.Join(regions, ", "))
	}

	if len(regions) > 0 && at.Epoch == 1 && at.ActiveRegion != regions[0] {
		f.addf("FailoverTarget %s status.atProvider: %s is active at epoch 1, but home is %s, and home serves at epoch 1", name, at.ActiveRegion, regions[0])
	}

	return decisionOf(name, at), regions
}

// decisionOf returns the decision that a FailoverTarget states.
func decisionOf(name targetName, at *awsv1alpha1.FailoverTargetObservation) topology.Decision {
	d := topology.Decision{
		Target: name.label(), Active: at.ActiveRegion, Epoch: at.Epoch, DataEpoch: dataEpoch(at), Holder: at.Holder, Dark: map[string]bool{},
	}

	if at.Decision != nil {
		d.From = at.Decision.From

		if t := at.Decision.OldestData; t != nil {
			d.OldestData = t.UTC().Format(time.RFC3339)
		}
	}

	for i := range at.Regions {
		if !at.Regions[i].Reachable {
			d.Dark[at.Regions[i].Name] = true
		}
	}

	return d
}

// dataEpoch returns the newest epoch that moved the data. Where the target does
// not say, a decision that changed the region or restored in place did.
func dataEpoch(at *awsv1alpha1.FailoverTargetObservation) int64 {
	switch d := at.Decision; {
	case at.DataEpoch > 0:
		return min(at.DataEpoch, at.Epoch)
	case d == nil || d.Restore || d.From != at.ActiveRegion:
		return at.Epoch
	}

	return 1
}

// targetOf returns the FailoverTarget that the XR names.
func targetOf(spec *recoveryv1alpha1.Spec, namespace string) (targetName, bool) {
	if spec.FailoverTarget == nil {
		return targetName{}, false
	}

	return targetName{namespace: cmp.Or(spec.FailoverTarget.Namespace, namespace), name: spec.FailoverTarget.Name}, true
}
