package main

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"

	"google.golang.org/protobuf/types/known/structpb"

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
func (r *request) connect(rsp *fnv1.RunFunctionResponse, req *fnv1.RunFunctionRequest, out *composition) error {
	if r.plan.Connection == nil {
		return nil
	}

	details := r.connectionDetails(req, out)

	if r.claimed {
		// A claim gets what its XR has.
		was := req.GetObserved().GetComposite().GetConnectionDetails()
		if lacks(details, was) {
			details = was
		}

		rsp.Desired.Composite.ConnectionDetails = r.carry(details, was, out)

		return nil
	}

	was := req.GetObserved().GetResources()[connectionKey].GetResource()

	if lacks(details, decodeData(was)) {
		if was != nil {
			rsp.Desired.Resources[connectionKey] = &fnv1.Resource{Resource: asDesired(was), Ready: fnv1.Ready_READY_TRUE}
		}

		return nil
	}

	message, err := r.secret(r.carry(details, decodeData(was), out))
	if err != nil {
		return fmt.Errorf("composed resource %s can't be encoded: %w", connectionKey, err)
	}

	rsp.Desired.Resources[connectionKey] = &fnv1.Resource{Resource: message, Ready: fnv1.Ready_READY_TRUE}

	return nil
}

// secret returns the Secret that holds the details.
func (r *request) secret(details map[string][]byte) (*structpb.Struct, error) {
	data := make(map[string]any, len(details))
	for k, v := range details {
		data[k] = base64.StdEncoding.EncodeToString(v)
	}

	metadata := map[string]any{
		"name":   cmp.Or(r.plan.Connection.SecretName, r.owner.Name+"-connection"),
		"labels": map[string]any{labelExclude: "true"},
	}

	if ns := cmp.Or(r.namespace, r.plan.Namespace); r.clusterScoped && ns != "" {
		metadata["namespace"] = ns
	}

	return (&encoder{}).object(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "connection.crossplane.io/v1alpha1", "data": data,
	})
}

// decodeData returns what an observed Secret holds.
func decodeData(secret *structpb.Struct) map[string][]byte {
	out := map[string][]byte{}

	for k, v := range secret.GetFields()["data"].GetStructValue().GetFields() {
		if b, err := base64.StdEncoding.DecodeString(v.GetStringValue()); err == nil {
			out[k] = b
		}
	}

	return out
}

// carry adds the credentials that the details of a promoted replica lack: it
// has the users and passwords of what it replicated, and its provider does not
// know them.
func (r *request) carry(details, was map[string][]byte, out *composition) map[string][]byte {
	if !r.promoted(out) {
		return details
	}

	details = maps.Clone(details)

	for _, k := range credentialKeys() {
		if v := was[k]; len(v) > 0 && len(details[k]) == 0 && details != nil {
			details[k] = v
		}
	}

	return details
}

// lacks returns whether details can't take the place of what was: there are
// none, or no endpoint is among them where there was one. A database that the
// provider finds while AWS still makes it is Ready, and has none.
func lacks(details, was map[string][]byte) bool {
	return details == nil || len(details["endpoint"]) == 0 && len(was["endpoint"]) > 0
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
