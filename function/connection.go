package main

import (
	"cmp"
	"encoding/base64"
	"maps"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// connectionKey is the key of the connection Secret.
const connectionKey = "connection"

// labelExclude keeps Velero from backing up a Secret, so that a restore can't
// put the old one over the new one. See
// https://velero.io/docs/main/resource-filtering/
const labelExclude = "velero.io/exclude-from-backup"

// connect hands the connection details of the serving copy to the user: those
// of a copy that is ready, and no others. Until the new copy is ready
// everything stays as it was, so that nobody ever sees half of each.
func (r *request) connect(rsp *fnv1.RunFunctionResponse, req *fnv1.RunFunctionRequest, out *composition) {
	if r.plan.Connection == nil {
		return
	}

	details := r.connectionDetails(req, out)

	// A claim gets what its XR has.
	if r.claimed {
		if details == nil {
			details = req.GetObserved().GetComposite().GetConnectionDetails()
		}

		if len(details) > 0 {
			details = maps.Clone(details)

			for _, k := range credentialKeys() {
				if v, ok := req.GetObserved().GetComposite().GetConnectionDetails()[k]; ok && len(details[k]) == 0 && r.promoted(out) {
					details[k] = v
				}
			}

			rsp.Desired.Composite.ConnectionDetails = details
		}

		return
	}

	was := req.GetObserved().GetResources()[connectionKey].GetResource()

	if details == nil {
		if was != nil {
			rsp.Desired.Resources[connectionKey] = &fnv1.Resource{Resource: asDesired(was), Ready: fnv1.Ready_READY_TRUE}
		}

		return
	}

	data := make(map[string]any, len(details))
	for k, v := range details {
		data[k] = base64.StdEncoding.EncodeToString(v)
	}

	// A promoted replica has the users and passwords of what it replicated, and
	// its provider does not know them.
	for _, k := range credentialKeys() {
		v, ok := (&object{message: was}).Get("data", k)
		if ok && len(details[k]) == 0 && r.promoted(out) {
			data[k] = v
		}
	}

	metadata := map[string]any{
		"name":   cmp.Or(r.plan.Connection.SecretName, r.owner.Name+"-connection"),
		"labels": map[string]any{labelExclude: "true"},
	}

	if ns := cmp.Or(r.namespace, r.plan.Namespace); r.clusterScoped && ns != "" {
		metadata["namespace"] = ns
	}

	message, err := (&encoder{}).object(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "connection.crossplane.io/v1alpha1", "data": data,
	})
	if err == nil {
		rsp.Desired.Resources[connectionKey] = &fnv1.Resource{Resource: message, Ready: fnv1.Ready_READY_TRUE}
	}
}

// credentialKeys are the keys of what a promoted replica has in common with what
// it replicated.
func credentialKeys() []string { return []string{"username", "password", "attribute.password"} }

// promoted returns whether the copy whose details reach the user was born as a
// replica.
func (r *request) promoted(out *composition) bool {
	for i := range out.copies {
		if c := &out.copies[i]; c.Component == r.plan.Connection.From && c.counts(r.decision.Active) && c.Promoted {
			return true
		}
	}

	return false
}

// connectionDetails returns the details of the serving copy, or nil while it
// is not ready or has none.
func (r *request) connectionDetails(req *fnv1.RunFunctionRequest, out *composition) map[string][]byte {
	if !r.decision.Holder {
		return nil
	}

	for i := range out.copies {
		c := &out.copies[i]
		if c.Component != r.plan.Connection.From || !c.counts(r.decision.Active) || !c.ready {
			continue
		}

		if details := req.GetObserved().GetResources()[c.Key].GetConnectionDetails(); len(details) > 0 {
			return details
		}
	}

	return nil
}
