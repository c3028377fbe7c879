package emulator

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	statePending   = "pending"
	stateCompleted = "completed"
	stateError     = "error"

	// copiedVolume is what EBS names as the volume of a copy: it means nothing.
	// See https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html
	copiedVolume = "vol-ffffffff"
)

// A Snapshot of an EBS volume. See
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html
type Snapshot struct {
	// ID such as snap-0123456789abcdef0; made up by default.
	ID string

	// VolumeID that it is of; the meaningless vol-ffffffff by default.
	VolumeID string

	// State is completed by default. Until CompletionTime it is pending.
	State, StateMessage string

	// StartTime is when the snapshot was begun, which its data is from, unless it
	// is a copy; now by default.
	StartTime time.Time

	// CompletionTime is StartTime by default.
	CompletionTime time.Time

	Description string

	// VolumeSize in GiB; 8 by default.
	VolumeSize int

	// Encrypted with a key of the region; by default the key that AWS manages.
	Encrypted bool
	KMSKeyID  string

	// StorageTier is standard or archive; standard by default.
	StorageTier string

	// SharedWith are the ids of accounts that may create volumes from it; "all"
	// is every account.
	SharedWith []string

	Tags map[string]string
}

// AddSnapshot adds a snapshot of a volume, and returns its id.
func (r *Region) AddSnapshot(s Snapshot) string {
	r.locked(func(now time.Time) { r.putSnapshot(&s, now) })

	return s.ID
}

// RemoveSnapshot removes a snapshot, such as one that a lifecycle policy expires.
func (r *Region) RemoveSnapshot(id string) {
	r.locked(func(time.Time) { r.snapshots.remove(id) })
}

func (r *Region) putSnapshot(s *Snapshot, now time.Time) {
	if s.ID == "" {
		s.ID = r.emulator.hexID("snap-")
	}

	s.VolumeID = or(s.VolumeID, copiedVolume)
	s.State = or(s.State, stateCompleted)
	s.StartTime = orNow(s.StartTime, now)
	s.CompletionTime = orNow(s.CompletionTime, s.StartTime)
	s.VolumeSize = or(s.VolumeSize, 8)
	s.StorageTier = or(s.StorageTier, "standard")

	if s.Encrypted {
		s.KMSKeyID = or(s.KMSKeyID, r.defaultKey("ebs"))
	}

	r.snapshots.put(s.ID, s)
}

func (s *Snapshot) state(now time.Time) string {
	if now.Before(s.CompletionTime) {
		return statePending
	}

	return s.State
}

func ec2SnapshotActions() map[string]action {
	return map[string]action{
		"DescribeSnapshots": ec2Action(
			"SnapshotId:list Owner:list RestorableBy:list Filter:list MaxResults:int NextToken", describeSnapshots),
		"CreateSnapshot": ec2Action("VolumeId! Description TagSpecification:list", createSnapshot),
		"CopySnapshot": ec2Action(
			"SourceRegion! SourceSnapshotId! DestinationRegion Description Encrypted:bool KmsKeyId PresignedUrl TagSpecification:list",
			copySnapshot),
		"DeleteSnapshot": ec2Action("SnapshotId!", deleteSnapshot),
	}
}

func noSnapshot(id string) error {
	if !strings.HasPrefix(id, "snap-") {
		return refuse(codeInvalidValue, "Value (%s) for parameter snapshotId is invalid. Expected: 'snap-...'.", id)
	}

	return refuse("InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.", id)
}

// An ownedSnapshot is a snapshot and the region of the account that owns it.
type ownedSnapshot struct {
	*Snapshot

	owner *Region
}

// describeSnapshots lists every snapshot from which the account may create a
// volume, so also public ones, unless owners are named. See
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
func describeSnapshots(c *call, d *document) error {
	filters, err := c.ec2Filters("description", "encrypted", "owner-id", "progress", "snapshot-id", "start-time", "status",
		"storage-tier", "tag:*", "tag-key", "volume-id", "volume-size")
	if err != nil {
		return err
	}

	ids := c.in.strs("SnapshotId")
	if len(ids) > 0 && c.in.has("MaxResults") {
		return refuse(codeInvalidCombination, "The parameter snapshotSet cannot be used with the parameter maxResults")
	}

	visible := c.restorableSnapshots()

	for _, id := range ids {
		if !slices.ContainsFunc(visible, func(s ownedSnapshot) bool { return s.ID == id }) {
			return noSnapshot(id)
		}
	}

	found := slices.DeleteFunc(visible, func(s ownedSnapshot) bool {
		// A snapshot's tags are its owner's: another account does not see them.
		tags := s.Tags
		if s.owner != c.region {
			tags = nil
		}

		return !anyOf(ids, s.ID) || !c.ownerAsked(s) || !c.restorableBy(s) || !filters.cover(s.values(c.now), tags)
	})

	page, next, err := paginate(c, ec2Listing(), found, func(s ownedSnapshot) string { return s.ID })
	if err != nil {
		return err
	}

	each(d, "snapshotSet", "item", page, func(s ownedSnapshot) { s.write(d, s.owner == c.region, c.now) })
	d.text("nextToken", next)

	return nil
}

// restorableSnapshots returns the snapshots from which the account may create
// volumes.
func (c *call) restorableSnapshots() []ownedSnapshot {
	var out []ownedSnapshot

	for id, account := range c.emulator.accounts {
		there, ok := account.regions[c.Region]
		if !ok {
			continue
		}

		for _, key := range there.snapshots.keys {
			s := there.snapshots.byKey[key]
			if id == c.Account || sharing(s.SharedWith, c.Account) != "" {
				out = append(out, ownedSnapshot{Snapshot: s, owner: there})
			}
		}
	}

	return out
}

func (c *call) ownerAsked(s ownedSnapshot) bool {
	owners := c.in.strs("Owner")

	return len(owners) == 0 || slices.Contains(owners, s.owner.account.id) ||
		(s.owner == c.region && slices.Contains(owners, "self"))
}

func (c *call) restorableBy(s ownedSnapshot) bool {
	users := c.in.strs("RestorableBy")

	return len(users) == 0 ||
		(slices.Contains(users, "self") && (s.owner == c.region || slices.Contains(s.SharedWith, c.Account))) ||
		slices.ContainsFunc(users, func(u string) bool { return slices.Contains(s.SharedWith, u) })
}

// values for filters.
func (s ownedSnapshot) values(now time.Time) map[string]string {
	return map[string]string{
		"description":  s.Description,
		"encrypted":    strconv.FormatBool(s.Encrypted),
		"owner-id":     s.owner.account.id,
		"progress":     strconv.Itoa(progress(now, s.StartTime, s.CompletionTime)) + "%",
		"snapshot-id":  s.ID,
		"start-time":   s.StartTime.UTC().Format(awsTime),
		"status":       s.state(now),
		"storage-tier": s.StorageTier,
		"volume-id":    s.VolumeID,
		"volume-size":  strconv.Itoa(s.VolumeSize),
	}
}

func (s ownedSnapshot) write(d *document, own bool, now time.Time) {
	d.text("snapshotId", s.ID)
	d.text("volumeId", s.VolumeID)
	d.text("status", s.state(now))
	d.text("statusMessage", s.StateMessage)
	d.time("startTime", s.StartTime)
	d.text("progress", strconv.Itoa(progress(now, s.StartTime, s.CompletionTime))+"%")
	d.text("ownerId", s.owner.account.id)
	d.integer("volumeSize", s.VolumeSize)
	d.text("description", s.Description)
	d.boolean("encrypted", s.Encrypted)
	d.text("kmsKeyId", s.KMSKeyID)
	d.text("storageTier", s.StorageTier)

	if !now.Before(s.CompletionTime) {
		d.time("completionTime", s.CompletionTime)
	}

	if own {
		d.writeTagSet(s.Tags)
	}
}

func createSnapshot(c *call, d *document) error {
	tags, err := c.tagSpecifications("snapshot")
	if err != nil {
		return err
	}

	id := c.in.str("VolumeId")

	v, ok := c.region.volumes.get(id)
	if !ok {
		return noVolume(id)
	}

	s := &Snapshot{
		VolumeID: id, Description: c.in.str("Description"), VolumeSize: v.Size, Encrypted: v.Encrypted, KMSKeyID: v.KMSKeyID,
		CompletionTime: c.availableAt(), Tags: tags,
	}
	c.region.putSnapshot(s, c.now)
	ownedSnapshot{Snapshot: s, owner: c.region}.write(d, true, c.now)

	return nil
}

// copySnapshot copies a snapshot, also from another region. A copy has its own
// StartTime, and no sign of what it is a copy of but what its tags or its
// description say. A key that cannot be used is noticed only later, by the
// copy's state. See
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html
func copySnapshot(c *call, d *document) error {
	tags, err := c.tagSpecifications("snapshot")
	if err != nil {
		return err
	}

	id := c.in.str("SourceSnapshotId")

	source, ok := c.sourceVolumeSnapshot(c.in.str("SourceRegion"), id)
	if !ok {
		return noSnapshot(id)
	}

	if err := c.reach(c.region.account.region(c.in.str("SourceRegion"))); err != nil {
		return err
	}

	if state := source.state(c.now); state != stateCompleted {
		return refuse("IncorrectState", "Snapshot is in invalid state - %s", state)
	}

	s := &Snapshot{
		Description: c.in.str("Description"), VolumeSize: source.VolumeSize, Tags: tags, CompletionTime: c.availableAt(),
		Encrypted: source.Encrypted || c.in.boolean("Encrypted") || c.in.has("KmsKeyId"),
	}

	if asked := c.in.str("KmsKeyId"); asked != "" {
		key, usable := c.region.key("ebs", asked)
		s.KMSKeyID = or(key, asked)

		if !usable {
			s.State, s.StateMessage = stateError, "Given key ID is not accessible"
		}
	}

	c.region.putSnapshot(s, c.now)
	d.text("snapshotId", s.ID)
	d.writeTagSet(s.Tags)

	return nil
}

// sourceVolumeSnapshot finds a snapshot of any account that the caller may copy.
func (c *call) sourceVolumeSnapshot(regionName, id string) (*Snapshot, bool) {
	for account, a := range c.emulator.accounts {
		there, ok := a.regions[regionName]
		if !ok {
			continue
		}

		s, ok := there.snapshots.get(id)
		if ok && (account == c.Account || sharing(s.SharedWith, c.Account) != "") {
			return s, true
		}
	}

	return nil, false
}

func deleteSnapshot(c *call, d *document) error {
	id := c.in.str("SnapshotId")
	if _, ok := c.region.snapshots.get(id); !ok {
		return noSnapshot(id)
	}

	c.region.snapshots.remove(id)
	d.boolean("return", true)

	return nil
}
