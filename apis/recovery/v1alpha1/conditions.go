package v1alpha1

// Condition types that the function sets on the XR and its claim.
const (
	// ConditionServing is True when every serving copy is ready in the active
	// region.
	ConditionServing = "Serving"

	// ConditionProtected is True when another region could take over now,
	// within the objectives.
	ConditionProtected = "Protected"
)

// Reasons of the Serving condition.
const (
	// ReasonAllReady: every serving copy is ready in the active region.
	ReasonAllReady = "AllReady"

	// ReasonNotReady: at least one serving copy is missing or not ready.
	ReasonNotReady = "NotReady"

	// ReasonNotHolder: another control plane may act for the FailoverTarget,
	// this one only observes.
	ReasonNotHolder = "NotHolder"
)

// Reasons of the Protected condition.
const (
	// ReasonStandbyReady: every standby copy is ready, and nothing else is
	// needed for the strategy.
	ReasonStandbyReady = "StandbyReady"

	// ReasonNoOtherRegion: only one region is listed.
	ReasonNoOtherRegion = "NoOtherRegion"

	// ReasonNoFailoverTarget: no FailoverTarget is named, so nothing could
	// make another region active.
	ReasonNoFailoverTarget = "NoFailoverTarget"

	// ReasonRegionUnreachable: no other region answers.
	ReasonRegionUnreachable = "RegionUnreachable"

	// ReasonTooFewZones: the other region has too few usable zones for a
	// component.
	ReasonTooFewZones = "TooFewZones"

	// ReasonStandbyNotReady: a standby copy is missing or not ready.
	ReasonStandbyNotReady = "StandbyNotReady"

	// ReasonDataNotProven: nothing observed proves that the data could be had
	// in the other region.
	ReasonDataNotProven = "DataNotProven"

	// ReasonRPONotMet: the data that could be had in the other region is older
	// than the objective allows, or nobody knows how old it is.
	ReasonRPONotMet = "RPONotMet"

	// ReasonRTONotMet: a failover would take longer than the objective allows.
	ReasonRTONotMet = "RTONotMet"
)
