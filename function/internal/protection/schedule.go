package protection

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
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

	// arrives is how long a snapshot and its copy to another region take. An
	// estimate: a first copy is a full one, and the SnapshotSelection says how
	// old the data really is.
	arrives = 30 * time.Minute

	// room is what a snapshot needs beside the interval.
	room = StartWindow + arrives

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
func Derive(rpo *time.Duration) Schedule {
	if rpo == nil {
		return scheduleOf(unstated, nil)
	}

	for _, every := range intervals() {
		if s := scheduleOf(every, rpo); s.Spare <= *rpo {
			return s
		}
	}

	return scheduleOf(shortest, rpo)
}

func scheduleOf(every time.Duration, rpo *time.Duration) Schedule {
	s := Schedule{Every: every, Age: every + room, Spare: 2*every + room}
	s.Kept = rpo == nil || s.Age <= *rpo

	return s
}

// Breach says why an objective that is not kept can't be.
func (s Schedule) Breach(rpo time.Duration) string {
	return fmt.Sprintf("AWS Backup makes a snapshot every %s at most, and in another region the newest one can be %s old, which does not keep rpo %s; a replica would (strategy PilotLight)",
		short(s.Every), short(s.Age), short(rpo))
}

// short prints a duration without the zeros at its end.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}

	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}

	return s
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
