// Package scale tests that many XRs follow one FailoverTarget.
package scale
