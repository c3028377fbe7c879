package catalog

import "time"

// A Kind is what crossdr knows about one kind of resource. Every path is dotted, has no list markers, and starts at the
// root of the object, except where its comment says that it is relative. In older versions of the cluster-scoped API
// groups a block that is an object today is a list of at most one element: whoever follows a path steps through it.
//
// Slices, maps and pointers are shared by all who look the kind up: read them, never write to them.
type Kind struct {
	// Region is empty when AWS runs the kind globally.
	Region string
	// ObservedRegion is where the resource is, whatever spec says.
	ObservedRegion string

	// ZoneName and ZoneID take the one zone of a zonal resource: use one, never both (on a subnet they conflict).
	ZoneName, ZoneID string
	// ObservedZoneName and ObservedZoneID are where the provider reports that zone.
	ObservedZoneName, ObservedZoneID string
	// ZoneNames takes a list of zone names.
	ZoneNames string

	// Identity is the argument that names the resource on AWS. It is empty where the external name is the name (which
	// is metadata.name, unless something set it) and where AWS assigns one.
	Identity string
	// NameLimit is the longest name to derive for a copy: what AWS allows, and never above DefaultNameLimit.
	NameLimit int
	// Tags is a map of strings; empty when the kind has none.
	Tags string
	// Class is the size of machine, where capacity can be missing in a region. It may be a list.
	Class string

	// Immutable are arguments, relative to spec.forProvider and spec.initProvider, that are written when a copy is born
	// and then only repeated as observed: those that Terraform marks ForceNew, and all of zones, addresses, restore and
	// replication sources whether it does or not. Region and Identity, which are always so, are left out. With an
	// argument go its Ref and Selector.
	Immutable []string

	// Restore is nil when the kind can't be born from a snapshot.
	Restore *Restore
	// Replicate is nil when a copy can't be born as a replica.
	Replicate *Replicate
	// Shared is true when a copy and its replicas are one store: all of them take writes.
	Shared bool
	// Source is what a SnapshotSelection watches to protect the kind.
	Source Source

	// ReadyIn is how long the kind usually takes to be ready when it is born empty, rounded up.
	ReadyIn time.Duration

	// Passwords that the provider may generate into a Secret.
	Passwords []Password
	// References maps a selector, relative to spec.forProvider, to what it selects.
	References map[string]Reference
}

// DefaultNameLimit is the length of a DNS label, which holds for a name that is a label's value, too.
const DefaultNameLimit = 63

// Restore says how a copy is born from a snapshot. Paths name the block, too: a value that only matters at creation goes
// to spec.initProvider, where a later difference can't wedge the resource.
type Restore struct {
	// Snapshot takes the id of a snapshot that exists in the copy's own region.
	Snapshot string
	// Origin takes the ARN of the store itself and Time the moment to go back to (RFC 3339): a restore to a point in
	// time, which needs the store's own region to answer. Set where there is no Snapshot.
	Origin, Time string
	// Omit are arguments, relative to spec.forProvider and spec.initProvider, that must not be there: they conflict, or
	// the snapshot decides them. With an argument go its Ref and Selector.
	Omit []string
	// ReadyIn is how long it usually takes, rounded up.
	ReadyIn time.Duration
}

// Replicate says how a copy is born as a replica of another.
type Replicate struct {
	// Kind of the replica, of the same API group and of version v1beta1; empty when it is the same kind.
	Kind string
	// Source takes what is replicated. Paths name the block, as in Restore.
	Source string
	// Promotion says how the replica becomes a store of its own.
	Promotion Promotion
	// Omit are arguments that must not be there, as in Restore.
	Omit []string
}

// A Promotion is how a replica comes to serve.
type Promotion string

// The ways of promotion.
const (
	// PromoteByClearing sets Source to the empty string and removes it once that has taken effect. Removing it at once
	// promotes nothing: late initialization puts the value back.
	PromoteByClearing Promotion = "ByClearing"
	// PromoteNotNeeded marks replicas that accept writes already.
	PromoteNotNeeded Promotion = "NotNeeded"
	// PromoteByHand marks replicas that only an AWS call promotes: the provider offers no argument for it.
	PromoteByHand Promotion = "ByHand"
)

// A Source is a kind of thing that a SnapshotSelection can watch.
type Source string

// The sources that belong to a kind. (A selection can watch recovery points and replicas of any kind.)
const (
	SourceNone       Source = ""
	SourceDBInstance Source = "DBInstance"
	// SourceDBCluster stands for Aurora, DocumentDB and Neptune clusters: their snapshots have one shape.
	SourceDBCluster Source = "DBCluster"
	SourceVolume    Source = "Volume"
	SourceTable     Source = "Table"
)

// A Password is a Secret that the provider generates and writes when AutoGenerate is true. Two copies can't control one
// such Secret.
type Password struct {
	SecretRef, AutoGenerate string
}

// A Reference is what a selector selects: "ec2" and "VPC" for vpcIdSelector. The kind is in the selecting kind's own
// family of API groups.
type Reference struct {
	Service, Kind string
}
