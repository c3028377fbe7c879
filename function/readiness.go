package main

import (
	"regexp"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossdr/crossdr/function/internal/expression"
	"github.com/crossdr/crossdr/function/internal/render"
)

// isReady returns whether an observed copy is ready in the region it should be
// in. A managed resource whose region was changed stays Ready in the old one,
// so the condition alone proves nothing.
// When, if it is not nil, says so in place of the condition.
func isReady(o *observedCopy, region string, when *expression.Condition) bool {
	if o.object.find([]string{"metadata", "deletionTimestamp"}) != nil || gone(o.object) {
		return false
	}

	if at := o.placement.ObservedRegion; at != "" && region != "" && at != region {
		return false
	}

	if when != nil {
		return when.Holds(o.object.Map())
	}

	group, _, ok := strings.Cut(o.object.Text("apiVersion"), "/")

	switch o.object.Text("kind") + "." + group {
	case "Restore.velero.io", "Backup.velero.io":
		return o.object.Text("status", "phase") == "Completed"
	case "Application.argoproj.io":
		return o.object.Text("status", "health", "status") == "Healthy" && o.object.Text("status", "sync", "status") == "Synced"
	}

	ready, found := condition(o.object, "Ready")
	if found || o.placement.Managed {
		return ready && (o.placement.Managed || current(o.object))
	}

	// Nothing makes a configuration ready.
	if strings.HasSuffix(o.object.Text("kind"), "ProviderConfig") {
		return true
	}

	// What is Kubernetes' own and has no condition Ready, such as a ConfigMap,
	// is ready when it exists.
	return !ok || !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

// condition returns whether a condition is True, and whether it is there.
func condition(o *object, kind string) (isTrue, found bool) {
	f := conditionOf(o, kind)

	return f["status"].GetStringValue() == "True", f != nil
}

// conditionOf returns the fields of a condition, or nil if it is not there.
func conditionOf(o *object, kind string) map[string]*structpb.Value {
	for _, v := range o.find([]string{"status", "conditions"}).GetListValue().GetValues() {
		if f := v.GetStructValue().GetFields(); f["type"].GetStringValue() == kind {
			return f
		}
	}

	return nil
}

// current returns whether a status is about the spec as it is. What Flux was
// held back from is Ready still, from before, when it is let go. Who says nothing
// of it is believed.
func current(o *object) bool {
	return o.isAsOf(o.find([]string{"status", "observedGeneration"}))
}

// isAsOf returns whether the spec is that of an observed generation, or nobody
// says of which it is.
func (o *object) isAsOf(generation *structpb.Value) bool {
	return generation == nil || generation.GetNumberValue() >= o.find([]string{"metadata", "generation"}).GetNumberValue()
}

// gone returns whether the provider only observes a resource, and does not find
// it any more. All else of the status stays as it was then: Ready, too. See
// https://github.com/crossplane/crossplane-runtime/blob/v2.4.0/pkg/reconciler/managed/reconciler.go#L1203
func gone(o *object) bool {
	f := conditionOf(o, "Synced")

	return strings.HasSuffix(f["message"].GetStringValue(), "external resource does not exist") &&
		o.Text("metadata", "annotations", render.AnnotationExternalName) != ""
}

// failedToCreate returns whether the provider tried to make a resource and
// could not. While it still tries, nobody knows what exists.
func failedToCreate(o *object) bool {
	at := func(name string) string {
		return o.Text("metadata", "annotations", "crossplane.io/external-create-"+name)
	}

	if ok, found := condition(o, lastOperation); found {
		// It is about the attempt before the one that has begun since.
		begun, err := time.Parse(time.RFC3339, at("pending"))
		ended := since(o, lastOperation)
		running := err == nil && !ended.IsZero() && ended.Before(begun)

		return !ok && !running
	}

	// Times in RFC 3339 and UTC compare as strings.
	return at("failed") != "" && at("failed") > at("succeeded") && at("failed") >= at("pending")
}

// lastOperation is the condition in which upjet says how the last operation went.
const lastOperation = "LastAsyncOperation"

// alreadyExists matches what AWS says of something that it is to make a second time:
// DBInstanceAlreadyExists, or "Table already exists".
var alreadyExists = regexp.MustCompile(`(?i)already ?exists`)

// refused returns whether a resource could not be made because it exists.
func refused(o *object) bool {
	ok, found := condition(o, lastOperation)

	return found && !ok && alreadyExists.MatchString(conditionOf(o, lastOperation)["message"].GetStringValue())
}
