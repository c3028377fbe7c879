package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// madeUp is the command that makes up a decision, and the reason of that.
const madeUp = "preview"

// decide makes up the decision: the FailoverTarget of the XR, with another
// region active at the next epoch.
func (in *inputs) decide(to string) error {
	if err := in.findTarget(); err != nil {
		return err
	}

	t := awsv1alpha1.FailoverTarget{}
	if err := decode(in.now.Object, &t); err != nil {
		return fmt.Errorf("cannot read FailoverTarget %s: %w", in.targetName(), err)
	}

	in.from, in.epoch = t.Status.AtProvider.ActiveRegion, t.Status.AtProvider.Epoch+1

	if err := in.choose(to, &t); err != nil {
		return err
	}

	in.measured = in.measurements()
	in.then = *in.now.DeepCopy()

	decided := in.at.Format(time.RFC3339)
	decision := map[string]any{"from": in.from, "decidedAt": decided, "reason": madeUp}

	if loss, ok := in.loss(); ok {
		decision["dataLoss"] = in.at.Sub(loss.dataTime).String()
		decision["oldestData"] = loss.dataTime.Format(time.RFC3339)
	}

	at := map[string]any{}
	if v, ok, _ := unstructured.NestedMap(in.then.Object, "status", "atProvider"); ok {
		at = v
	}

	delete(at, "blockedBy")

	at["activeRegion"], at["epoch"], at["dataEpoch"] = in.to, in.epoch, in.epoch
	at["holder"], at["phase"], at["decision"] = true, "Steady", decision

	in.said = append(in.said, fmt.Sprintf("that FailoverTarget %s made %s active at epoch %d, at %s", in.targetName(), in.to, in.epoch, decided))

	return unstructured.SetNestedMap(in.then.Object, at, "status", "atProvider")
}

// findTarget finds the FailoverTarget that the XR names among the files. Where
// there is none it is made up: home serves at epoch 1, if the XR knows no
// better.
func (in *inputs) findTarget() error {
	namespace := cmp.Or(text(in.xr.Object, "spec", "claimRef", "namespace"), in.xr.GetNamespace(), "default")
	name := text(in.xr.Object, in.path("spec", "failoverTarget.name")...)
	namespace = cmp.Or(text(in.xr.Object, in.path("spec", "failoverTarget.namespace")...), namespace)

	if name == "" {
		name = madeUp
		in.said = append(in.said, "that the XR names a FailoverTarget")

		ref := map[string]any{"name": name, "namespace": namespace}
		if err := unstructured.SetNestedMap(in.xr.Object, ref, in.path("spec", "failoverTarget")...); err != nil {
			return fmt.Errorf("cannot name a FailoverTarget in the XR: %w", err)
		}
	}

	i := slices.IndexFunc(in.required, func(u unstructured.Unstructured) bool {
		return u.GetKind() == awsv1alpha1.FailoverTargetKind && u.GetName() == name && u.GetNamespace() == namespace
	})

	if i >= 0 {
		in.now = in.required[i]
		in.required = slices.Delete(in.required, i, i+1)
	} else {
		in.now = unstructured.Unstructured{Object: map[string]any{
			"apiVersion": awsv1alpha1.SchemeGroupVersion.String(), "kind": awsv1alpha1.FailoverTargetKind,
			"metadata": map[string]any{"name": name, "namespace": namespace},
		}}
		in.said = append(in.said, fmt.Sprintf("FailoverTarget %s itself, as no file holds it: nothing is known of the zones and types of this account", in.targetName()))
	}

	return in.state()
}

// state completes a FailoverTarget that comes out of Git, where no status is.
func (in *inputs) state() error {
	regions, _, _ := unstructured.NestedSlice(in.now.Object, "spec", "forProvider", "regions")
	if len(regions) == 0 {
		listed, _, _ := unstructured.NestedStringSlice(in.xr.Object, in.path("spec", "regions")...)
		for _, r := range listed {
			regions = append(regions, map[string]any{"name": r})
		}
	}

	if len(regions) == 0 {
		return fmt.Errorf("nothing says which regions there are: give the file of FailoverTarget %s with -e (REQUIRED=), or list them in %s of the XR",
			in.targetName(), strings.Join(in.path("spec", "regions"), "."))
	}

	if err := unstructured.SetNestedSlice(in.now.Object, regions, "spec", "forProvider", "regions"); err != nil {
		return fmt.Errorf("cannot list the regions: %w", err)
	}

	if text(in.now.Object, "status", "atProvider", "activeRegion") != "" {
		return nil
	}

	home, _ := regions[0].(map[string]any)
	active, epoch := text(home, "name"), int64(1)

	if v := text(in.xr.Object, in.path("status", "activeRegion")...); v != "" {
		active = v
		n, _, _ := unstructured.NestedFieldNoCopy(in.xr.Object, in.path("status", "epoch")...)
		epoch = integer(n)
	}

	in.said = append(in.said, fmt.Sprintf("that %s serves now, at epoch %d", active, epoch))

	at := map[string]any{"activeRegion": active, "epoch": epoch, "holder": true, "phase": "Steady"}

	return unstructured.SetNestedMap(in.now.Object, at, "status", "atProvider")
}

func integer(v any) int64 {
	switch n := v.(type) {
	case int64:
		return n
	case float64:
		return int64(n)
	}

	return 1
}

func (in *inputs) targetName() string { return in.now.GetNamespace() + "/" + in.now.GetName() }

// choose finds out which region is to serve.
func (in *inputs) choose(to string, t *awsv1alpha1.FailoverTarget) error {
	var others []string

	for _, r := range t.Spec.ForProvider.Regions {
		if r.Name != in.from {
			others = append(others, r.Name)
		}
	}

	if a := t.Spec.ForProvider.Activation; to == "" && a != nil && a.Epoch == in.epoch {
		to = a.Region
	}

	if to == "" && len(others) == 1 {
		to = others[0]
	}

	switch {
	case to == in.from:
		return fmt.Errorf("%s serves already: choose one of %s", to, strings.Join(others, ", "))
	case !slices.Contains(others, to):
		return fmt.Errorf("say with -to (TO=) which region is to serve instead of %s: one of %s; got %q", in.from, strings.Join(others, ", "), to)
	}

	in.to = to

	return nil
}

// A measurement is what one SnapshotSelection says of the data that could be
// had in the region.
type measurement struct {
	name, reason string
	dataTime     time.Time
}

// measurements returns what the FailoverTarget would measure its data loss by.
func (in *inputs) measurements() []measurement {
	var out []measurement

	for _, u := range slices.Concat(in.observed, in.required) {
		if u.GetKind() != awsv1alpha1.SnapshotSelectionKind || text(u.Object, "spec", "forProvider", "region") != in.to {
			continue
		}

		ref := func(name string) string { return text(u.Object, "spec", "forProvider", "failoverTargetRef", name) }
		if cmp.Or(ref("namespace"), u.GetNamespace())+"/"+ref("name") != in.targetName() {
			continue
		}

		at := func(path ...string) string {
			return text(u.Object, append([]string{"status", "atProvider"}, path...)...)
		}
		m := measurement{name: u.GetName(), reason: cmp.Or(at("reason"), "it says no data time")}
		m.dataTime, _ = time.Parse(time.RFC3339, at("selected", "dataTime"))
		out = append(out, m)
	}

	slices.SortFunc(out, func(a, b measurement) int { return cmp.Compare(a.name, b.name) })

	return out
}

// loss returns the oldest of the measurements, or false if the age of any is
// not known.
func (in *inputs) loss() (measurement, bool) {
	var oldest measurement

	for _, m := range in.measured {
		if m.dataTime.IsZero() {
			return m, false
		}

		if oldest.name == "" || m.dataTime.Before(oldest.dataTime) {
			oldest = m
		}
	}

	return oldest, oldest.name != ""
}
