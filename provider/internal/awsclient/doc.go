// Package awsclient connects managed resources to AWS, by their ProviderConfig.
package awsclient
