package main

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/crossdr/crossdr/function/internal/catalog/crds"
)

const (
	clusterGroups    = ".aws.upbound.io"
	namespacedGroups = ".aws.m.upbound.io"
)

// A kind is what is generated about one kind of resource.
type kind struct {
	service, kind                string
	region, observedRegion, tags bool
	passwords                    []password
	references                   []reference
	// faults are selectors that break an assumption of the function.
	faults []string
}

type password struct{ secretRef, autoGenerate string }

type reference struct{ selector, service, kind string }

// read returns the kinds of the namespaced API groups, sorted. The cluster-scoped groups have the same kinds with the
// same paths, which is checked for the kinds here and for the paths of curated kinds in the catalog's own test.
func read(dir string) ([]kind, error) {
	files, err := crds.List(dir)
	if err != nil {
		return nil, err
	}
	namespaced := map[string]crds.File{}
	cluster := map[string]bool{}
	for _, f := range files {
		if s, ok := strings.CutSuffix(f.Group, namespacedGroups); ok {
			namespaced[s+" "+f.Kind] = f
		} else if s, ok := strings.CutSuffix(f.Group, clusterGroups); ok {
			cluster[s+" "+f.Kind] = true
		}
	}
	for k := range cluster {
		if _, ok := namespaced[k]; !ok {
			return nil, fmt.Errorf("cannot do without cluster-scoped CRDs: only they have %s", k)
		}
	}
	todo := make([]crds.File, 0, len(namespaced))
	for _, f := range namespaced {
		todo = append(todo, f)
	}
	kinds, err := parse(todo)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(kinds, func(a, b kind) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.kind, b.kind))
	})
	return kinds, nil
}

// parse reads files on every processor: most of the time goes into YAML.
func parse(files []crds.File) ([]kind, error) {
	kinds := make([]kind, len(files))
	errs := make([]error, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				crd, err := crds.Read(files[i].Path)
				if err != nil {
					errs[i] = err
					continue
				}
				kinds[i], errs[i] = describe(crd)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wg.Wait()
	return kinds, errors.Join(errs...)
}

// describe reads the storage version, the only one that namespaced groups have.
func describe(crd *apiextensionsv1.CustomResourceDefinition) (kind, error) {
	service := strings.TrimSuffix(crd.Spec.Group, namespacedGroups)
	k := kind{service: service, kind: crd.Spec.Names.Kind}
	for i := range crd.Spec.Versions {
		v := &crd.Spec.Versions[i]
		if !v.Storage {
			continue
		}
		root := v.Schema.OpenAPIV3Schema
		spec := root.Properties["spec"].Properties["forProvider"]
		_, k.region = spec.Properties["region"]
		_, k.observedRegion = root.Properties["status"].Properties["atProvider"].Properties["region"]
		tags := spec.Properties["tags"]
		k.tags = tags.Type == "object" && tags.AdditionalProperties != nil
		k.passwords = passwords(spec.Properties)
		if err := k.refer(spec.Properties, ""); err != nil {
			return kind{}, fmt.Errorf("cannot describe %s: %w", crd.Name, err)
		}
		slices.SortFunc(k.references, func(a, b reference) int { return cmp.Compare(a.selector, b.selector) })
		return k, nil
	}
	return kind{}, fmt.Errorf("cannot describe %s: no storage version", crd.Name)
}
