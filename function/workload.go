package main

import (
	"fmt"
	"slices"
	"strings"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// labelReleased is the epoch at which a workload that runs all the time was
// let go. It is a label because a status can be lost.
const labelReleased = "crossdr.io/released-epoch"

// requireSchemas asks Crossplane which kinds of workloads are installed. One
// composed resource of a kind that is not stops Crossplane from applying the
// others, and a missing Velero must not stop the database.
func (r *request) requireSchemas(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
	r.installed = map[string]bool{}

	for i := range r.plan.components {
		c := &r.plan.components[i]

		t := r.templates[c.Name]
		if c.tier() != topology.Workload || t == nil {
			continue
		}

		name := "workload-" + c.Name
		response.RequireSchema(rsp, name, t.APIVersion(), t.Kind)

		schema := req.GetRequiredSchemas()[name].GetOpenapiV3()
		r.installed[c.Name] = len(schema.GetFields()) > 0
	}
}

// runsOnce returns whether a workload is made once after each failover. What a
// continuous delivery tool keeps in step runs all the time.
func runsOnce(t *render.Template) bool { return !t.Continuous() }

// memory reads what the XR's status remembers.
func (r *request) memory() topology.Memory {
	names := strings.Split(r.plan.StatusTo, ".")
	status := (&object{message: r.xr.message}).find(names).GetStructValue()
	m := topology.Memory{Epoch: int64(status.GetFields()["epoch"].GetNumberValue()), Workloads: map[string]topology.WorkloadState{}, ExternalNames: map[string]string{}}

	if c := r.spec.RestoreWorkloads; c != nil {
		m.RunAgainAt = c.Epoch
	}

	for _, v := range status.GetFields()["workloads"].GetListValue().GetValues() {
		f := v.GetStructValue().GetFields()
		m.Workloads[f["key"].GetStringValue()] = topology.WorkloadState(f["state"].GetStringValue())
	}

	for _, v := range status.GetFields()["copies"].GetListValue().GetValues() {
		f := v.GetStructValue().GetFields()
		m.ExternalNames[f["key"].GetStringValue()] = f["externalName"].GetStringValue()

		if f["role"].GetStringValue() == string(topology.Serving) {
			m.Served = append(m.Served, topology.Served{
				Key: f["key"].GetStringValue(), Component: f["component"].GetStringValue(), Region: f["region"].GetStringValue(), Zone: f["zone"].GetStringValue(),
			})
		}
	}

	return m
}

// workloads reports the workloads that run once at this epoch.
func (r *request) workloads(out *composition) []recoveryv1alpha1.WorkloadStatus {
	var list []recoveryv1alpha1.WorkloadStatus

	seen := map[string]bool{}

	for i := range out.copies {
		c := &out.copies[i]
		if !r.isOnceWorkload(c.Component) || c.Role != topology.Serving {
			continue
		}

		state := topology.WorkloadWaiting

		switch was := r.remembered.Workloads[c.Key]; {
		case c.ready:
			state = topology.WorkloadCompleted
		case c.object != nil, was == topology.WorkloadCreated:
			state = topology.WorkloadCreated
		}

		// What nobody knows of stays unknown. Only who acts, and remembers the time
		// before the decision, knows that it did not run.
		begins := r.decision.Holder && r.remembered.Precedes(r.decision.DataEpoch)
		if c.object == nil && r.remembered.Workloads[c.Key] == "" && !begins {
			continue
		}

		seen[c.Key] = true
		list = append(list, recoveryv1alpha1.WorkloadStatus{Key: c.Key, State: recoveryv1alpha1.WorkloadState(state)})
	}

	for i := range r.plan.components {
		key := topology.WorkloadKey(r.plan.components[i].Name, r.decision.DataEpoch)
		if state := r.remembered.Workloads[key]; state != "" && !seen[key] {
			list = append(list, recoveryv1alpha1.WorkloadStatus{Key: key, State: recoveryv1alpha1.WorkloadState(state)})
		}
	}

	slices.SortFunc(list, func(a, b recoveryv1alpha1.WorkloadStatus) int { return strings.Compare(a.Key, b.Key) })

	return list
}

func (r *request) isOnceWorkload(component string) bool {
	c := r.plan.byName[component]

	return c != nil && c.tier() == topology.Workload && runsOnce(r.templates[component])
}

// checkWorkload checks the template of a workload.
func checkWorkload(t *render.Template) error {
	if t.Group == "velero.io" && t.Kind == "Restore" && t.States("spec", "scheduleName") {
		return fmt.Errorf("spec.scheduleName: Forbidden: a schedule leads to another backup each time; name the backup with spec.backupName")
	}

	return nil
}

// holdBack keeps workloads back: those of a kind that is not installed, and
// those that run all the time until what they come after is ready.
func (r *request) holdBack(out *composition) {
	for i := range out.copies {
		c := &out.copies[i]

		known := r.plan.byName[c.Component]
		if known == nil || known.tier() != topology.Workload || c.Role != topology.Serving {
			continue
		}

		if t := r.templates[c.Component]; !c.Exists && !r.installed[c.Component] {
			c.waits = "for its kind to be installed: there is no " + t.Kind + " of " + t.APIVersion()
		}

		if c.observed != nil && c.observed.object.Text("metadata", "labels", labelReleased) == fmt.Sprint(r.decision.DataEpoch) {
			c.released = true

			if strings.HasPrefix(c.waits, "for ") {
				c.waits = ""
			}
		}
	}
}

// release renders a workload that runs all the time: held while it waits, and
// let go for this epoch when it does not.
func (r *request) release(c *composed, t *render.Template) {
	if c.waits != "" {
		t.Hold(c.object)

		return
	}

	render.SetLabel(c.object, labelReleased, fmt.Sprint(r.decision.DataEpoch))
}
