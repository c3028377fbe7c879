package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/protection"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// Parameters of a region that a DataProtection defaults to.
const (
	parameterRole = "backupRoleArn"
	parameterKey  = "backupKeyArn"
)

// useGuard finds the template of a component that protects another: it is of
// the same family of API groups.
func (r *request) useGuard(c *component, made bool, f *faults) {
	if made {
		f.add("RecoveryPlan", field.ErrorList{field.Forbidden(c.path, "an earlier step makes a resource of the name "+c.Name+", which is what the "+string(c.guard.part)+" is called that protects "+c.guard.of.Name)})
	}

	of := r.templates[c.guard.of.Name]
	if of == nil {
		return
	}

	r.templates[c.Name], _ = render.Compile(c.guard.part.Template(of.Group), nil, c.path)

	// Once is enough.
	if c.guard.part != protection.Vault {
		return
	}

	if why := unprotectable(of); why != "" {
		f.add("RecoveryPlan", field.ErrorList{field.Forbidden(c.path, why)})
	}

	from := c.guard.of.Protect.KMSKeyFrom
	if key := r.templates[from]; key != nil && (key.Kind != "Key" && key.Kind != "ReplicaKey" || !strings.HasPrefix(key.Group, "kms.")) {
		f.add("RecoveryPlan", field.ErrorList{field.Invalid(c.path.Child("kmsKeyFrom"), from, "is a "+key.Kind+"."+key.Group+": want a Key of kms")})
	}
}

// unprotectable says why AWS Backup is of no use for a store: what it makes
// must be something that a birth can restore from.
func unprotectable(t *render.Template) string {
	source := awsv1alpha1.SourceKind(t.Source())

	switch {
	case t.Dependent():
		return "a " + t.Kind + " holds no data of its own: protect its Cluster"
	case source == awsv1alpha1.SourceVolume:
		return "of a copy that AWS Backup made of an EBS snapshot nothing tells which volume it is of and when its data is from, so that it would never be restored"
	case source == awsv1alpha1.SourceTable:
		return "a table can't be restored from what AWS Backup makes: a replica protects it"
	case source != awsv1alpha1.SourceDBInstance && source != awsv1alpha1.SourceDBCluster || !t.Restorable():
		return "a " + t.Kind + "." + t.Group + " can't be restored from what AWS Backup makes: it can be done for DB instances, and clusters of Aurora, DocumentDB and Neptune"
	}

	return ""
}

// guarded is how a component is protected in one region.
type guarded struct {
	role protection.Role
	key  string
}

var keyARN = regexp.MustCompile(`^arn:[^:]+:kms:([^:]+):[0-9]+:.+$`)

// protections evaluates, for every protected component and every region, what
// its protection reads.
func (r *request) protections(e *evaluator, f *faults) map[string]map[string]guarded {
	out := map[string]map[string]guarded{}

	for i := range r.plan.components {
		c := &r.plan.components[i]
		if c.protect == nil {
			continue
		}

		out[c.Name] = map[string]guarded{}
		for _, name := range r.regions {
			out[c.Name][name] = r.protectionIn(c, name, e, f)
		}
	}

	return out
}

// checkRoles reports protections without a role for AWS Backup to act with.
func (r *request) checkRoles(f *faults) {
	for i := range r.plan.components {
		c := &r.plan.components[i]
		if c.protect == nil || c.Protect.IAMRoleARN != "" {
			continue
		}

		var without []string

		for _, name := range r.regions {
			if _, ok := r.spec.Parameters[name][parameterRole]; !ok {
				without = append(without, name)
			}
		}

		if len(without) > 0 {
			f.add("RecoveryPlan", field.ErrorList{field.Required(c.path.Child("protect", "iamRoleArn"),
				fmt.Sprintf("name the role that AWS Backup acts with, here or in the XR, as %s.parameters[%s].%s", r.plan.SpecFrom, strings.Join(without, ", "), parameterRole))})
		}
	}
}

// protectionIn returns how a component is protected in a region.
func (r *request) protectionIn(c *component, name string, e *evaluator, f *faults) guarded {
	at := c.path.Child("protect")

	evaluated := c.protect.Evaluate(e.variables(&render.Copy{Component: c.Name, Region: name}), nil, at)
	f.add("RecoveryPlan", evaluated.Faults)

	// What failed was told, and says nothing more.
	if len(evaluated.Faults) > 0 {
		return guarded{}
	}

	// say tells a fault where the value comes from.
	say := func(stated bool, argument, parameter, value, why string) {
		if stated {
			f.add("RecoveryPlan", field.ErrorList{field.Invalid(at.Child(argument), value, why)})
		} else {
			f.addf("%s %s.parameters[%s].%s: Invalid value: %q: %s", r.name, r.plan.SpecFrom, name, parameter, value, why)
		}
	}

	values, _ := evaluated.Value.(map[string]any)
	value := func(argument, parameter string) (string, bool) {
		if s := fmt.Sprint(values[argument]); s != "" {
			return s, true
		}

		s, _ := e.regions[name].Parameters[parameter].(string)

		return s, false
	}

	var g guarded

	role, stated := value("iamRoleArn", parameterRole)

	var err error
	if g.role, err = protection.ParseRole(role); err != nil {
		say(stated, "iamRoleArn", parameterRole, role, err.Error())
	}

	g.key, stated = value("kmsKeyArn", parameterKey)
	if c.Protect.KMSKeyFrom != "" {
		g.key = ""
	}

	switch m := keyARN.FindStringSubmatch(g.key); {
	case g.key == "":
	case m == nil:
		say(stated, "kmsKeyArn", parameterKey, g.key, "want the ARN of a KMS key")
	case m[1] != name:
		say(stated, "kmsKeyArn", parameterKey, g.key, "is a key of "+m[1]+", and the vault is in "+name)
	}

	return g
}

// guardCopy says how a copy that protects another component differs from its
// template. One that has to wait says for what.
func (r *request) guardCopy(c *composed, rc *render.Copy, e *evaluator) {
	known := r.plan.byName[c.Component]
	if known == nil || known.guard == nil || rc.Fenced {
		return
	}

	of := known.guard.of
	forProvider := map[string]any{}
	spec := map[string]any{"forProvider": forProvider}
	values := e.guarded[of.Name][c.Region]

	switch known.guard.part {
	case protection.Vault:
		r.guardVault(forProvider, of, values, c.Region)
	case protection.Plan:
		r.guardPlan(forProvider, c, of, values, e)
	case protection.Selection:
		forProvider["iamRoleArn"] = values.role.ARN
		forProvider["planIdSelector"] = inRegion(protection.Plan.NameOf(of.Name), c.Region)

		if arn := e.out.arnOf(of.Name, c.Region, c.Epoch); arn != "" {
			forProvider["resources"] = []any{arn}
		} else if !c.Exists && c.waits == "" {
			c.waits = "for " + of.Name + ", which AWS does not know by an ARN to protect it by yet"
		}
	}

	ref, isKnown := r.templates[of.Name].ProviderConfigRef(e.variables(&render.Copy{Component: of.Name, Region: c.Region}))
	if ref != nil {
		spec["providerConfigRef"] = ref
	} else if !isKnown && !c.Exists && c.waits == "" {
		c.waits = "for the providerConfigRef of " + of.Name + " to be known"
	}

	// All of it are values, which have no faults.
	rc.Overlay, _ = render.CompileOverlay(map[string]any{"spec": spec}, known.path)
}

// guardVault writes the key of a vault.
func (r *request) guardVault(forProvider map[string]any, of *component, values guarded, region string) {
	switch {
	case of.Protect.KMSKeyFrom != "":
		forProvider["kmsKeyArnSelector"] = inRegion(of.Protect.KMSKeyFrom, region)
	case values.key != "":
		forProvider["kmsKeyArn"] = values.key
	}
}

// guardPlan writes when snapshots are made, and where they are copied to. It
// warns, where something serves, if that can't keep the objective, or can leave
// nothing to restore.
func (r *request) guardPlan(forProvider map[string]any, c *composed, of *component, values guarded, e *evaluator) {
	rpo, t := r.objectives().RPO, r.templates[of.Name]
	service, _, _ := strings.Cut(t.Group, ".")

	rule := protection.Rule{
		Schedule: protection.Derive(rpo, factsOf(of, t, service).SnapshotCopy), KeepDays: of.Protect.KeepDays,
		Seed: strings.Join([]string{r.owner.Group, r.owner.Kind, r.owner.Namespace, r.owner.Name, of.Name}, "/"),
	}

	for _, name := range r.regions {
		vault := e.out.find(protection.Vault.NameOf(of.Name), name)
		if vault == nil {
			continue
		}

		called := r.calledOnAWS(vault, e)
		if name == c.Region {
			rule.Vault = called
		} else {
			rule.Copies = append(rule.Copies, values.role.VaultARN(name, called))
		}
	}

	forProvider["rule"] = []any{rule.Argument()}

	if c.Region != r.decision.Active {
		return
	}

	replicated := slices.ContainsFunc(e.out.copies, func(o composed) bool { return o.Component == of.Name && o.Role == topology.Standby })
	if !rule.Schedule.Kept && !replicated {
		e.out.warnings = append(e.out.warnings, of.Name+": "+rule.Schedule.Breach(*rpo))
	}

	if gap := rule.Gap(); gap != "" {
		e.out.warnings = append(e.out.warnings, of.Name+": "+gap)
	}
}

// guards returns whether a component protects another.
func (r *request) guards(component string) bool {
	c := r.plan.byName[component]

	return c != nil && c.guard != nil
}

// inRegion selects the copy of a component in a region.
func inRegion(component, region string) map[string]any {
	return map[string]any{
		"matchControllerRef": true,
		"matchLabels":        map[string]any{render.LabelComponent: component, render.LabelRegion: region},
	}
}

// calledOnAWS returns the name of a copy of a kind whose name on AWS is that of
// the object.
func (r *request) calledOnAWS(c *composed, e *evaluator) string {
	rc := r.renderCopy(c)
	if rc.Observed == nil && rc.Adopt != "" {
		return rc.Adopt
	}

	return r.templates[c.Component].IdentityOf(e.scope, rc, e.variables(rc))
}

// find returns the copy of a component in a region that is neither fenced nor
// kept, or nil.
func (o *composition) find(component, region string) *composed {
	for i := range o.copies {
		if c := &o.copies[i]; c.Component == component && c.Region == region && (c.Role == topology.Serving || c.Role == topology.Standby) {
			return c
		}
	}

	return nil
}

// arnOf returns the ARN of the copy of data that was born at an epoch in a
// region, or "".
func (o *composition) arnOf(component, region string, epoch int64) string {
	for i := range o.copies {
		c := &o.copies[i]
		if c.Component == component && c.Region == region && c.Epoch == epoch && c.observed != nil && c.Role == topology.Serving {
			return c.observed.object.Text("status", "atProvider", "arn")
		}
	}

	return ""
}
