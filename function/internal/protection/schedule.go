package protection

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// What AWS Backup takes its time for.
const (
	// shortest is how often AWS Backup makes snapshots at most.
	//
	// See https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
	shortest = time.Hour

	// StartWindow is within what time after its schedule a job starts, or is
	// given up. AWS takes no shorter one.
	//
	// See https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html
	StartWindow = time.Hour

	// unstated is the interval where no objective is stated.
	unstated = 24 * time.Hour
)

// intervals that divide a day, the longest first.
func intervals() []time.Duration {
	return []time.Duration{
		24 * time.Hour, 12 * time.Hour, 8 * time.Hour, 6 * time.Hour, 4 * time.Hour, 3 * time.Hour, 2 * time.Hour, shortest,
	}
}

// A Schedule is how often AWS Backup makes a snapshot and copies it.
type Schedule struct {
	// Every is the interval.
	Every time.Duration

	// Age is how old the newest data in another region can be, if every job
	// does what it should, and Spare how old if one does not.
	Age, Spare time.Duration

	// Kept is whether the age is within the objective.
	Kept bool
}

// Derive returns the longest interval that keeps the objective although one job
// fails: RDS refuses snapshots within an hour of its own windows for backups and
// maintenance, so one does now and then. Where none can, it is the shortest.
// Arrives is how long a snapshot and its copy to another region take. For half
// an hour:
//
//	rpo                 every
//	not stated          24h
//	49h30m and more     24h
//	25h30m and more     12h
//	17h30m and more     8h
//	13h30m and more     6h
//	9h30m and more      4h
//	7h30m and more      3h
//	5h30m and more      2h
//	2h30m and more      1h (below 3h30m no job may fail)
//	less                1h, which does not keep it
func Derive(rpo *time.Duration, arrives time.Duration) Schedule {
	if rpo == nil {
		return scheduleOf(unstated, arrives, nil)
	}

	for _, every := range intervals() {
		if s := scheduleOf(every, arrives, rpo); s.Spare <= *rpo {
			return s
		}
	}

	return scheduleOf(shortest, arrives, rpo)
}

func scheduleOf(every, arrives time.Duration, rpo *time.Duration) Schedule {
	room := StartWindow + arrives
	s := Schedule{Every: every, Age: every + room, Spare: 2*every + room}
	s.Kept = rpo == nil || s.Age <= *rpo

	return s
}

// Breach says why an objective that is not kept can't be.
func (s Schedule) Breach(rpo time.Duration) string {
	return fmt.Sprintf("AWS Backup makes a snapshot every %s at most, and in another region the newest one can be %s old, which does not keep rpo %s; a replica would (strategy PilotLight)",
		objective.Short(s.Every), objective.Short(s.Age), objective.Short(rpo))
}

// Cron returns the schedule as AWS Backup takes it, in UTC. The seed spreads
// stores over the hour: all jobs of an account at one minute would be throttled.
//
// See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
func (s Schedule) Cron(seed string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(seed))

	hours := "0"

	switch n := int(s.Every / time.Hour); {
	case n == 1:
		hours = "*"
	case n < 24:
		hours += "/" + strconv.Itoa(n)
	}

	return fmt.Sprintf("cron(%d %s * * ? *)", h.Sum32()%60, hours)
}
