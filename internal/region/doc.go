// Package region knows the regions of AWS and their availability zones as of a
// date; live facts of an account overrule it.
package region
