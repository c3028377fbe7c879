package catalog

import (
	"strings"
	"sync"
)

// The families of API groups, cluster-scoped and namespaced: <service>.aws.upbound.io, <service>.aws.m.upbound.io.
const (
	clusterGroups    = ".aws.upbound.io"
	namespacedGroups = ".aws.m.upbound.io"
)

const (
	forProvider  = "spec.forProvider."
	initProvider = "spec.initProvider."
	atProvider   = "status.atProvider."
)

// Lookup returns what is known of a kind. It is false for groups that are not of provider-upjet-aws. A kind of its groups
// that the tables don't know comes from a newer provider: it is taken to be regional, as all but a tenth of them are.
func Lookup(group, kind string) (Kind, bool) {
	service, ok := strings.CutSuffix(group, namespacedGroups)
	if !ok {
		service, ok = strings.CutSuffix(group, clusterGroups)
	}
	if !ok || service == "" || strings.Contains(service, ".") {
		return Kind{}, false
	}
	if k, known := table()[name{service, kind}]; known {
		return k, true
	}
	return Kind{
		Region:         forProvider + "region",
		ObservedRegion: atProvider + "region",
		NameLimit:      DefaultNameLimit,
	}, true
}

// A name is the key of the table: both families of API groups have the same kinds with the same paths.
type name struct{ service, kind string }

// table joins what is generated with what is curated, once.
//
//nolint:gochecknoglobals // It is a constant that Go can't write as one.
var table = sync.OnceValue(func() map[name]Kind {
	kinds := make(map[name]Kind, len(generatedKinds))
	for i := range generatedKinds {
		g := &generatedKinds[i]
		kinds[name{g.service, g.kind}] = g.resolve()
	}
	for _, r := range rows() {
		key := name{r.service, r.kind}
		k := kinds[key]
		r.resolve(&k)
		kinds[key] = k
	}
	return kinds
})
