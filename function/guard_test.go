package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// protectedDB returns a good request whose database, at 3, is protected.
func protectedDB(protect map[string]any) *bad {
	b := good()
	put(part(b.plan, 3), protect, "protect")

	return b
}

const backupRole = "arn:aws:iam::123456789012:role/backup"

func TestProtectFaults(t *testing.T) {
	cases := map[string]struct {
		reason  string
		protect map[string]any
		edit    func(b *bad)
		want    []string
	}{
		"NoRole": {
			reason: "Without a role AWS Backup can do nothing: it is told which regions have none.", protect: fields(),
			edit: func(b *bad) {
				put(b.xr, fields("us-east-1", fields("backupRoleArn", backupRole)), "spec", "recovery", "parameters")
			},
			want: []string{"RecoveryPlan components[3].protect.iamRoleArn: Required value: name the role that AWS Backup acts with, here or in the XR, as spec.recovery.parameters[us-west-2].backupRoleArn"},
		},
		"NoARN": {
			reason: "A name tells no account.", protect: fields("iamRoleArn", "backup"),
			want: []string{`RecoveryPlan components[3].protect.iamRoleArn: Invalid value: "backup": want the ARN of an IAM role`},
		},
		"ParameterNoARN": {
			reason: "What is wrong in the XR is told with its path there.", protect: fields(),
			edit: func(b *bad) {
				put(b.xr, fields("us-east-1", fields("backupRoleArn", "backup"), "us-west-2", fields("backupRoleArn", backupRole, "backupKeyArn", "alias/mine")), "spec", "recovery", "parameters")
			},
			want: []string{
				`XService payments spec.recovery.parameters[us-east-1].backupRoleArn: Invalid value: "backup": want the ARN of an IAM role`,
				`XService payments spec.recovery.parameters[us-west-2].backupKeyArn: Invalid value: "alias/mine": want the ARN of a KMS key`,
			},
		},
		"KeyElsewhere": {
			reason: "A key of another region encrypts nothing here.", protect: fields("iamRoleArn", backupRole, "kmsKeyArn", "arn:aws:kms:us-east-1:123456789012:key/1"),
			want: []string{"RecoveryPlan components[3].protect.kmsKeyArn: Invalid value", "is a key of us-east-1, and the vault is in us-west-2"},
		},
		"TwoKeys": {
			reason: "A vault has one key.", protect: fields("iamRoleArn", backupRole, "kmsKeyArn", "${region.parameters.key}", "kmsKeyFrom", "key"),
			want: []string{"RecoveryPlan components[3].protect.kmsKeyFrom: Forbidden: kmsKeyArn is set, too"},
		},
		"NoKey": {
			reason: "A key that is misspelt is none.", protect: fields("iamRoleArn", backupRole, "kmsKeyFrom", "keys"),
			want: []string{`RecoveryPlan components[3].protect.kmsKeyFrom: Not found: "keys"`},
		},
		"KeyOfOtherTier": {
			reason: "A key that is in the active region only leaves the others without.", protect: fields("iamRoleArn", backupRole, "kmsKeyFrom", "vpc"),
			want: []string{`RecoveryPlan components[3].protect.kmsKeyFrom: Invalid value: "vpc": is of tier Network`, "is a VPC.ec2.aws.m.upbound.io: want a Key of kms"},
		},
		"ReadsServing": {
			reason: "The vault must be there before anything serves.", protect: fields("iamRoleArn", "${serving.db.status.atProvider.roleArn}"),
			want: []string{"RecoveryPlan components[3].protect: Invalid value: reads a serving copy or a zone"},
		},
		"KeepDays": {
			reason: "AWS deletes nothing before it is a day old.", protect: fields("iamRoleArn", backupRole, "keepDays", -1.0),
			want: []string{"RecoveryPlan components[3].protect.keepDays"},
		},
		"NotData": {
			reason: "Only data needs it, and all that is wrong is told.", protect: fields(),
			edit: func(b *bad) { put(part(b.plan, 1), fields("iamRoleArn", backupRole), "protect") },
			want: []string{"RecoveryPlan components[1].protect: Forbidden: only a Data component has it", "components[3].protect.iamRoleArn: Required value"},
		},
		"Spread": {
			reason: "What is spread over zones is not restored.", protect: fields("iamRoleArn", backupRole),
			edit: func(b *bad) { put(part(b.plan, 3), fields("min", 1.0), "zones") },
			want: []string{"RecoveryPlan components[3].protect: Forbidden: data that is spread over zones"},
		},
		"Table": {
			reason: "What can't be restored from is no protection.", protect: fields("iamRoleArn", backupRole),
			edit: func(b *bad) {
				put(part(b.plan, 3), "dynamodb.aws.m.upbound.io/v1beta1", "template", "apiVersion")
				put(part(b.plan, 3), "Table", "template", "kind")
			},
			want: []string{"RecoveryPlan components[3].protect: Forbidden: a table can't be restored from what AWS Backup makes: a replica protects it"},
		},
		"Volume": {
			reason: "A copy that tells neither its volume nor its age would never be restored.", protect: fields("iamRoleArn", backupRole),
			edit: func(b *bad) {
				put(part(b.plan, 3), "ec2.aws.m.upbound.io/v1beta1", "template", "apiVersion")
				put(part(b.plan, 3), "EBSVolume", "template", "kind")
			},
			want: []string{"RecoveryPlan components[3].protect: Forbidden: of a copy that AWS Backup made of an EBS snapshot nothing tells"},
		},
		"OtherKind": {
			reason: "A kind that AWS Backup does not know is not protected.", protect: fields("iamRoleArn", backupRole),
			edit: func(b *bad) {
				put(part(b.plan, 3), "elasticache.aws.m.upbound.io/v1beta1", "template", "apiVersion")
				put(part(b.plan, 3), "ReplicationGroup", "template", "kind")
			},
			want: []string{"RecoveryPlan components[3].protect: Forbidden: a ReplicationGroup.elasticache.aws.m.upbound.io can't be restored from what AWS Backup makes"},
		},
		"NameTaken": {
			reason: "Two things can't have one key.", protect: fields("iamRoleArn", backupRole),
			edit: func(b *bad) { put(part(b.plan, 1), "db-vault", "name") },
			want: []string{`RecoveryPlan components[1].name: Invalid value: "db-vault": is what the Vault is called that protects db`},
		},
		"KeyTaken": {
			reason: "Nor can what an earlier step makes.", protect: fields("iamRoleArn", backupRole),
			edit: func(b *bad) {
				b.desired = map[string]map[string]any{"db-backup": {"apiVersion": "v1", "kind": "ConfigMap"}}
			},
			want: []string{"RecoveryPlan components[3].protect: Forbidden: an earlier step makes a resource of the name db-backup"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := protectedDB(tc.protect)
			if tc.edit != nil {
				tc.edit(b)
			}

			message := fatal(ask(t, shared, b.request()))
			for _, want := range tc.want {
				if !strings.Contains(message, want) {
					t.Errorf("%s: want %q in:\n%s", tc.reason, want, message)
				}
			}
		})
	}
}

func TestProtectWarns(t *testing.T) {
	cases := map[string]struct {
		reason   string
		strategy string
		rpo      string
		keepDays float64
		want     []string
	}{
		"Breached": {
			reason: "Snapshots alone can't keep 15m, and that is said once.", strategy: "BackupAndRestore", rpo: "15m",
			want: []string{"db: AWS Backup makes a snapshot every 1h at most, and in another region the newest one can be 2h30m old, which does not keep rpo 15m; a replica would (strategy PilotLight)"},
		},
		"DeletedTooSoon": {
			reason: "What is deleted before the next one arrives leaves nothing to restore.", strategy: "BackupAndRestore", rpo: "72h", keepDays: 1,
			want: []string{"db: protect.keepDays of 1 is shorter than the 49h30m that the newest snapshot in another region can be old if one job fails: then there is none. Keep them for 3 days at least"},
		},
		"KeptForLongEnough": {reason: "A day holds many that are made each hour.", strategy: "BackupAndRestore", rpo: "4h", keepDays: 1},
		"Kept":              {reason: "What is kept is nothing to warn of.", strategy: "BackupAndRestore", rpo: "4h"},
		"Replicated":        {reason: "A replica keeps it.", strategy: "PilotLight", rpo: "15m"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			protect := fields("iamRoleArn", backupRole)
			if tc.keepDays > 0 {
				protect["keepDays"] = tc.keepDays
			}

			b := protectedDB(protect)
			put(b.xr, tc.strategy, "spec", "recovery", "strategy")
			put(b.xr, fields("rpo", tc.rpo), "spec", "recovery", "objectives")

			// Warned is only who has a plan that could be made.
			b.observed = map[string]map[string]any{}
			for _, key := range []string{"db-vault", "db-vault-us-west-2"} {
				b.observed[key] = observedVault(key)
			}

			var got []string

			for _, r := range ask(t, shared, b.request()).GetResults() {
				if strings.HasPrefix(r.GetMessage(), "db: ") && r.GetSeverity() == fnv1.Severity_SEVERITY_WARNING {
					got = append(got, r.GetMessage())
				}
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestCRDProtection checks what protects a database of either family of API
// groups, with a key of each origin, against the CRDs of the real provider.
func TestCRDProtection(t *testing.T) {
	for _, family := range []string{"aws.m.upbound.io", "aws.upbound.io"} {
		for name, protect := range map[string]map[string]any{
			"OwnKey":    fields("iamRoleArn", backupRole),
			"Component": fields("iamRoleArn", backupRole, "kmsKeyFrom", "key", "keepDays", 7.0),
			"Key":       fields("iamRoleArn", backupRole, "kmsKeyArn", "arn:aws:kms:${region.name}:123456789012:key/1"),
		} {
			t.Run(family+"/"+name, func(t *testing.T) {
				b := protectedDB(protect)
				b.observed = map[string]map[string]any{}

				for i := range 4 {
					at := part(b.plan, i)["template"].(map[string]any)
					at["apiVersion"] = strings.Replace(at["apiVersion"].(string), "aws.m.upbound.io", family, 1)
					delete(part(b.plan, i), "after")
				}

				// Each is made as soon as what it needs is ready.
				for range 4 {
					made := ask(t, shared, b.request())
					if m := fatal(made); m != "" {
						t.Fatal(m)
					}

					for key, r := range made.GetDesired().GetResources() {
						o := r.GetResource().AsMap()
						region := o["spec"].(map[string]any)["forProvider"].(map[string]any)["region"]
						put(o, fields("atProvider", fields("region", region, "arn", "arn:aws:rds:us-east-1:123456789012:db:"+key), "conditions", []any{fields("type", "Ready", "status", "True")}), "status")
						b.observed[key] = o
					}
				}

				for _, key := range []string{"db-vault", "db-vault-us-west-2", "db-backup-plan", "db-backup-plan-us-west-2", "db-backup"} {
					u := &unstructured.Unstructured{Object: b.observed[key]}
					if u.Object == nil {
						t.Errorf("%s is not made", key)

						continue
					}

					if got, want := u.GroupVersionKind().Group, "backup."+family; got != want {
						t.Errorf("%s is of group %s, want %s", key, got, want)
					}

					delete(u.Object, "status")

					for _, fault := range awsCRD(t, u).validate(u.Object) {
						t.Errorf("%s: %s", key, fault)
					}
				}
			})
		}
	}
}

// TestVaultIsNeverDeleted: the snapshots in a vault may be all that is left.
func TestVaultIsNeverDeleted(t *testing.T) {
	b := good()
	b.observed = map[string]map[string]any{"db-vault": observedVault("db-vault")}
	put(b.observed["db-vault"], fields("crossplane.io/external-name", "payments-db-vault"), "metadata", "annotations")

	for _, external := range []string{"Delete", "Keep"} {
		put(b.xr, []any{fields("key", "db-vault", "externalName", "payments-db-vault", "external", external)}, "spec", "recovery", "retire")

		rsp := ask(t, shared, b.request())
		if m := fatal(rsp); m != "" {
			t.Fatal(m)
		}

		vault := rsp.GetDesired().GetResources()["db-vault"]
		if vault == nil {
			t.Fatalf("external: %s: the vault leaves before its policies say that it stays on AWS", external)
		}

		policies := vault.GetResource().GetFields()["spec"].GetStructValue().GetFields()["managementPolicies"].GetListValue().AsSlice()
		if diff := cmp.Diff([]any{"Observe"}, policies); diff != "" {
			t.Errorf("external: %s: -want +got:\n%s", external, diff)
		}

		refused := false
		for _, r := range rsp.GetResults() {
			refused = refused || strings.Contains(r.GetMessage(), "db-vault is not retired: it is a vault")
		}

		if refused != (external == "Delete") {
			t.Errorf("external: %s: refused is %v: %v", external, refused, rsp.GetResults())
		}
	}
}

// TestSelectionWaitsForAnARN: nobody can be told to protect what AWS has no name
// for yet, and once told it is never told of anything else.
func TestSelectionWaitsForAnARN(t *testing.T) {
	b := protectedDB(fields("iamRoleArn", backupRole))
	ready := []any{fields("type", "Ready", "status", "True")}
	region := fields("region", "us-east-1")
	plan := fields("apiVersion", "backup.aws.m.upbound.io/v1beta1", "kind", "Plan", "metadata", fields("name", "plan"),
		"spec", fields("forProvider", region), "status", fields("atProvider", region, "conditions", ready))
	db := fields("apiVersion", "rds.aws.m.upbound.io/v1beta1", "kind", "Instance", "metadata", fields("name", "db"),
		"spec", fields("forProvider", region), "status", fields("atProvider", region, "conditions", ready))
	b.observed = map[string]map[string]any{"db-vault": observedVault("db-vault"), "db-backup-plan": plan, "db": db}

	rsp := ask(t, shared, b.request())
	if rsp.GetDesired().GetResources()["db-backup"] != nil || !strings.Contains(rsp.GetDesired().GetComposite().String(), "db-backup waits for db, which AWS does not know by an ARN") {
		t.Fatalf("want it to wait for the ARN: %v", rsp.GetDesired().GetComposite())
	}

	resources := func() []any {
		o := ask(t, shared, b.request()).GetDesired().GetResources()["db-backup"].GetResource()

		return o.GetFields()["spec"].GetStructValue().GetFields()["forProvider"].GetStructValue().GetFields()["resources"].GetListValue().AsSlice()
	}

	put(db, "arn:aws:rds:us-east-1:123456789012:db:db", "status", "atProvider", "arn")

	if diff := cmp.Diff([]any{"arn:aws:rds:us-east-1:123456789012:db:db"}, resources()); diff != "" {
		t.Errorf("What serves is protected: -want +got:\n%s", diff)
	}

	b.observed["db-backup"] = ask(t, shared, b.request()).GetDesired().GetResources()["db-backup"].GetResource().AsMap()
	delete(db["status"].(map[string]any)["atProvider"].(map[string]any), "arn")

	if diff := cmp.Diff([]any{"arn:aws:rds:us-east-1:123456789012:db:db"}, resources()); diff != "" {
		t.Errorf("A status that is lost changes nothing: -want +got:\n%s", diff)
	}
}

// observedVault returns a vault that is ready.
func observedVault(key string) map[string]any {
	region := "us-east-1"
	if strings.HasSuffix(key, "us-west-2") {
		region = "us-west-2"
	}

	v := fields("apiVersion", "backup.aws.m.upbound.io/v1beta1", "kind", "Vault",
		"metadata", fields("name", "payments-"+key, "labels", fields("crossdr.io/component", "db-vault", "crossdr.io/region", region, "crossdr.io/epoch", "1")),
		"spec", fields("forProvider", fields("region", region)))
	put(v, fields("atProvider", fields("region", region, "arn", "arn:aws:backup:"+region+":123456789012:backup-vault:payments-"+key),
		"conditions", []any{fields("type", "Ready", "status", "True")}), "status")

	return v
}
