package snapshotselection

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/inventory"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// request returns what the spec asks for, or all that is wrong with it.
func request(mg *v1alpha1.SnapshotSelection) (*inventory.Request, error) {
	p := &mg.Spec.ForProvider
	if err := check(p).ToAggregate(); err != nil {
		return nil, err
	}

	r := &inventory.Request{
		Request: snapshot.Request{
			Region: p.Region,
			Source: snapshot.Source{
				Kind:       snapshot.Kind(p.Source.Kind),
				Identifier: p.Source.Identifier,
				ResourceID: p.Source.ResourceID,
				ARN:        p.Source.ARN,
				Tags:       p.Source.Tags,
			},
			Policy: snapshot.Policy{Type: snapshot.PolicyType(p.Policy.Type), ID: p.Policy.ID},
		},
		RestoreAs: p.RestoreAs,
	}

	if p.Policy.Time != nil {
		r.Policy.Time = p.Policy.Time.Time
	}

	if p.MaxAge != nil {
		r.MaxAge = &p.MaxAge.Duration
	}

	if m := p.Match; m != nil {
		r.Match = snapshot.Match{Tags: m.Tags, Encrypted: m.Encrypted}
		for _, o := range m.Origins {
			r.Match.Origins = append(r.Match.Origins, snapshot.Origin(o))
		}
	}

	return r.Normalized(), nil
}

// check returns every fault of a spec that the API server lets through.
func check(p *v1alpha1.SnapshotSelectionParameters) field.ErrorList {
	var out field.ErrorList

	at := field.NewPath("spec", "forProvider")

	if s := &p.Source; s.Identifier == "" && s.ResourceID == "" && s.ARN == "" && len(s.Tags) == 0 {
		out = append(out, field.Required(at.Child("source"), "state at least one of identifier, resourceId, arn and tags"))
	}

	if p.Policy.Type == v1alpha1.PolicyAtOrBefore && p.Policy.Time == nil {
		out = append(out, field.Required(at.Child("policy", "time"), "the policy AtOrBefore needs one"))
	}

	if p.Policy.Type == v1alpha1.PolicyExact && p.Policy.ID == "" {
		out = append(out, field.Required(at.Child("policy", "id"), "the policy Exact needs one"))
	}

	if p.MaxAge != nil && p.MaxAge.Duration < 0 {
		out = append(out, field.Invalid(at.Child("maxAge"), p.MaxAge.Duration.String(), "no age is negative"))
	}

	return out
}
