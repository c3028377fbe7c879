package snapshotselection

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/inventory"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// observation returns what was found as a status. It has nothing in it that
// changes by itself, such as an age: each change of a status renders an XR.
func observation(s *snapshot.Selection, a *inventory.Answer, restoreAs string) v1alpha1.SnapshotSelectionObservation {
	out := v1alpha1.SnapshotSelectionObservation{
		Selected:   selected(s.Selected),
		Reason:     s.Reason,
		Candidates: s.Candidates,
	}

	for _, r := range s.Rejected {
		out.Rejected = append(out.Rejected, v1alpha1.RejectedSnapshot{ID: r.ID, Code: string(r.Code), Message: r.Message})
	}

	if w := a.Window; w != nil {
		out.RestoreWindow = &v1alpha1.RestoreWindow{Earliest: stamp(w.Earliest), Latest: stamp(w.Latest)}
	}

	if e := a.Existing; e != nil {
		out.Existing = &v1alpha1.Existing{
			RestoreAs: restoreAs, State: v1alpha1.ExistingState(e.State), ExternalName: e.ExternalName, ResourceID: e.ResourceID,
		}
	}

	return out
}

func selected(c *snapshot.Candidate) *v1alpha1.SelectedSnapshot {
	if c == nil {
		return nil
	}

	return &v1alpha1.SelectedSnapshot{
		ID: c.ID, ARN: c.ARN, DataTime: stamp(c.DataTime), DataTimeSource: c.DataTimeSource, CreatedAt: stamp(c.CreatedAt),
		Encrypted: c.Encrypted, KMSKeyID: c.KMSKeyID, Engine: c.Engine, EngineVersion: c.EngineVersion,
		SizeGiB: c.SizeGiB, SourceRegion: c.Store.Region,
	}
}

// stamp returns a time as the API server keeps it, to the second, or nil.
func stamp(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}

	out := metav1.NewTime(t).Rfc3339Copy()

	return &out
}

// mark the condition Ready with a verdict.
func mark(mg *v1alpha1.SnapshotSelection, v snapshot.Verdict, message string, now time.Time) {
	c := xpv2.Condition{
		Type: xpv2.TypeReady, Status: corev1.ConditionFalse, Reason: xpv2.ConditionReason(v), Message: message,
		LastTransitionTime: metav1.NewTime(now), ObservedGeneration: mg.GetGeneration(),
	}

	if v == snapshot.Available {
		c.Status = corev1.ConditionTrue
	}

	// Another message is no transition: the time tells since when it is ready, or
	// not.
	if was := mg.GetCondition(xpv2.TypeReady); was.Status == c.Status {
		c.LastTransitionTime = was.LastTransitionTime
	}

	mg.SetConditions(c)
}
