package protection

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// arrives is how long a copy takes to arrive, by the table of objectives.
const arrives = 30 * time.Minute

func TestDerive(t *testing.T) {
	const minute = time.Minute

	h := func(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }

	cases := map[string]struct {
		reason string
		rpo    time.Duration
		want   Schedule
	}{
		"Days":       {reason: "Once a day is enough for objectives of days.", rpo: h(72), want: Schedule{Every: h(24), Age: h(25.5), Spare: h(49.5), Kept: true}},
		"Day":        {reason: "Once a day would not keep 24h: a snapshot needs time to arrive, and one may fail.", rpo: h(24), want: Schedule{Every: h(8), Age: h(9.5), Spare: h(17.5), Kept: true}},
		"Boundary":   {reason: "An interval is taken as soon as it fits.", rpo: h(25.5), want: Schedule{Every: h(12), Age: h(13.5), Spare: h(25.5), Kept: true}},
		"JustBelow":  {reason: "And not a minute before.", rpo: h(25.5) - minute, want: Schedule{Every: h(8), Age: h(9.5), Spare: h(17.5), Kept: true}},
		"Half":       {reason: "Half a day.", rpo: h(13.5), want: Schedule{Every: h(6), Age: h(7.5), Spare: h(13.5), Kept: true}},
		"TenHours":   {reason: "Ten hours.", rpo: h(10), want: Schedule{Every: h(4), Age: h(5.5), Spare: h(9.5), Kept: true}},
		"EightHours": {reason: "Eight hours.", rpo: h(8), want: Schedule{Every: h(3), Age: h(4.5), Spare: h(7.5), Kept: true}},
		"SixHours":   {reason: "Six hours.", rpo: h(6), want: Schedule{Every: h(2), Age: h(3.5), Spare: h(5.5), Kept: true}},
		"FourHours":  {reason: "Hourly, so that one job may fail.", rpo: h(4), want: Schedule{Every: h(1), Age: h(2.5), Spare: h(3.5), Kept: true}},
		"ThreeHours": {reason: "Hourly is the shortest: it keeps 3h if no job fails.", rpo: h(3), want: Schedule{Every: h(1), Age: h(2.5), Spare: h(3.5), Kept: true}},
		"OneHour":    {reason: "AWS Backup can't keep 1h, and that is said.", rpo: h(1), want: Schedule{Every: h(1), Age: h(2.5), Spare: h(3.5)}},
		"None":       {reason: "No loss at all is nothing for snapshots.", rpo: 0, want: Schedule{Every: h(1), Age: h(2.5), Spare: h(3.5)}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Derive(&tc.rpo, arrives)); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}

	if s := Derive(new(h(4)), h(3)); s.Kept {
		t.Errorf("What takes three hours to arrive is older than 4h at worst: %+v", s)
	}

	if diff := cmp.Diff(Schedule{Every: h(24), Age: h(25.5), Spare: h(49.5), Kept: true}, Derive(nil, arrives)); diff != "" {
		t.Errorf("Without an objective once a day is enough: -want +got:\n%s", diff)
	}
}

// TestDeriveProperties: a shorter objective is never met by a longer interval,
// and what is said to be kept is.
func TestDeriveProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(t, "a"))
		b := time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(t, "b"))
		short, long := min(a, b), max(a, b)

		s, l := Derive(&short, arrives), Derive(&long, arrives)
		if s.Every > l.Every {
			t.Fatalf("rpo %s asks for every %s, and rpo %s for every %s", short, s.Every, long, l.Every)
		}

		if s.Kept != (s.Age <= short) || s.Age != s.Every+StartWindow+arrives {
			t.Fatalf("rpo %s: %+v", short, s)
		}

		if (24*time.Hour)%s.Every != 0 {
			t.Fatalf("every %s leaves a gap at midnight", s.Every)
		}
	})
}

func TestCron(t *testing.T) {
	cases := map[string]struct {
		reason string
		every  time.Duration
		want   string
	}{
		"Hourly":  {reason: "Every hour needs no hours.", every: time.Hour, want: "cron(18 * * * ? *)"},
		"Several": {reason: "Several hours are counted from midnight, UTC.", every: 8 * time.Hour, want: "cron(18 0/8 * * ? *)"},
		"Daily":   {reason: "Once a day is at midnight.", every: 24 * time.Hour, want: "cron(18 0 * * ? *)"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Schedule{Every: tc.every}.Cron("payments")); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}

	if s := (Schedule{Every: time.Hour}); s.Cron("payments") == s.Cron("orders") {
		t.Error("Stores must be spread over the hour.")
	}
}

func TestParseRole(t *testing.T) {
	cases := map[string]struct {
		reason string
		arn    string
		want   string
	}{
		"Role":      {reason: "The vault is of the role's account and partition.", arn: "arn:aws:iam::123456789012:role/backup", want: "arn:aws:backup:us-west-2:123456789012:backup-vault:v"},
		"Path":      {reason: "A role may have a path.", arn: "arn:aws-us-gov:iam::123456789012:role/service-role/Backup", want: "arn:aws-us-gov:backup:us-west-2:123456789012:backup-vault:v"},
		"Name":      {reason: "A name tells no account.", arn: "backup"},
		"OtherKind": {reason: "A user is no role.", arn: "arn:aws:iam::123456789012:user/backup"},
		"Account":   {reason: "An account has twelve digits.", arn: "arn:aws:iam::123:role/backup"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := ParseRole(tc.arn)
			if (err != nil) != (tc.want == "") {
				t.Fatalf("%s: %v", tc.reason, err)
			}

			if err != nil {
				return
			}

			if diff := cmp.Diff(tc.want, r.VaultARN("us-west-2", "v")); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestArgument(t *testing.T) {
	r := Rule{Schedule: Schedule{Every: time.Hour}, Seed: "payments", Vault: "v", KeepDays: 7}
	if got := r.Argument(); got["copyAction"] != nil {
		t.Errorf("With one region there is nothing to copy to: %v", got)
	}

	r.Copies = []string{"arn:one", "arn:two"}
	want := map[string]any{
		"ruleName": "crossdr", "targetVaultName": "v", "schedule": "cron(18 * * * ? *)", "scheduleExpressionTimezone": "Etc/UTC",
		"startWindow": int64(60), "completionWindow": int64(1440), "lifecycle": map[string]any{"deleteAfter": int64(7)},
		"copyAction": []any{
			map[string]any{"destinationVaultArn": "arn:one", "lifecycle": map[string]any{"deleteAfter": int64(7)}},
			map[string]any{"destinationVaultArn": "arn:two", "lifecycle": map[string]any{"deleteAfter": int64(7)}},
		},
	}

	if diff := cmp.Diff(want, r.Argument()); diff != "" {
		t.Errorf("A copy is kept as long as what it was made of: -want +got:\n%s", diff)
	}
}

func TestTemplate(t *testing.T) {
	for group, want := range map[string]map[Part]any{
		"rds.aws.m.upbound.io": {Vault: "backup.aws.m.upbound.io/v1beta1", Plan: "backup.aws.m.upbound.io/v1beta1", Selection: "backup.aws.m.upbound.io/v1beta1"},
		"rds.aws.upbound.io":   {Vault: "backup.aws.upbound.io/v1beta1", Plan: "backup.aws.upbound.io/v1beta2", Selection: "backup.aws.upbound.io/v1beta1"},
	} {
		got := map[Part]any{}
		for _, p := range Parts() {
			got[p] = p.Template(group)["apiVersion"]
		}

		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("What protects a %s is of the same family: -want +got:\n%s", group, diff)
		}
	}
}

// TestDocumented: docs/protection.md shows what is derived.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "protection.md"))
	if err != nil {
		t.Fatal(err)
	}

	_, table, _ := strings.Cut(string(page), "| rpo from | a snapshot every | data at most so old | if a job fails |\n|---|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := 0

	for line := range strings.Lines(table + "\n") {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")

		var s Schedule

		if rpo, err := time.ParseDuration(cells[0]); err == nil {
			s = Derive(&rpo, arrives)

			if before := Derive(new(rpo-time.Minute), arrives); rpo > 0 && before == s {
				t.Errorf("rpo %s is not where something changes", rpo)
			}
		} else {
			s = Derive(nil, arrives)
		}

		if diff := cmp.Diff(cells, []string{cells[0], objective.Short(s.Every), objective.Short(s.Age), objective.Short(s.Spare)}); diff != "" {
			t.Errorf("-docs/protection.md +derived:\n%s", diff)
		}

		rows++
	}

	if want := len(intervals()) + 2; rows != want {
		t.Errorf("docs/protection.md has %d rows, want %d", rows, want)
	}
}
