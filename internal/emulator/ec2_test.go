package emulator

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func ec2Filter(name string, values ...string) []types.Filter {
	return []types.Filter{{Name: aws.String(name), Values: values}}
}

func TestDescribeRegions(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).EnableRegion("ap-east-1")

	status := func(in *ec2.DescribeRegionsInput) map[string]string {
		got := map[string]string{}
		for _, r := range must[*ec2.DescribeRegionsOutput](w)(w.ec2(west).DescribeRegions(t.Context(), in)).Regions {
			got[*r.RegionName] = *r.OptInStatus
		}

		return got
	}

	enabled := status(&ec2.DescribeRegionsInput{})
	equal(t, "The regions that the account can use are listed: those on by default, and those it opted in to.",
		[]any{18, optInNotRequired, optedIn}, []any{len(enabled), enabled[east], enabled["ap-east-1"]})

	all := status(&ec2.DescribeRegionsInput{AllRegions: aws.Bool(true)})
	equal(t, "The others are listed when asked for.", []any{34, notOptedIn}, []any{len(all), all["me-south-1"]})

	equal(t, "A filter narrows.", map[string]string{"us-west-1": optInNotRequired, west: optInNotRequired},
		status(&ec2.DescribeRegionsInput{Filters: ec2Filter("region-name", "us-west-?")}))

	_, err := w.ec2(west).DescribeRegions(t.Context(), &ec2.DescribeRegionsInput{RegionNames: []string{"us-west-9"}})
	w.mustRefuse("There is no such region.", codeInvalidValue, err)
}

func TestDescribeAvailabilityZones(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).OrderZones(west, "usw2-az2", "usw2-az1", "usw2-az4")
	w.here(west).SetZoneState("usw2-az1", ZoneConstrained, "no new resources")
	w.here(west).AddZone(Zone{ID: "usw2-lax1-az1", Name: "us-west-2-lax-1a", Type: "local-zone"})
	w.here(west).AddZone(Zone{ID: "usw2-las1-az1", Name: "us-west-2-las-1a", Type: "local-zone", OptedIn: true})

	list := func(in ec2.DescribeAvailabilityZonesInput) []string {
		zones := must[*ec2.DescribeAvailabilityZonesOutput](w)(w.ec2(west).DescribeAvailabilityZones(t.Context(), &in)).AvailabilityZones
		got := make([]string, 0, len(zones))

		for _, z := range zones {
			line := strings.Join([]string{*z.ZoneName, *z.ZoneId, *z.ZoneType, string(z.State)}, " ")
			if len(z.Messages) > 0 {
				line += " " + *z.Messages[0].Message
			}

			got = append(got, line)
		}

		return got
	}

	equal(t, "An account sees its own zones by its own names, and the local zones that it opted in to.", []string{
		"us-west-2a usw2-az2 availability-zone available",
		"us-west-2b usw2-az1 availability-zone constrained no new resources",
		"us-west-2c usw2-az4 availability-zone available",
		"us-west-2-las-1a usw2-las1-az1 local-zone available",
	}, list(ec2.DescribeAvailabilityZonesInput{}))
	equal(t, "The other local zones are listed when asked for.", 5, len(list(ec2.DescribeAvailabilityZonesInput{AllAvailabilityZones: aws.Bool(true)})))
	equal(t, "Filters narrow.", []string{"us-west-2a usw2-az2 availability-zone available"},
		list(ec2.DescribeAvailabilityZonesInput{Filters: append(ec2Filter("zone-type", "availability-zone"), ec2Filter("zone-id", "usw2-az2", "usw2-az3")...)}))
	equal(t, "A zone can be asked for by its id.", []string{"us-west-2c usw2-az4 availability-zone available"},
		list(ec2.DescribeAvailabilityZonesInput{ZoneIds: []string{"usw2-az4"}}))

	for reason, in := range map[string]*ec2.DescribeAvailabilityZonesInput{
		"A zone that the account does not see is an error.": {ZoneIds: []string{"usw2-az3"}},
		"A filter that does not exist is an error.":         {Filters: ec2Filter("tag:a", "b")},
	} {
		_, err := w.ec2(west).DescribeAvailabilityZones(t.Context(), in)
		w.mustRefuse(reason, codeInvalidValue, err)
	}
}

func TestDescribeInstanceTypeOfferings(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).OrderZones(west, "usw2-az2", "usw2-az1")
	w.here(west).OfferInstanceType("m7g.large", "usw2-az1", "usw2-az4")
	w.here(west).OfferInstanceType("m7i.large")
	w.SetPageSize(1)

	cases := map[string]struct {
		reason string
		in     ec2.DescribeInstanceTypeOfferingsInput
		want   []string
	}{
		"Region": {reason: "A type is offered in a region.", want: []string{"m7g.large us-west-2", "m7i.large us-west-2"}},
		"ZoneID": {
			reason: "It is offered in zones that the account sees.",
			in:     ec2.DescribeInstanceTypeOfferingsInput{LocationType: types.LocationTypeAvailabilityZoneId},
			want:   []string{"m7g.large usw2-az1", "m7i.large usw2-az1", "m7i.large usw2-az2"},
		},
		"ZoneName": {
			reason: "They have the account's names; filters narrow.",
			in: ec2.DescribeInstanceTypeOfferingsInput{
				LocationType: types.LocationTypeAvailabilityZone, Filters: ec2Filter("instance-type", "m7g.*"),
			},
			want: []string{"m7g.large us-west-2b"},
		},
		"None": {
			reason: "A type that is not offered is not listed, and no error.",
			in:     ec2.DescribeInstanceTypeOfferingsInput{Filters: ec2Filter("instance-type", "x9.large")},
			want:   nil,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string

			for pages := ec2.NewDescribeInstanceTypeOfferingsPaginator(w.ec2(west), &tc.in); pages.HasMorePages(); {
				for _, o := range must[*ec2.DescribeInstanceTypeOfferingsOutput](w)(pages.NextPage(t.Context())).InstanceTypeOfferings {
					got = append(got, string(o.InstanceType)+" "+*o.Location)
				}
			}

			equal(t, tc.reason, tc.want, got)
		})
	}
}

func TestSnapshotLifecycle(t *testing.T) {
	w := newWorld(t)
	w.here(east).AddVolume(Volume{ID: "vol-1", Size: 30, Encrypted: true})
	w.SetDuration(Scope{Service: "ec2"}, 10*time.Minute)

	taken := must[*ec2.CreateSnapshotOutput](w)(w.ec2(east).CreateSnapshot(t.Context(), &ec2.CreateSnapshotInput{
		VolumeId: aws.String("vol-1"), Description: aws.String("nightly"),
		TagSpecifications: []types.TagSpecification{{
			ResourceType: types.ResourceTypeSnapshot, Tags: []types.Tag{{Key: aws.String("app"), Value: aws.String("payments")}},
		}},
	}))

	describe := func(region, id string) types.Snapshot {
		return must[*ec2.DescribeSnapshotsOutput](w)(w.ec2(region).DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{
			SnapshotIds: []string{id},
		})).Snapshots[0]
	}

	w.clock.Advance(5 * time.Minute)

	half := describe(east, *taken.SnapshotId)
	equal(t, "A snapshot takes its time; its data is from when it began.",
		[]any{types.SnapshotStatePending, "50%", noon, true}, []any{half.State, *half.Progress, *half.StartTime, half.CompletionTime == nil})

	copyIn := &ec2.CopySnapshotInput{
		SourceRegion: aws.String(east), SourceSnapshotId: taken.SnapshotId, KmsKeyId: aws.String("arn:aws:kms:us-west-2:111122223333:key/k"),
	}
	_, err := w.ec2(west).CopySnapshot(t.Context(), copyIn)
	w.mustRefuse("What is pending can't be copied.", "IncorrectState", err)

	w.clock.Advance(5 * time.Minute)

	copied := must[*ec2.CopySnapshotOutput](w)(w.ec2(west).CopySnapshot(t.Context(), copyIn))
	w.clock.Advance(10 * time.Minute)

	done := describe(west, *copied.SnapshotId)
	equal(t, "A copy says neither which volume it is of nor when its data is from; its tags are its own.",
		[]any{copiedVolume, noon.Add(10 * time.Minute), noon.Add(20 * time.Minute), types.SnapshotStateCompleted, int32(30), 0, "arn:aws:kms:us-west-2:111122223333:key/k"},
		[]any{*done.VolumeId, *done.StartTime, *done.CompletionTime, done.State, *done.VolumeSize, len(done.Tags), *done.KmsKeyId})

	copyIn.KmsKeyId = aws.String("arn:aws:kms:us-east-1:111122223333:key/k")
	failed := must[*ec2.CopySnapshotOutput](w)(w.ec2(west).CopySnapshot(t.Context(), copyIn))
	w.clock.Advance(10 * time.Minute)

	broken := describe(west, *failed.SnapshotId)
	equal(t, "A key that can't be used is noticed only later.",
		[]any{types.SnapshotStateError, "Given key ID is not accessible"}, []any{broken.State, aws.ToString(broken.StateMessage)})
}

func TestDescribeSnapshots(t *testing.T) {
	w := newWorld(t)
	mine := w.here(west).AddSnapshot(Snapshot{ID: "snap-mine", VolumeID: "vol-1", Tags: map[string]string{"app": "payments", "env": "prod"}})
	cold := w.here(west).AddSnapshot(Snapshot{ID: "snap-cold", StorageTier: "archive", Tags: map[string]string{"app": "orders"}})
	foreign := w.Account(otherAccount).Region(west)
	shared := foreign.AddSnapshot(Snapshot{ID: "snap-shared", SharedWith: []string{testAccount}, Tags: map[string]string{"app": "payments"}})
	public := foreign.AddSnapshot(Snapshot{ID: "snap-public", SharedWith: []string{"all"}})
	foreign.AddSnapshot(Snapshot{ID: "snap-private"})

	cases := map[string]struct {
		reason string
		in     ec2.DescribeSnapshotsInput
		want   []string
	}{
		"Default":  {reason: "Without an owner all that can be restored is listed, public ones too.", want: []string{cold, mine, public, shared}},
		"Self":     {reason: "An account can ask for its own.", in: ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}}, want: []string{cold, mine}},
		"Owner":    {reason: "Or for another's.", in: ec2.DescribeSnapshotsInput{OwnerIds: []string{otherAccount}}, want: []string{public, shared}},
		"Shared":   {reason: "Or for what it was given.", in: ec2.DescribeSnapshotsInput{RestorableByUserIds: []string{"self"}}, want: []string{cold, mine, shared}},
		"Tag":      {reason: "A tag is its owner's: others don't see it.", in: ec2.DescribeSnapshotsInput{Filters: ec2Filter("tag:app", "pay*")}, want: []string{mine}},
		"AnyTag":   {reason: "A tag of any value is still that tag.", in: ec2.DescribeSnapshotsInput{Filters: ec2Filter("tag:env", "*")}, want: []string{mine}},
		"TagKey":   {reason: "A key alone will do.", in: ec2.DescribeSnapshotsInput{Filters: ec2Filter("tag-key", "app")}, want: []string{cold, mine}},
		"AllMatch": {reason: "All filters must match.", in: ec2.DescribeSnapshotsInput{Filters: append(ec2Filter("tag:app", "payments"), ec2Filter("tag:env", "test")...)}},
		"Tier":     {reason: "Tiers are told apart.", in: ec2.DescribeSnapshotsInput{Filters: ec2Filter("storage-tier", "archive")}, want: []string{cold}},
		"Volume":   {reason: "So are volumes.", in: ec2.DescribeSnapshotsInput{Filters: ec2Filter("volume-id", "vol-1")}, want: []string{mine}},
		"ID":       {reason: "A snapshot is found by its id.", in: ec2.DescribeSnapshotsInput{SnapshotIds: []string{shared}}, want: []string{shared}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string

			for pages := ec2.NewDescribeSnapshotsPaginator(w.ec2(west), &tc.in); pages.HasMorePages(); {
				for _, s := range must[*ec2.DescribeSnapshotsOutput](w)(pages.NextPage(t.Context())).Snapshots {
					got = append(got, *s.SnapshotId)
				}
			}

			equal(t, tc.reason, tc.want, got)
		})
	}
}

func TestDescribeSnapshotsRefuses(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddSnapshot(Snapshot{ID: "snap-mine"})
	w.here(west).AddVolume(Volume{})
	w.here(west).AddVolume(Volume{})
	w.SetPageSize(1)

	volumes := must[*ec2.DescribeVolumesOutput](w)(w.ec2(west).DescribeVolumes(t.Context(), &ec2.DescribeVolumesInput{}))

	cases := map[string]struct {
		reason string
		in     ec2.DescribeSnapshotsInput
		want   string
	}{
		"NotFound":  {reason: "A snapshot that does not exist is an error.", in: ec2.DescribeSnapshotsInput{SnapshotIds: []string{"snap-none"}}, want: "InvalidSnapshot.NotFound"},
		"Malformed": {reason: "An id looks like one.", in: ec2.DescribeSnapshotsInput{SnapshotIds: []string{"none"}}, want: codeInvalidValue},
		"Filter":    {reason: "A filter that does not exist is an error.", in: ec2.DescribeSnapshotsInput{Filters: ec2Filter("colour", "red")}, want: codeInvalidValue},
		"Token":     {reason: "A token that the service did not make is refused.", in: ec2.DescribeSnapshotsInput{NextToken: aws.String("x")}, want: "InvalidPaginationToken"},
		"OtherToken": {
			reason: "Nor is one that it made for another action.",
			in:     ec2.DescribeSnapshotsInput{NextToken: volumes.NextToken}, want: "InvalidPaginationToken",
		},
		"Both": {
			reason: "Ids and pages don't go together.",
			in:     ec2.DescribeSnapshotsInput{SnapshotIds: []string{"snap-mine"}, MaxResults: aws.Int32(5)}, want: codeInvalidCombination,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := w.ec2(west).DescribeSnapshots(t.Context(), &tc.in)
			w.mustRefuse(tc.reason, tc.want, err)
		})
	}
}

func TestDescribeSnapshotsPages(t *testing.T) {
	w := newWorld(t)

	for i := range 25 {
		w.here(west).AddSnapshot(Snapshot{ID: fmt.Sprintf("snap-%02d", i)})
	}

	for name, tc := range map[string]struct {
		reason string
		asked  *int32
		forced int
		want   []int
	}{
		"Unpaged": {reason: "Without a size, all is one page.", want: []int{25}},
		"Asked":   {reason: "A size that is asked for is kept.", asked: aws.Int32(10), want: []int{10, 10, 5}},
		"Forced":  {reason: "A test can force a size on who asks for none.", forced: 20, want: []int{20, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			w.SetPageSize(tc.forced)

			var got []int

			for pages := ec2.NewDescribeSnapshotsPaginator(w.ec2(west), &ec2.DescribeSnapshotsInput{MaxResults: tc.asked}); pages.HasMorePages(); {
				got = append(got, len(must[*ec2.DescribeSnapshotsOutput](w)(pages.NextPage(t.Context())).Snapshots))
			}

			equal(t, tc.reason, tc.want, got)
		})
	}
}

func TestDeleteSnapshot(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddSnapshot(Snapshot{ID: "snap-a"})
	w.here(west).AddSnapshot(Snapshot{ID: "snap-b"})

	remove := func() error {
		_, err := w.ec2(west).DeleteSnapshot(t.Context(), &ec2.DeleteSnapshotInput{SnapshotId: aws.String("snap-a")})

		return err
	}

	w.mustRefuse("A snapshot can be deleted.", "", remove())
	w.mustRefuse("Once.", "InvalidSnapshot.NotFound", remove())
	w.here(west).RemoveSnapshot("snap-b")
	equal(t, "Neither is listed.", 0,
		len(must[*ec2.DescribeSnapshotsOutput](w)(w.ec2(west).DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{})).Snapshots))
}

func TestCreateVolume(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddSnapshot(Snapshot{ID: "snap-a", VolumeSize: 40, Encrypted: true})
	w.here(west).AddSnapshot(Snapshot{ID: "snap-cold", StorageTier: "archive"})
	w.here(west).AddSnapshot(Snapshot{ID: "snap-new", CompletionTime: noon.Add(time.Hour)})
	w.here(west).SetZoneState("usw2-az2", ZoneImpaired, "")

	cases := map[string]struct {
		reason         string
		zone, snapshot string
		size           *int32
		want           string
	}{
		"FromSnapshot": {reason: "A volume has the size and the key of its snapshot.", zone: "us-west-2a", snapshot: "snap-a"},
		"Empty":        {reason: "Without a snapshot it needs a size.", zone: "us-west-2a", want: codeMissing},
		"TooSmall":     {reason: "It can't be smaller than its snapshot.", zone: "us-west-2a", snapshot: "snap-a", size: aws.Int32(10), want: codeInvalidValue},
		"OtherRegion":  {reason: "A zone is the region's.", zone: "us-east-1a", snapshot: "snap-a", want: "InvalidZone.NotFound"},
		"Impaired":     {reason: "A zone that is not available takes nothing new.", zone: "us-west-2b", snapshot: "snap-a", want: "InsufficientVolumeCapacity"},
		"Archived":     {reason: "An archived snapshot must be restored first.", zone: "us-west-2a", snapshot: "snap-cold", want: "IncorrectState"},
		"Pending":      {reason: "A snapshot must be complete.", zone: "us-west-2a", snapshot: "snap-new", want: "IncorrectState"},
		"NoSnapshot":   {reason: "It must exist.", zone: "us-west-2a", snapshot: "snap-none", want: "InvalidSnapshot.NotFound"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := w.ec2(west).CreateVolume(t.Context(), &ec2.CreateVolumeInput{
				AvailabilityZone: aws.String(tc.zone), SnapshotId: optional(tc.snapshot), Size: tc.size,
			})
			w.mustRefuse(tc.reason, tc.want, err)

			if err == nil {
				equal(t, tc.reason, []any{int32(40), "arn:aws:kms:us-west-2:111122223333:key/aws-ebs"}, []any{*out.Size, *out.KmsKeyId})
			}
		})
	}
}

func TestCreateVolumeOnce(t *testing.T) {
	w := newWorld(t)
	w.SetDuration(Scope{Action: "CreateVolume"}, time.Minute)

	in := &ec2.CreateVolumeInput{AvailabilityZone: aws.String("us-west-2a"), Size: aws.Int32(1), ClientToken: aws.String("t")}
	first := must[*ec2.CreateVolumeOutput](w)(w.ec2(west).CreateVolume(t.Context(), in))
	again := must[*ec2.CreateVolumeOutput](w)(w.ec2(west).CreateVolume(t.Context(), in))
	equal(t, "A client token makes one volume.", *first.VolumeId, *again.VolumeId)

	must[*ec2.CreateTagsOutput](w)(w.ec2(west).CreateTags(t.Context(), &ec2.CreateTagsInput{
		Resources: []string{*first.VolumeId}, Tags: []types.Tag{{Key: aws.String("app"), Value: aws.String("payments")}},
	}))

	find := func() types.Volume {
		return must[*ec2.DescribeVolumesOutput](w)(w.ec2(west).DescribeVolumes(t.Context(), &ec2.DescribeVolumesInput{
			Filters: ec2Filter("tag:app", "payments"),
		})).Volumes[0]
	}

	equal(t, "A volume takes its time.", types.VolumeStateCreating, find().State)
	w.clock.Advance(time.Minute)
	equal(t, "Then it is there, in its zone.", []any{types.VolumeStateAvailable, "usw2-az1"}, []any{find().State, *find().AvailabilityZoneId})
}

func TestCreateTagsIsAllOrNothing(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddSnapshot(Snapshot{ID: "snap-a"})

	tag := func(ids ...string) error {
		_, err := w.ec2(west).CreateTags(t.Context(), &ec2.CreateTagsInput{
			Resources: ids, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
		})

		return err
	}

	for id, want := range map[string]string{"snap-none": "InvalidSnapshot.NotFound", "vol-none": "InvalidVolume.NotFound", "x": "InvalidID"} {
		w.mustRefuse("What does not exist has no tags: "+id, want, tag("snap-a", id))
	}

	found := must[*ec2.DescribeSnapshotsOutput](w)(w.ec2(west).DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{}))
	equal(t, "Nothing was tagged.", 0, len(found.Snapshots[0].Tags))
	w.mustRefuse("What exists is tagged.", "", tag("snap-a"))
}
