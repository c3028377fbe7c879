package main

import (
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/render"
)

// lastFailover returns what the newest change of the active region cost, by
// observed times only. Once everything served, it is never computed again:
// what becomes ready later has other reasons.
func (r *request) lastFailover(out *composition, was *structpb.Value) (*structpb.Value, error) {
	if r.target == nil || r.target.Status.AtProvider.Decision == nil || r.decision.Epoch < 2 ||
		r.decision.Epoch != r.decision.DataEpoch {
		return was, nil
	}

	d := r.target.Status.AtProvider.Decision

	before := was.GetStructValue().GetFields()
	if int64(before["epoch"].GetNumberValue()) == r.decision.Epoch && before["servingAt"] != nil {
		return was, nil
	}

	now := recoveryv1alpha1.FailoverStatus{Epoch: r.decision.Epoch, From: d.From, To: r.decision.Active, DecidedAt: d.DecidedAt}

	if serving, known := r.servingSince(out, d.DecidedAt); known {
		now.ServingAt = &metav1.Time{Time: serving}
		now.AchievedRTO = serving.Sub(d.DecidedAt.Time).String()
		now.AchievedRPO = d.DataLoss

		if oldest := oldestData(out); !oldest.IsZero() {
			// Data of a snapshot that was made since is not lost.
			now.AchievedRPO = max(0, d.DecidedAt.Sub(oldest)).String()
		}
	}

	b, err := json.Marshal(now)
	if err != nil {
		return nil, fmt.Errorf("status can't be encoded: %w", err)
	}

	value := &structpb.Value{}
	if err := value.UnmarshalJSON(b); err != nil {
		return nil, fmt.Errorf("status can't be encoded: %w", err)
	}

	return value, nil
}

// servingSince returns when everything began to serve, and no time before the
// decision; false if it does not serve, or since when is not known yet.
//
// A copy begins to when it becomes ready. A replica was ready before it was
// promoted, and a Restore has no such condition: of these it is known that they
// did no later than the XR said that everything serves here. It says so in the
// render after the one that finds it.
func (r *request) servingSince(out *composition, decidedAt *metav1.Time) (time.Time, bool) {
	if decidedAt == nil || !r.serves(out) {
		return time.Time{}, false
	}

	last, told := decidedAt.UTC(), true

	for i := range out.copies {
		c := &out.copies[i]
		if c.observed == nil || !r.holdsBack(c) {
			continue
		}

		t := since(c.observed.object, "Ready")
		told = told && !c.Promoted && !t.IsZero()

		if t.After(last) {
			last = t
		}
	}

	is, ever := condition(r.xr, recoveryv1alpha1.ConditionServing)
	says := is && conditionOf(r.xr, recoveryv1alpha1.ConditionServing)["message"].GetStringValue() == r.servingMessage()

	switch t := since(r.xr, recoveryv1alpha1.ConditionServing); {
	case told, !ever, t.IsZero():
		return last, true
	case !says, !t.After(decidedAt.Time):
		r.untold = !says

		return time.Time{}, false
	case t.After(last):
		return t, true
	default:
		return last, true
	}
}

// oldestData returns the oldest time that restored data in service is from.
func oldestData(out *composition) time.Time {
	var oldest time.Time

	for i := range out.copies {
		c := &out.copies[i]
		if c.observed == nil || c.ServesSince == 0 {
			continue
		}

		t, err := time.Parse(time.RFC3339, c.observed.object.Text("metadata", "annotations", render.AnnotationDataTime))
		if err == nil && (oldest.IsZero() || t.Before(oldest)) {
			oldest = t
		}
	}

	return oldest
}

// since returns when a condition changed last.
func since(o *object, kind string) time.Time {
	t, err := time.Parse(time.RFC3339, conditionOf(o, kind)["lastTransitionTime"].GetStringValue())
	if err != nil {
		return time.Time{}
	}

	return t.UTC()
}
