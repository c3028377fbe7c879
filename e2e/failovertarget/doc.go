// Package failovertarget tests FailoverTargets on real API servers, with the
// real provider, and an emulated AWS for it to call.
package failovertarget
