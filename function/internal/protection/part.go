package protection

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// A Part is one of the resources that protect a store.
type Part string

// The parts.
const (
	// Vault holds the snapshots of one region. Every region has one.
	Vault Part = "Vault"

	// Plan makes the snapshots of one region, and copies them to the vaults of
	// the others. Every region has one, so that none has to be made on the worst
	// day.
	Plan Part = "Plan"

	// Selection tells the plan which store it is for. Every copy that serves has
	// one of its own.
	Selection Part = "Selection"
)

// Parts returns all parts, each after those that it needs.
func Parts() []Part { return []Part{Vault, Plan, Selection} }

// NameOf returns the component that a part of a store's protection is.
func (p Part) NameOf(component string) string {
	switch p {
	case Vault:
		return component + "-vault"
	case Plan:
		return component + "-backup-plan"
	case Selection:
	}

	return component + "-backup"
}

// familyOf returns what of an API group is its family: namespaced or not.
func familyOf(group string) string {
	_, family, _ := strings.Cut(group, ".")

	return family
}

// Template returns the resource of a part, in the family of API groups of the
// store's. What differs from copy to copy is laid over it.
func (p Part) Template(group string) map[string]any {
	version := "v1beta1"
	if p == Plan && !strings.Contains(group, ".m.") {
		// Of the cluster-scoped kinds this one has lists for objects in v1beta1.
		version = "v1beta2"
	}

	return map[string]any{
		"apiVersion": "backup." + familyOf(group) + "/" + version,
		"kind":       string(p),
		"spec":       map[string]any{"forProvider": map[string]any{}},
	}
}

// A Role is the IAM role that AWS Backup acts with.
type Role struct {
	ARN string

	// Partition and Account that it is of.
	Partition, Account string
}

var roleARN = regexp.MustCompile(`^arn:(aws[a-z-]*):iam::([0-9]{12}):role/.+$`)

// ParseRole reads the ARN of a role.
func ParseRole(arn string) (Role, error) {
	m := roleARN.FindStringSubmatch(arn)
	if m == nil {
		return Role{}, fmt.Errorf("want the ARN of an IAM role, such as arn:aws:iam::123456789012:role/backup")
	}

	return Role{ARN: arn, Partition: m[1], Account: m[2]}, nil
}

// VaultARN returns the ARN of a vault of the same account.
func (r Role) VaultARN(region, name string) string {
	return fmt.Sprintf("arn:%s:backup:%s:%s:backup-vault:%s", r.Partition, region, r.Account, name)
}

// A Rule is what a plan does.
type Rule struct {
	Schedule Schedule

	// Seed that spreads stores over the hour.
	Seed string

	// Vault of the region, by its name, and Copies the ARNs of the others.
	Vault  string
	Copies []string

	// KeepDays is after how many days AWS deletes what the plan made.
	KeepDays int64
}

// completion is how long a job may take. A first snapshot is a full one: of a
// large store it takes hours, and one that is cancelled protects nothing.
const completion = 24 * time.Hour

// Gap says why there can be times without any snapshot, or nothing: what is
// deleted before the next one arrives, although one job fails, protects nothing.
func (r *Rule) Gap() string {
	const day = 24 * time.Hour

	if time.Duration(r.KeepDays)*day >= r.Schedule.Spare {
		return ""
	}

	return fmt.Sprintf("protect.keepDays of %d is shorter than the %s that the newest snapshot in another region can be old if one job fails: then there is none. Keep them for %d days at least",
		r.KeepDays, objective.Short(r.Schedule.Spare), (r.Schedule.Spare+day-1)/day)
}

// Argument returns the rule as the argument of a Plan.
func (r *Rule) Argument() map[string]any {
	const lifecycle = "lifecycle"

	expiry := func() map[string]any { return map[string]any{"deleteAfter": r.KeepDays} }
	out := map[string]any{
		"ruleName":                   "crossdr",
		"targetVaultName":            r.Vault,
		"schedule":                   r.Schedule.Cron(r.Seed),
		"scheduleExpressionTimezone": "Etc/UTC",
		"startWindow":                int64(StartWindow / time.Minute),
		"completionWindow":           int64(completion / time.Minute),
		lifecycle:                    expiry(),
	}

	copies := make([]any, 0, len(r.Copies))
	for _, arn := range r.Copies {
		copies = append(copies, map[string]any{"destinationVaultArn": arn, lifecycle: expiry()})
	}

	if len(copies) > 0 {
		out["copyAction"] = copies
	}

	return out
}
