package catalog

// A generatedKind is what the CRDs themselves say about a kind; see gen.
type generatedKind struct {
	service, kind string
	// region and observedRegion: spec.forProvider and status.atProvider have a region.
	region, observedRegion bool
	tags                   bool
	passwords              []generatedPassword
	references             []generatedReference
}

// A generatedPassword names fields of spec.forProvider.
type generatedPassword struct{ secretRef, autoGenerate string }

// A generatedReference is a selector and what it selects.
type generatedReference struct{ selector, service, kind string }

func (g *generatedKind) resolve() Kind {
	k := Kind{NameLimit: DefaultNameLimit}
	if g.region {
		k.Region = forProvider + "region"
	}
	if g.observedRegion {
		k.ObservedRegion = atProvider + "region"
	}
	if g.tags {
		k.Tags = forProvider + "tags"
	}
	for _, p := range g.passwords {
		k.Passwords = append(k.Passwords, Password{
			SecretRef:    forProvider + p.secretRef,
			AutoGenerate: forProvider + p.autoGenerate,
		})
	}
	if len(g.references) > 0 {
		k.References = make(map[string]Reference, len(g.references))
	}
	for _, r := range g.references {
		k.References[r.selector] = Reference{Service: r.service, Kind: r.kind}
	}
	return k
}
