package snapshotselection

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/yaml"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

var update = flag.Bool("update", false, "rewrite the expected status of the examples")

// examples is the folder of the examples.
const examples = "../../../../examples/provider/snapshotselection"

// expected is the file that has the examples with their status.
const expected = "expected.yaml"

// TestExamples reconciles the examples in a world that has something for each,
// and compares all that they then say.
func TestExamples(t *testing.T) {
	w := newWorld(t)
	w.furnish()

	files, err := filepath.Glob(filepath.Join(examples, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}

	var got bytes.Buffer

	got.WriteString("# What the examples say when they have been observed.\n")

	for _, f := range files {
		s := readExample(t, f)
		if s.Kind != v1alpha1.SnapshotSelectionKind || filepath.Base(f) == expected {
			continue
		}

		out, err := yaml.Marshal(w.observe(s))
		if err != nil {
			t.Fatal(err)
		}

		got.WriteString("---\n")
		got.Write(out)
	}

	file := filepath.Join(examples, expected)
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("What the examples say (-update writes it): -want, +got:\n%s", diff)
	}
}

// readExample returns an example, as the API server completes it.
func readExample(t *testing.T, file string) *v1alpha1.SnapshotSelection {
	t.Helper()

	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	// The files with several documents are not read: the first one stands for them.
	b, _, _ = bytes.Cut(b, []byte("\n---\n"))

	s := &v1alpha1.SnapshotSelection{}
	if err := yaml.Unmarshal(b, s); err != nil {
		t.Fatalf("cannot read %s: %v", file, err)
	}

	s.Spec.ProviderConfigReference = &xpv2.ProviderConfigReference{Kind: v1alpha1.ClusterProviderConfigKind, Name: "default"}
	s.Spec.ManagementPolicies = xpv2.ManagementPolicies{xpv2.ManagementActionAll}
	s.SetUID(types.UID(s.GetName()))
	s.SetGeneration(1)

	return s
}

// observe an example, and return it without what only an API server sets.
func (w *world) observe(s *v1alpha1.SnapshotSelection) *v1alpha1.SnapshotSelection {
	w.t.Helper()
	w.apply(s)

	at := types.NamespacedName{Namespace: s.GetNamespace(), Name: s.GetName()}
	if _, err := w.reconciler.Reconcile(w.t.Context(), reconcile.Request{NamespacedName: at}); err != nil {
		w.t.Fatal(err)
	}

	out := &v1alpha1.SnapshotSelection{}
	if err := w.kube.Get(w.t.Context(), at, out); err != nil {
		w.t.Fatal(err)
	}

	out.SetGroupVersionKind(v1alpha1.SnapshotSelectionGroupVersionKind)
	out.SetResourceVersion("")
	out.SetUID("")
	out.SetGeneration(0)
	out.SetFinalizers(nil)

	for i := range out.Status.Conditions {
		// The managed reconciler has no clock to set.
		out.Status.Conditions[i].LastTransitionTime = *at12
	}

	return out
}

var at12 = stamp(noon)

// furnish the world with what the examples look for.
func (w *world) furnish() {
	const (
		eastRDS   = "arn:aws:rds:us-east-1:" + account + ":"
		files     = "arn:aws:elasticfilesystem:us-east-1:" + account + ":file-system/fs-0123456789abcdef0"
		instance  = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		standby   = "payments-db-us-west-2"
		westVault = "arn:aws:backup:us-west-2:" + account + ":recovery-point:"
	)

	here, there := w.in(west), w.in(east)
	dated := func(t time.Time, more ...string) map[string]string {
		tags := map[string]string{snapshot.TagDataTime: t.Format(time.RFC3339)}
		for _, kv := range more {
			k, v, _ := strings.Cut(kv, "=")
			tags[k] = v
		}

		return tags
	}

	for id, data := range map[string]time.Duration{"payments-db-2026-11-18": 50 * time.Hour, "payments-db-2026-11-19": 26 * time.Hour} {
		here.AddDBSnapshot(emulator.DBSnapshot{
			Identifier: id, InstanceIdentifier: "payments-db", ResourceID: instance, DatabaseTime: ago(data), CreateTime: ago(data - time.Hour),
			OriginalCreateTime: ago(data), SourceRegion: east, SourceARN: eastRDS + "snapshot:" + id, Encrypted: true, AllocatedStorage: 100,
			KMSKeyID: "arn:aws:kms:us-west-2:" + account + ":key/0a1b2c3d",
		})
	}

	here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "before-the-rename", InstanceIdentifier: "payments-db", ResourceID: "db-ZYXWVUTSRQPONMLKJIHGFEDCBA", DatabaseTime: ago(time.Hour), CreateTime: ago(time.Hour)})
	there.AddDBSnapshot(emulator.DBSnapshot{Identifier: "payments-db-2026-11-01", InstanceIdentifier: "payments-db", ResourceID: instance, DatabaseTime: ago(19*24*time.Hour + 3*time.Hour), CreateTime: ago(19*24*time.Hour + 3*time.Hour)})
	there.AddDBSnapshot(emulator.DBSnapshot{Identifier: "payments-db-2026-11-02", InstanceIdentifier: "payments-db", ResourceID: instance, DatabaseTime: ago(18 * 24 * time.Hour), CreateTime: ago(18 * 24 * time.Hour)})

	here.AddDBClusterSnapshot(emulator.DBClusterSnapshot{
		Identifier: "orders-2026-11-19", ClusterIdentifier: "orders", ResourceID: "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ", CreateTime: ago(20 * time.Hour),
		SourceARN: eastRDS + "cluster-snapshot:orders-2026-11-19", Encrypted: true, KMSKeyID: "arn:aws:kms:us-west-2:" + account + ":key/0a1b2c3d", Tags: dated(ago(22 * time.Hour)),
	})

	here.AddSnapshot(emulator.Snapshot{
		ID: "snap-0fedcba9876543210", StartTime: ago(29 * time.Hour), VolumeSize: 200,
		Tags: dated(ago(30*time.Hour), snapshot.TagLineage+"=vol-0123456789abcdef0", "app=payments"),
	})
	here.AddSnapshot(emulator.Snapshot{ID: "snap-0123456789abcdef0", StartTime: ago(5 * time.Hour), VolumeSize: 200, Tags: map[string]string{snapshot.TagLineage: "vol-0123456789abcdef0", "app": "payments"}})

	there.AddTable(emulator.Table{Name: "sessions", ID: "5b1f9c2e-0000-4000-8000-000000000000", CreateTime: ago(1000 * time.Hour), PointInTimeRecovery: ago(500 * time.Hour)})

	here.AddRecoveryPoint(emulator.RecoveryPoint{
		ARN: westVault + "0A1B2C3D", ResourceARN: files, ResourceType: "EFS", CreationTime: ago(58 * time.Hour), SizeBytes: 5 << 30, Encrypted: true,
		KMSKeyID: "arn:aws:kms:us-west-2:" + account + ":key/0a1b2c3d", SourceVaultARN: "arn:aws:backup:us-east-1:" + account + ":backup-vault:Default", Tags: dated(ago(60 * time.Hour)),
	})

	here.AddDBInstance(emulator.DBInstance{
		Identifier: standby, ResourceID: "db-STANDBYABCDEFGHIJKLMNOPQRS", CreateTime: ago(1000 * time.Hour), ReplicaSource: eastRDS + "db:payments-db", Encrypted: true,
		KMSKeyID: "arn:aws:kms:us-west-2:" + account + ":key/0a1b2c3d", AllocatedStorage: 100,
	})
	here.PutMetric(emulator.Metric{Namespace: "AWS/RDS", Name: "ReplicaLag", Dimensions: map[string]string{"DBInstanceIdentifier": standby}}, ago(11*time.Minute), 10)
}
