package failovertarget

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/internal/emulator"
)

var update = flag.Bool("update", false, "rewrite what kubectl prints of the examples")

// TestExamples applies the examples in the order of their README, and compares
// what kubectl then prints with what stands beside them.
func TestExamples(t *testing.T) {
	root, err := controlplane.Repository()
	if err != nil {
		t.Fatal(err)
	}

	x := example{t: t, dir: filepath.Join(root, "examples", "provider", "failovertarget")}
	x.readme = x.read("README.md")

	w := newWorld(t)
	for _, region := range []string{east, west} {
		w.Region(region).OfferInstanceType("m7g.large")
		w.Region(region).OfferDBInstance(emulator.OrderableDBInstanceOption{Class: "db.r6g.large", Engine: "postgres"})
	}

	p := w.plane(0)
	p.shell("kubectl create namespace team-a --dry-run=client -o yaml | kubectl apply -f -")
	x.run(p, "kubectl apply -f ../snapshotselection/dbinstance.yaml")
	p.shell("kubectl -n team-a wait --for=condition=Ready snapshotselection dbinstance --timeout=" + limit.String())

	x.run(p, "kubectl apply -f home.yaml")
	p.settles("Home serves.", stand{east, 1, true, "Steady"})
	x.shows(p, "home.txt", "kubectl -n dr get failovertargets")

	x.run(p, `kubectl -n dr patch failovertarget payments --type=json -p '[{"op":"add","path":"/spec/forProvider/activation","value":{"region":"us-west-2","epoch":2}}]'`)

	said := settled(p.blocked("Nobody consented to a loss.", "DataLossExceedsConsent")["DataLossExceedsConsent"])
	if !strings.Contains(x.readme, said) {
		t.Errorf("README.md does not show: %s", said)
	}

	x.keeps(p, "blocked.txt", "kubectl -n dr describe failovertarget payments --show-events=false")

	x.run(p, "kubectl apply -f activation.yaml")
	p.settles("It fails over.", stand{west, 2, true, "Steady"})
	p.told("us-west-2 is active at epoch 2")
	x.shows(p, "activated.txt", "kubectl -n dr get failovertargets")
	x.keeps(p, "describe.txt", "kubectl -n dr describe failovertarget payments --show-events=false")
}

// TestExampleOfARecord applies the example of a record on two control planes.
func TestExampleOfARecord(t *testing.T) {
	root, err := controlplane.Repository()
	if err != nil {
		t.Fatal(err)
	}

	x := example{t: t, dir: filepath.Join(root, "examples", "provider", "failovertarget")}
	x.readme = x.read("README.md")
	w := newWorld(t)

	one, other := w.plane(0), w.plane(1)
	x.run(one, "kubectl apply -f record.yaml")
	one.settles("The first one holds the decision.", stand{east, 1, true, "Steady"})
	x.run(other, "kubectl apply -f record.yaml")
	other.settles("Any other one follows.", stand{east, 1, false, "Following"})
	x.shows(other, "following.txt", "kubectl -n dr get failovertargets")
}

// An example is a folder, and its README.
type example struct {
	t           *testing.T
	dir, readme string
}

func (x *example) read(file string) string {
	x.t.Helper()

	b, err := os.ReadFile(filepath.Join(x.dir, file))
	if err != nil {
		x.t.Fatal(err)
	}

	return string(b)
}

// run a command that the README has.
func (x *example) run(p *plane, command string) {
	x.t.Helper()

	if !strings.Contains(x.readme, command) {
		x.t.Errorf("README.md does not say to run: %s", command)
	}

	p.shell("cd " + x.dir + " && " + command)
}

// keeps compares what a command of the README prints with a file.
func (x *example) keeps(p *plane, file, command string) string {
	x.t.Helper()

	if !strings.Contains(x.readme, command) {
		x.t.Errorf("README.md does not say to run: %s", command)
	}

	got := settled(p.shell(command))

	if *update {
		if err := os.WriteFile(filepath.Join(x.dir, file), []byte(got), 0o600); err != nil {
			x.t.Fatal(err)
		}
	}

	if diff := cmp.Diff(x.read(file), got); diff != "" {
		x.t.Errorf("%s is what kubectl prints (-update writes it): -want, +got:\n%s", file, diff)
	}

	return got
}

// shows is keeps, and the README shows it, too.
func (x *example) shows(p *plane, file, command string) {
	x.t.Helper()

	if got := x.keeps(p, file, command); !strings.Contains(x.readme, got) {
		x.t.Errorf("README.md does not show %s:\n%s", file, got)
	}
}

// settled is what kubectl prints, as if it had been printed at noon: with other
// times, and without what is another one in each run.
func settled(text string) string {
	for _, r := range []struct{ from, to string }{
		{`(?m)\d+s$`, "20s"},
		// What is older than two minutes has minutes, too.
		{`(?m)^(payments .* )[\dms]+$`, "${1}20s"},
		{`(Data Loss: +)1\dm`, "${1}12m"},
		{`(since |Oldest Data: +|"oldestData":")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`, "${1}DATA"},
		{`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`, "2026-11-20T12:00:00Z"},
		{`DATA`, "2026-11-20T11:47:40Z"},
		{`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, "7d1f0c52-3a4e-4b7c-9f61-2f0d5c1e8a90"},
		{`("nonce":")[0-9a-f]+`, "${1}f737"},
		{`(Resource Version: +)\d+`, "${1}1234"},
	} {
		text = regexp.MustCompile(r.from).ReplaceAllString(text, r.to)
	}

	return text
}
