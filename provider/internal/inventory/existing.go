package inventory

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// A State says whether something exists.
type State string

// The states.
const (
	Absent  State = "Absent"
	Present State = "Present"

	// Unknown is what AWS gives no clear answer about: what is being deleted is
	// neither there nor gone.
	Unknown State = "Unknown"
)

// Existing says whether what a restore would create exists.
type Existing struct {
	State State

	// ExternalName that Crossplane knows it by. Empty if several have the name.
	ExternalName string

	// ResourceID that AWS gave it.
	ResourceID string
}

// statusDeleting of RDS is of what goes away.
const statusDeleting = "deleting"

// existing says whether something of the name is in the region.
func (f *finder) existing(ctx context.Context, r *Request) (*Existing, error) {
	switch kindOf(&r.Source) {
	case snapshot.DBInstance:
		all, err := f.dbInstances(ctx)
		if err != nil {
			return nil, err
		}

		// The external name of an instance is its resource id: AWS assigns it.
		return all.existing(r.RestoreAs, func(d *database) string { return d.resourceID }), nil
	case snapshot.DBCluster:
		all, err := f.dbClusters(ctx)
		if err != nil {
			return nil, err
		}

		return all.existing(r.RestoreAs, func(d *database) string { return d.identifier }), nil
	case snapshot.Volume:
		return f.existingVolume(ctx, r.RestoreAs)
	case snapshot.Table:
		return f.existingTable(ctx, r.RestoreAs)
	case snapshot.RecoveryPoint, snapshot.Replica:
	}

	return &Existing{State: Unknown}, nil
}

// kindOf returns the kind of store that a source is. That of a recovery point
// or a replica is in its ARN.
func kindOf(s *snapshot.Source) snapshot.Kind {
	if s.Kind != snapshot.RecoveryPoint && s.Kind != snapshot.Replica {
		return s.Kind
	}

	return kindOfARN(s.ARN)
}

func (d *databases) existing(name string, externalName func(*database) string) *Existing {
	db := d.byIdentifier[name]

	switch {
	case db == nil:
		return &Existing{State: Absent}
	case db.status == statusDeleting:
		return &Existing{State: Unknown, ResourceID: db.resourceID}
	}

	return &Existing{State: Present, ExternalName: externalName(db), ResourceID: db.resourceID}
}

func (f *finder) existingTable(ctx context.Context, name string) (*Existing, error) {
	t, err := f.describeTable(ctx, name)

	switch {
	case err != nil:
		return nil, err
	case t == nil:
		return &Existing{State: Absent}, nil
	case tableGone(t):
		return &Existing{State: Unknown, ResourceID: aws.ToString(t.TableId)}, nil
	}

	return &Existing{State: Present, ExternalName: name, ResourceID: aws.ToString(t.TableId)}, nil
}

// Tags in which Crossplane's providers write the metadata.name, and the kind in
// lower case, of what they create. A volume has no name of its own.
//
// See GetExternalTags of crossplane-runtime.
const (
	tagName = resource.ExternalResourceTagKeyName
	tagKind = resource.ExternalResourceTagKeyKind

	kindVolume = "ebsvolume."
)

// existingVolume looks for a volume that Crossplane created.
func (f *finder) existingVolume(ctx context.Context, name string) (*Existing, error) {
	const listing = "volumes tagged " + tagName

	ids, err := fetch(ctx, f.cache, f.key(listing), func(ctx context.Context) (map[string][]string, int, error) {
		out, err := listVolumes(ctx, f.clients.EC2())
		if err != nil {
			return nil, 0, f.failed(listing, err)
		}

		return out, len(out), nil
	})
	if err != nil {
		return nil, err
	}

	switch found := ids[name]; len(found) {
	case 0:
		return &Existing{State: Absent}, nil
	case 1:
		return &Existing{State: Present, ExternalName: found[0], ResourceID: found[0]}, nil
	}

	return &Existing{State: Present}, nil
}

// listVolumes returns the ids of the volumes that Crossplane created, by name.
func listVolumes(ctx context.Context, api ec2.DescribeVolumesAPIClient) (map[string][]string, error) {
	out := map[string][]string{}

	pages := ec2.NewDescribeVolumesPaginator(api, &ec2.DescribeVolumesInput{
		Filters:    []types.Filter{{Name: aws.String("tag-key"), Values: []string{tagName}}},
		MaxResults: aws.Int32(ec2Page),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for i := range page.Volumes {
			v := &page.Volumes[i]
			if v.State == types.VolumeStateDeleting || v.State == types.VolumeStateDeleted {
				continue
			}

			// The disk of an instance may have the tags of the instance.
			if tags := ec2Tags(v.Tags); tags[tagKind] == "" || strings.HasPrefix(tags[tagKind], kindVolume) {
				out[tags[tagName]] = append(out[tags[tagName]], aws.ToString(v.VolumeId))
			}
		}
	}

	return out, nil
}
