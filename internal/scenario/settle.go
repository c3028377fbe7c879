package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// settledAt is when everything is ready that was there before any decision, and
// takes is how long it takes after one. There is no clock in a scenario.
const (
	settledAt = "2026-11-20T08:00:00Z"
	takes     = 23*time.Minute + 10*time.Second
)

// assigned are the kinds whose name AWS assigns, with the start of that name.
var assigned = map[string]string{ //nolint:gochecknoglobals // A table.
	"ec2/VPC": "vpc-", "ec2/Subnet": "subnet-", "ec2/SecurityGroup": "sg-", "ec2/SecurityGroupRule": "sgr-",
	"backup/Plan": "", "backup/Selection": "", "ec2/Instance": "i-", "ec2/EBSVolume": "vol-", "kms/Key": "key-", "rds/Instance": "db-",
}

// unnamed are the kinds that have no ARN.
var unnamed = map[string]bool{ //nolint:gochecknoglobals // A table.
	"backup/Selection": true, "ec2/SecurityGroupRule": true, "route53/Record": true, "s3/BucketVersioning": true, "s3/BucketReplicationConfiguration": true,
}

// resolves says which field each selector fills in, and whether it takes all
// resources that match or wants just one.
var resolves = map[string]struct { //nolint:gochecknoglobals // A table.
	kind, field, ref string
	all              bool
}{
	"vpcIdSelector":              {kind: "ec2/VPC", field: "vpcId", ref: "vpcIdRef"},
	"subnetIdSelector":           {kind: "ec2/Subnet", field: "subnetIds", ref: "subnetIdRefs", all: true},
	"vpcSecurityGroupIdSelector": {kind: "ec2/SecurityGroup", field: "vpcSecurityGroupIds", ref: "vpcSecurityGroupIdRefs", all: true},
	"securityGroupIdSelector":    {kind: "ec2/SecurityGroup", field: "securityGroupId", ref: "securityGroupIdRef"},
	"dbSubnetGroupNameSelector":  {kind: "rds/SubnetGroup", field: "dbSubnetGroupName", ref: "dbSubnetGroupNameRef"},
	"clusterIdentifierSelector":  {kind: "rds/Cluster", field: "clusterIdentifier", ref: "clusterIdentifierRef"},
	"kmsKeyIdSelector":           {kind: "kms/Key", field: "kmsKeyId", ref: "kmsKeyIdRef"},
	"kmsKeyArnSelector":          {kind: "kms/Key", field: "kmsKeyArn", ref: "kmsKeyArnRef"},
	"planIdSelector":             {kind: "backup/Plan", field: "planId", ref: "planIdRef"},
	"subnetSelector":             {kind: "ec2/Subnet", field: "subnets", ref: "subnetRefs", all: true},
	"vpcZoneIdentifierSelector":  {kind: "ec2/Subnet", field: "vpcZoneIdentifier", ref: "vpcZoneIdentifierRefs", all: true},
	"bucketSelector":             {kind: "s3/Bucket", field: "bucket", ref: "bucketRef"},
	"loadBalancerArnSelector":    {kind: "elbv2/LB", field: "loadBalancerArn", ref: "loadBalancerArnRef"},
	"healthCheckIdSelector":      {kind: "route53/HealthCheck", field: "healthCheckId", ref: "healthCheckIdRef"},
}

// Settle plays the provider: it returns the composed resources as they are
// observed once everything that can become ready did. Regions that do not
// answer change nothing. What was observed before keeps what it has.
func Settle(composed, applied, before, required []unstructured.Unstructured) ([]unstructured.Unstructured, error) {
	old, ours := map[string]*unstructured.Unstructured{}, map[string]*unstructured.Unstructured{}
	for i := range before {
		old[Key(&before[i])] = &before[i]
	}

	for i := range applied {
		ours[Key(&applied[i])] = &applied[i]
	}

	w := newWorld(required)
	out := make([]unstructured.Unstructured, 0, len(composed))

	for i := range composed {
		u := composed[i].DeepCopy()
		merge(u, old[Key(u)], ours[Key(u)])

		region, _, _ := unstructured.NestedString(u.Object, "spec", "forProvider", "region")
		if isManaged(u) && !w.dark[region] && !observeOnly(u) {
			w.observe(u, region)
		}

		out = append(out, *u)
	}

	reportReplicas(out, w)

	for i := range out {
		settleWorkload(&out[i])

		if out[i].GetKind() == "SnapshotSelection" {
			selectSnapshot(&out[i], out)

			continue
		}

		if err := w.resolve(&out[i], out); err != nil {
			return nil, err
		}
	}

	return out, nil
}

// reportReplicas writes what AWS reports of the replicas of each table.
func reportReplicas(all []unstructured.Unstructured, w *world) {
	for i := range all {
		region, _, _ := unstructured.NestedString(all[i].Object, "spec", "forProvider", "region")

		arn, made, _ := unstructured.NestedString(all[i].Object, "status", "atProvider", "arn")
		if short(&all[i]) != "dynamodb/Table" || !made || w.dark[region] {
			continue
		}

		var replicas []any

		for j := range all {
			of, _, _ := unstructured.NestedString(all[j].Object, "spec", "forProvider", "globalTableArn")
			in, _, _ := unstructured.NestedString(all[j].Object, "status", "atProvider", "region")

			if of == arn && in != "" {
				replicas = append(replicas, map[string]any{"regionName": in})
			}
		}

		if len(replicas) > 0 {
			_ = unstructured.SetNestedSlice(all[i].Object, replicas, "status", "atProvider", "replica")
		}
	}
}

// world is what the provider knows of AWS.
type world struct {
	now   string
	dark  map[string]bool
	names map[string]string
	ids   map[string]string
}

func newWorld(required []unstructured.Unstructured) *world {
	w := &world{now: settledAt, dark: map[string]bool{}, names: map[string]string{}, ids: map[string]string{}}

	for i := range required {
		decided, _, _ := unstructured.NestedString(required[i].Object, "status", "atProvider", "decision", "decidedAt")
		if t, err := time.Parse(time.RFC3339, decided); err == nil {
			w.now = t.Add(takes).UTC().Format(time.RFC3339)
		}

		regions, _, _ := unstructured.NestedSlice(required[i].Object, "status", "atProvider", "regions")
		for _, r := range regions {
			m, _ := r.(map[string]any)
			name, _ := m["name"].(string)
			reachable, _ := m["reachable"].(bool)
			w.dark[name] = !reachable

			zones, _ := m["zones"].([]any)
			for _, z := range zones {
				zm, _ := z.(map[string]any)
				id, _ := zm["id"].(string)
				n, _ := zm["name"].(string)
				w.names[id], w.ids[n] = n, id
			}
		}
	}

	return w
}

// merge keeps what a resource had before and nobody applied now: Crossplane
// applies fields, and other writers' fields stay.
// A field that was applied before and is not any more goes.
func merge(u, old, applied *unstructured.Unstructured) {
	if old == nil {
		return
	}

	if applied == nil {
		applied = &unstructured.Unstructured{Object: map[string]any{}}
	}

	for _, at := range [][]string{{"metadata", "annotations"}, {"spec", "forProvider"}} {
		was, _, _ := unstructured.NestedMap(old.Object, at...)
		now, _, _ := unstructured.NestedMap(u.Object, at...)

		ours, _, _ := unstructured.NestedMap(applied.Object, at...)

		for k, v := range was {
			_, is := now[k]
			if _, withdrawn := ours[k]; is || withdrawn {
				continue
			}

			if now == nil {
				now = map[string]any{}
			}

			now[k] = v
		}

		if now != nil {
			_ = unstructured.SetNestedMap(u.Object, now, at...)
		}
	}

	if status, ok := old.Object["status"]; ok {
		u.Object["status"] = status
	}
}

func isManaged(u *unstructured.Unstructured) bool {
	return strings.HasSuffix(u.GroupVersionKind().Group, ".upbound.io")
}

func observeOnly(u *unstructured.Unstructured) bool {
	policies, _, _ := unstructured.NestedStringSlice(u.Object, "spec", "managementPolicies")

	return slices.Equal(policies, []string{"Observe"})
}

func short(u *unstructured.Unstructured) string {
	service, _, _ := strings.Cut(u.GroupVersionKind().Group, ".")

	return service + "/" + u.GetKind()
}

// named returns the external name of a resource that exists, and writes it.
func named(u *unstructured.Unstructured) string {
	annotations := u.GetAnnotations()
	if name := annotations["crossplane.io/external-name"]; name != "" {
		return name
	}

	name := u.GetName()

	// A replica is named by its table and where that is.
	if arn, _, _ := unstructured.NestedString(u.Object, "spec", "forProvider", "globalTableArn"); arn != "" {
		name = arn[strings.Index(arn, "/")+1:] + ":" + strings.Split(arn, ":")[3]
	}

	if prefix, ok := assigned[short(u)]; ok {
		sum := sha256.Sum256([]byte(u.GetNamespace() + "/" + u.GetName()))
		name = prefix + hex.EncodeToString(sum[:])[:17]
	}

	if annotations == nil {
		annotations = map[string]string{}
	}

	annotations["crossplane.io/external-name"] = name
	u.SetAnnotations(annotations)

	return name
}

// observe writes what the provider writes when the resource exists.
func (w *world) observe(u *unstructured.Unstructured, region string) {
	name := named(u)
	service, _, _ := strings.Cut(short(u), "/")
	at := map[string]any{
		"id":  name,
		"arn": fmt.Sprintf("arn:aws:%s:%s:123456789012:%s/%s", service, region, strings.ToLower(u.GetKind()), name),
	}

	if region != "" {
		at["region"] = region
	}

	spec, _, _ := unstructured.NestedMap(u.Object, "spec", "forProvider")
	if id, _ := spec["availabilityZoneId"].(string); id != "" {
		at["availabilityZoneId"], at["availabilityZone"] = id, w.names[id]
	} else if n, _ := spec["availabilityZone"].(string); n != "" {
		at["availabilityZone"] = n
	}

	switch short(u) {
	case "dynamodb/TableReplica":
		_, table, _ := strings.Cut(fmt.Sprint(spec["globalTableArn"]), "/")
		at["arn"] = fmt.Sprint("arn:aws:dynamodb:", region, ":123456789012:table/", table)
	case "backup/Vault":
		at["arn"] = fmt.Sprint("arn:aws:backup:", region, ":123456789012:backup-vault:", name)
	case "s3/Bucket":
		at["arn"] = "arn:aws:s3:::" + name
	case "rds/Instance":
		at["arn"] = fmt.Sprint("arn:aws:rds:", region, ":123456789012:db:", spec["identifier"])
		at["address"] = fmt.Sprint(spec["identifier"], ".abcdefghijkl.", region, ".rds.amazonaws.com")
	case "elbv2/LB":
		at["dnsName"] = fmt.Sprint(spec["name"], "-1234567890.", region, ".elb.amazonaws.com")
	}

	if unnamed[short(u)] {
		delete(at, "arn")
	}

	maps.DeleteFunc(at, func(_ string, v any) bool { return v == "" })

	// What is ready already has been for as long as it was.
	conditions, ok, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	if !ok {
		conditions = []any{
			map[string]any{"type": "Ready", "status": "True", "reason": "Available", "lastTransitionTime": w.now},
			map[string]any{"type": "Synced", "status": "True", "reason": "ReconcileSuccess", "lastTransitionTime": w.now},
		}
	}

	u.Object["status"] = map[string]any{"atProvider": at, "conditions": conditions}
}

// resolve fills in what the selectors of a resource select. Two matches for
// one field are a failure: the real provider would take either.
func (w *world) resolve(u *unstructured.Unstructured, all []unstructured.Unstructured) error {
	spec, _, _ := unstructured.NestedMap(u.Object, "spec", "forProvider")

	for selector, r := range resolves {
		m, ok := spec[selector].(map[string]any)
		if _, done := spec[r.field]; !ok || done {
			continue
		}

		ids, refs := found(u, all, r.kind, m)

		switch {
		case len(ids) == 0:
		case r.all:
			spec[r.field], spec[r.ref] = ids, refs
		case len(ids) > 1:
			return fmt.Errorf("%s of %s matches %d resources: %v", selector, u.GetName(), len(ids), refs)
		default:
			spec[r.field], spec[r.ref] = ids[0], refs[0]
		}
	}

	if spec == nil {
		return nil
	}

	return unstructured.SetNestedMap(u.Object, spec, "spec", "forProvider")
}

// found returns the ids of the resources that a selector matches, and
// references to them.
func found(u *unstructured.Unstructured, all []unstructured.Unstructured, kind string, selector map[string]any) (ids, refs []any) {
	for i := range all {
		if short(&all[i]) != kind || !matches(&all[i], u, selector) {
			continue
		}

		if id, ok, _ := unstructured.NestedString(all[i].Object, "status", "atProvider", "id"); ok {
			ids, refs = append(ids, id), append(refs, map[string]any{"name": all[i].GetName()})
		}
	}

	return ids, refs
}

func matches(candidate, u *unstructured.Unstructured, selector map[string]any) bool {
	if same, _ := selector["matchControllerRef"].(bool); same {
		a, b := candidate.GetOwnerReferences(), u.GetOwnerReferences()
		if len(a) == 0 || len(b) == 0 || a[0].UID != b[0].UID {
			return false
		}
	}

	labels, _ := selector["matchLabels"].(map[string]any)
	for k, v := range labels {
		if candidate.GetLabels()[k] != v {
			return false
		}
	}

	return true
}

// settleWorkload plays Velero and Flux.
func settleWorkload(u *unstructured.Unstructured) {
	suspended, _, _ := unstructured.NestedBool(u.Object, "spec", "suspend")

	switch {
	case u.GetKind() == "Restore":
		u.Object["status"] = map[string]any{"phase": "Completed", "completionTimestamp": settledAt}
	case u.GetKind() == "Kustomization" && !suspended:
		u.Object["status"] = map[string]any{"conditions": []any{
			map[string]any{"type": "Ready", "status": "True", "reason": "ReconciliationSucceeded", "lastTransitionTime": settledAt},
		}}
	}
}
