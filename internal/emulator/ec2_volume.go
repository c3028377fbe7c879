package emulator

import (
	"maps"
	"strconv"
	"strings"
	"time"
)

// A Volume of EBS. See
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html
type Volume struct {
	// ID such as vol-0123456789abcdef0; made up by default.
	ID string

	// State is available by default. Until AvailableAt it is creating.
	State       string
	AvailableAt time.Time

	// CreateTime is now by default.
	CreateTime time.Time

	// AvailabilityZone by name; the first by default.
	AvailabilityZone string

	// Size in GiB; 8 by default.
	Size int

	// Type is gp3 by default.
	Type string

	// SnapshotID that the volume was created from, if any.
	SnapshotID string

	// Encrypted with a key of the region; by default the key that AWS manages.
	Encrypted bool
	KMSKeyID  string

	Tags map[string]string
}

// AddVolume adds a volume, and returns its id.
func (r *Region) AddVolume(v Volume) string {
	r.locked(func(now time.Time) { r.putVolume(&v, now) })

	return v.ID
}

func (r *Region) putVolume(v *Volume, now time.Time) {
	if v.ID == "" {
		v.ID = r.emulator.hexID("vol-")
	}

	v.State = or(v.State, statusAvailable)
	v.CreateTime = orNow(v.CreateTime, now)
	v.AvailabilityZone = or(v.AvailabilityZone, r.name+"a")
	v.Size = or(v.Size, 8)
	v.Type = or(v.Type, "gp3")

	if v.Encrypted {
		v.KMSKeyID = or(v.KMSKeyID, r.defaultKey("ebs"))
	}

	r.volumes.put(v.ID, v)
}

func (v *Volume) state(now time.Time) string {
	if now.Before(v.AvailableAt) {
		return statusCreating
	}

	return v.State
}

func ec2VolumeActions() map[string]action {
	return map[string]action{
		"DescribeVolumes": ec2Action("VolumeId:list Filter:list MaxResults:int NextToken", describeVolumes),
		"CreateVolume": ec2Action(
			"AvailabilityZone AvailabilityZoneId SnapshotId Size:int VolumeType Encrypted:bool KmsKeyId ClientToken TagSpecification:list",
			createVolume),
		"CreateTags": ec2Action("ResourceId!:list Tag!:list", createTags),
	}
}

func noVolume(id string) error {
	if !strings.HasPrefix(id, "vol-") {
		return refuse(codeInvalidValue, "Value (%s) for parameter volumeId is invalid. Expected: 'vol-...'.", id)
	}

	return refuse("InvalidVolume.NotFound", "The volume '%s' does not exist.", id)
}

func describeVolumes(c *call, d *document) error {
	filters, err := c.ec2Filters("availability-zone", "availability-zone-id", "create-time", "encrypted", "size", "snapshot-id",
		"status", "tag:*", "tag-key", "volume-id", "volume-type")
	if err != nil {
		return err
	}

	ids := c.in.strs("VolumeId")
	if len(ids) > 0 && c.in.has("MaxResults") {
		return refuse(codeInvalidCombination, "The parameter volumeSet cannot be used with the parameter maxResults")
	}

	for _, id := range ids {
		if _, ok := c.region.volumes.get(id); !ok {
			return noVolume(id)
		}
	}

	found := c.region.volumes.matching(func(v *Volume) bool {
		return anyOf(ids, v.ID) && filters.cover(c.region.volumeValues(v, c.now), v.Tags)
	})

	page, next, err := paginate(c, ec2Listing(), found, func(v *Volume) string { return v.ID })
	if err != nil {
		return err
	}

	each(d, "volumeSet", "item", page, func(v *Volume) { c.region.writeVolume(d, v, c.now) })
	d.text("nextToken", next)

	return nil
}

func (r *Region) volumeValues(v *Volume, now time.Time) map[string]string {
	z, _ := r.zone(v.AvailabilityZone)

	return map[string]string{
		"availability-zone":    v.AvailabilityZone,
		"availability-zone-id": z.id,
		"create-time":          v.CreateTime.UTC().Format(awsTime),
		"encrypted":            strconv.FormatBool(v.Encrypted),
		"size":                 strconv.Itoa(v.Size),
		"snapshot-id":          v.SnapshotID,
		"status":               v.state(now),
		"volume-id":            v.ID,
		"volume-type":          v.Type,
	}
}

func (r *Region) writeVolume(d *document, v *Volume, now time.Time) {
	z, _ := r.zone(v.AvailabilityZone)

	d.text("volumeId", v.ID)
	d.text("status", v.state(now))
	d.time("createTime", v.CreateTime)
	d.text("availabilityZone", v.AvailabilityZone)
	d.text("availabilityZoneId", z.id)
	d.integer("size", v.Size)
	d.text("volumeType", v.Type)
	d.text("snapshotId", v.SnapshotID)
	d.boolean("encrypted", v.Encrypted)
	d.text("kmsKeyId", v.KMSKeyID)
	d.writeTagSet(v.Tags)
}

// createVolume creates a volume, once for each client token. See
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
func createVolume(c *call, d *document) error {
	if id, ok := c.region.volumeTokens[c.in.str("ClientToken")]; ok {
		v, _ := c.region.volumes.get(id)
		c.region.writeVolume(d, v, c.now)

		return nil
	}

	v, err := c.newVolume()
	if err != nil {
		return err
	}

	c.region.putVolume(v, c.now)

	if token := c.in.str("ClientToken"); token != "" {
		if c.region.volumeTokens == nil {
			c.region.volumeTokens = map[string]string{}
		}

		c.region.volumeTokens[token] = v.ID
	}

	c.region.writeVolume(d, v, c.now)

	return nil
}

func (c *call) newVolume() (*Volume, error) {
	tags, err := c.tagSpecifications("volume")
	if err != nil {
		return nil, err
	}

	asked := or(c.in.str("AvailabilityZone"), c.in.str("AvailabilityZoneId"))

	z, ok := c.region.zone(asked)

	switch {
	case asked == "":
		return nil, refuse(codeMissing, "The request must contain the parameter AvailabilityZone")
	case !ok:
		return nil, refuse("InvalidZone.NotFound", "The zone '%s' does not exist.", asked)
	case z.state != ZoneAvailable:
		return nil, refuse("InsufficientVolumeCapacity", "There is not enough capacity to fulfill your EBS volume request in %s.", asked)
	}

	v := &Volume{
		AvailabilityZone: z.name, Size: c.in.integer("Size", 0), Type: c.in.str("VolumeType"), SnapshotID: c.in.str("SnapshotId"),
		Encrypted: c.in.boolean("Encrypted"), AvailableAt: c.availableAt(), Tags: tags,
	}

	if id := c.in.str("KmsKeyId"); id != "" {
		if v.KMSKeyID, ok = c.region.key("ebs", id); !ok {
			return nil, refuse("InvalidParameterValue", "Given key ID %s is not accessible", id)
		}
	}

	return v, v.fill(c)
}

// fill takes what the snapshot says of a volume that is created from it.
func (v *Volume) fill(c *call) error {
	if v.SnapshotID == "" {
		if v.Size == 0 {
			return refuse(codeMissing, "The request must contain the parameter size or snapshotId")
		}

		return nil
	}

	s, ok := c.sourceVolumeSnapshot(c.Region, v.SnapshotID)

	switch {
	case !ok:
		return noSnapshot(v.SnapshotID)
	case s.state(c.now) != stateCompleted:
		return refuse("IncorrectState", "Snapshot is in invalid state - %s", s.state(c.now))
	case s.StorageTier != "standard":
		// An archived snapshot must be restored before it can be used.
		return refuse("IncorrectState", "Snapshot %s is in the %s tier", s.ID, s.StorageTier)
	}

	v.Size = or(v.Size, s.VolumeSize)
	if v.Size < s.VolumeSize {
		return refuse(codeInvalidValue, "Volume of %dGiB is smaller than snapshot '%s', expect size >= %dGiB", v.Size, s.ID, s.VolumeSize)
	}

	v.Encrypted = v.Encrypted || s.Encrypted
	v.KMSKeyID = or(v.KMSKeyID, s.KMSKeyID)

	return nil
}

// createTags adds tags to volumes and snapshots: to all that are named or none.
func createTags(c *call, d *document) error {
	var all []*map[string]string

	for _, id := range c.in.strs("ResourceId") {
		v, isVolume := c.region.volumes.get(id)
		s, isSnapshot := c.region.snapshots.get(id)

		switch {
		case isVolume:
			all = append(all, &v.Tags)
		case isSnapshot:
			all = append(all, &s.Tags)
		case strings.HasPrefix(id, "vol-"):
			return noVolume(id)
		case strings.HasPrefix(id, "snap-"):
			return noSnapshot(id)
		default:
			return refuse("InvalidID", "The ID '%s' is not valid", id)
		}
	}

	for _, tags := range all {
		if *tags == nil {
			*tags = map[string]string{}
		}

		maps.Copy(*tags, c.in.tags("Tag"))
	}

	d.boolean("return", true)

	return nil
}
