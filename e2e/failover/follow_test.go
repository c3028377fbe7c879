package failover

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// follow tells what becomes of XRs until what it returns is called.
func (s *story) follow(ctx context.Context, xrs ...*unstructured.Unstructured) (stop func()) {
	return s.Follow(ctx, s.timeline, xrs...)
}
