package main

import (
	"cmp"

	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// neighbours describes the components as others refer to them.
func (r *request) neighbours(out *composition, s *render.Scope) []render.Neighbour {
	list := make([]render.Neighbour, 0, len(r.plan.components))
	index := make(map[string]int, len(r.plan.components))
	named := false

	for i := range r.plan.components {
		t := r.templates[r.plan.components[i].Name]
		named = named || t.NamesOthers()
		index[r.plan.components[i].Name] = i

		list = append(list, render.Neighbour{
			Component: r.plan.components[i].Name, Group: t.Group, Kind: t.Kind, Labels: t.Labels,
			Names: map[string]map[string]string{}, Regions: map[string]bool{},
		})
	}

	for i := range out.copies {
		c := &out.copies[i]

		at, ok := index[c.Component]
		if !ok || c.Role == topology.Kept || c.Region == "" {
			continue
		}

		list[at].Regions[c.Region] = true

		if r.plan.components[at].tier() == topology.Data && c.Role != topology.Fenced {
			if list[at].Epochs == nil {
				list[at].Epochs = map[string]int64{}
			}

			list[at].Epochs[c.Region] = c.Epoch
		}
	}

	if named {
		r.nameNeighbours(list, index, out, s)
	}

	return list
}

// nameNeighbours notes how the copy at home is called, and what the copies in
// other places are called.
func (r *request) nameNeighbours(list []render.Neighbour, index map[string]int, out *composition, s *render.Scope) {
	places := make([]map[string]string, len(list))

	for i := range out.copies {
		c := &out.copies[i]

		at, ok := index[c.Component]
		if !ok || !r.named(c, &r.plan.components[at]) {
			continue
		}

		if places[at] == nil {
			places[at] = map[string]string{}
		}

		places[at][cmp.Or(c.Zone, c.Region)] = r.templateOf(c).NameOf(s, r.renderCopy(c))
	}

	homes := map[string]*object{}
	for i := range r.observed {
		homes[r.observed[i].Key] = r.observed[i].object
	}

	for i := range list {
		t := r.templates[list[i].Component]
		home := &render.Copy{Key: list[i].Component, Component: list[i].Component, KeepNames: true}

		if o := homes[list[i].Component]; o != nil {
			home.Observed = o
		}

		for _, called := range []string{t.Name, t.NameOf(s, home)} {
			if called != "" {
				list[i].Names[called] = places[i]
			}
		}
	}
}

// named returns whether a reference may name the copy: of data, only one that
// may be written to.
func (r *request) named(c *composed, of *component) bool {
	if c.Role == topology.Kept || c.Region == "" {
		return false
	}

	return c.Role != topology.Fenced || of.tier() != topology.Data
}
