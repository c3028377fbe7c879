package main

import "strings"

// isReady returns whether an observed copy is ready in the region it should be
// in. A managed resource whose region was changed stays Ready in the old one,
// so the condition alone proves nothing.
func isReady(o *observedCopy, region string) bool {
	if o.object.find([]string{"metadata", "deletionTimestamp"}) != nil {
		return false
	}

	if at := o.placement.ObservedRegion; at != "" && region != "" && at != region {
		return false
	}

	ready, found := condition(o.object, "Ready")
	if found || o.placement.Managed {
		return ready
	}

	// What is Kubernetes' own and has no condition Ready, such as a ConfigMap,
	// is ready when it exists.
	group, _, ok := strings.Cut(o.object.Text("apiVersion"), "/")

	return !ok || !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

// condition returns whether a condition is True, and whether it is there.
func condition(o *object, kind string) (isTrue, found bool) {
	for _, v := range o.find([]string{"status", "conditions"}).GetListValue().GetValues() {
		f := v.GetStructValue().GetFields()
		if f["type"].GetStringValue() == kind {
			return f["status"].GetStringValue() == "True", true
		}
	}

	return false, false
}
