package main

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

type properties = map[string]apiextensionsv1.JSONSchemaProps

// selects matches what upjet writes above a selector: "Selector for a list of VPC in ec2 to populate vpcId." The service
// is left out within one service by older generators and by kinds that were written by hand (eks ClusterAuth).
var selects = regexp.MustCompile(`^Selector for an? (?:list of )?(\w+)(?: in (\w+))? to populate`)

// refer collects the selectors of fields and of all that is below them.
func (k *kind) refer(fields properties, prefix string) error {
	for _, f := range slices.Sorted(maps.Keys(fields)) {
		schema := element(fields[f])
		if _, ok := schema.Properties["matchControllerRef"]; !ok {
			if err := k.refer(schema.Properties, prefix+f+"."); err != nil {
				return err
			}
			continue
		}
		m := selects.FindStringSubmatch(strings.Join(strings.Fields(schema.Description), " "))
		if m == nil {
			return fmt.Errorf("cannot tell what %s%s selects from %q", prefix, f, schema.Description)
		}
		r := reference{selector: prefix + f, kind: m[1], service: cmp.Or(m[2], k.service)}
		k.references = append(k.references, r)
		if !referable(fields, f) {
			k.faults = append(k.faults, r.selector)
		}
	}
	return nil
}

// element returns the schema of what a list holds, or the schema itself.
func element(schema apiextensionsv1.JSONSchemaProps) apiextensionsv1.JSONSchemaProps {
	for schema.Items != nil && schema.Items.Schema != nil {
		schema = *schema.Items.Schema
	}
	return schema
}

// referable tells whether a selector has a Ref or Refs beside it.
func referable(fields properties, selector string) bool {
	base, ok := strings.CutSuffix(selector, "Selector")
	_, one := fields[base+"Ref"]
	_, many := fields[base+"Refs"]
	return ok && (one || many)
}

// passwords pairs each autoGenerate field with the Secret it fills: autoGeneratePassword with masterPasswordSecretRef,
// but not with masterPasswordWoSecretRef, whose value is only ever read.
func passwords(fields properties) []password {
	var found []password
	for _, f := range slices.Sorted(maps.Keys(fields)) {
		what, ok := strings.CutPrefix(f, "autoGenerate")
		if !ok {
			continue
		}
		for _, g := range slices.Sorted(maps.Keys(fields)) {
			secret, ok := strings.CutSuffix(g, "SecretRef")
			if ok && strings.HasSuffix(strings.ToLower(secret), strings.ToLower(what)) {
				found = append(found, password{secretRef: g, autoGenerate: f})
			}
		}
	}
	return found
}
