package catalog

import (
	"slices"
	"strings"
	"time"

	upjet "github.com/crossplane/upjet/v2/pkg/types/name"
)

// A row is what people know about a kind and no CRD says. It speaks Terraform: arguments are named as in the schemas of
// terraform-provider-aws (read at f7691456b787, the commit that provider-upjet-aws v2.5.0 is built from), and resolve
// derives the fields of the custom resource from them as upjet's generator does.
type row struct {
	service, kind string
	// terraform is the type of the resource, "aws_db_instance". A test compares it with the provider's.
	terraform string

	identity  string
	nameLimit int

	zone, zoneID, zones string
	// observedZoneID is for kinds that report an id without taking one.
	observedZoneID string

	class string
	// immutable arguments are ForceNew whatever the change; those that only some changes force are left mutable, CIDRs
	// apart. Identity and region are left out, and resolve adds zones, restore sources and replication sources.
	immutable []string

	restore   *restore
	replicate *replicate
	shared    bool
	source    Source
	readyIn   time.Duration
}

// A restore becomes a Restore. All of its sources go to initProvider.
type restore struct {
	snapshot, origin, time string
	omit                   []string
	readyIn                time.Duration
}

// A replicate becomes a Replicate. Its source goes to forProvider: a promotion must be able to change it.
type replicate struct {
	kind, source string
	promotion    Promotion
	omit         []string
}

// rows is the curated table.
func rows() []row {
	return slices.Concat(
		network(), balancers(), compute(), containers(), rds(), documents(), tables(), caches(), memory(), files(),
		analytics(), keys(), backups(), applications(),
	)
}

func (r *row) resolve(k *Kind) {
	k.Identity = path(forProvider, r.identity)
	if r.nameLimit != 0 {
		k.NameLimit = r.nameLimit
	}
	k.ZoneName, k.ObservedZoneName = path(forProvider, r.zone), path(atProvider, r.zone)
	k.ZoneID, k.ObservedZoneID = path(forProvider, r.zoneID), path(atProvider, r.zoneID)
	if r.observedZoneID != "" {
		k.ObservedZoneID = path(atProvider, r.observedZoneID)
	}
	k.ZoneNames = path(forProvider, r.zones)
	k.Class = path(forProvider, r.class)
	k.Shared = r.shared
	k.Source = r.source
	k.ReadyIn = r.readyIn

	birth := []string{r.zone, r.zoneID, r.zones}
	if s := r.restore; s != nil {
		k.Restore = &Restore{
			Snapshot: path(initProvider, s.snapshot),
			Origin:   path(initProvider, s.origin),
			Time:     path(initProvider, s.time),
			Omit:     relative(s.omit),
			ReadyIn:  s.readyIn,
		}
		birth = append(birth, s.snapshot, s.origin, s.time)
	}
	if s := r.replicate; s != nil {
		k.Replicate = &Replicate{
			Kind:      s.kind,
			Source:    path(forProvider, s.source),
			Promotion: s.promotion,
			Omit:      relative(s.omit),
		}
		if s.kind == "" {
			birth = append(birth, s.source)
		}
	}
	k.Immutable = relative(slices.Concat(birth, r.immutable))
}

// relative derives the paths of arguments and returns them sorted, each once.
func relative(arguments []string) []string {
	var paths []string
	for _, a := range arguments {
		if a != "" {
			paths = append(paths, path("", a))
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// path derives a field's path from an argument's: "storage_config.kms_key_id" is storageConfig.kmsKeyId.
func path(block, argument string) string {
	if argument == "" {
		return ""
	}
	fields := strings.Split(argument, ".")
	for i, f := range fields {
		fields[i] = upjet.NewFromSnake(f).LowerCamelComputed
	}
	return block + strings.Join(fields, ".")
}
