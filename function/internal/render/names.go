package render

import (
	"regexp"
)

// assignedID matches what AWS assigns rather than a person chooses: vpc-0a1b…,
// a DbiResourceId, an ARN. Such a name means one resource, and no other copy
// can be called after it.
var assignedID = regexp.MustCompile(`^([a-z]+-([0-9a-f]{8}|[0-9a-f]{17})|(db|cluster)-[A-Z0-9]{20,}|arn:.*)$`)

// name returns the metadata.name of the copy.
func (w *writer) name() any {
	if w.copy.Observed != nil {
		if v, ok := w.copy.Observed.Get(metadata, "name"); ok {
			return v
		}
	}

	stated, _ := (path{metadata, "name"}).get(w.object)
	if s, _ := stated.(string); s != "" {
		return w.scope.ownName(w.copy, s, w.layout.objectLimit())
	}

	return w.scope.Owner.CopyName(w.copy.Key, w.layout.objectLimit())
}

// ownName returns a name that the template chooses: as it is for the home copy
// of the first epoch, told apart for any other.
func (s *Scope) ownName(c *Copy, name string, limit int) string {
	if c.KeepNames {
		return name
	}

	return s.Owner.Suffixed(name, c.Suffix, limit)
}

// externalName writes the name in the outside world. An existing copy keeps
// its own. One that has none, and turned out to exist on AWS, is given it.
func (w *writer) externalName(m map[string]any) {
	annotations, _ := m[annotationsField].(map[string]any)
	at := path{metadata, annotationsField, AnnotationExternalName}

	if w.copy.Observed != nil {
		v, named := w.copy.Observed.Get(at...)

		switch {
		case named:
			at.set(w.object, v)
		case w.copy.Adopt != "":
			at.set(w.object, w.copy.Adopt)
		default:
			at.remove(w.object)
		}

		return
	}

	stated, _ := annotations[AnnotationExternalName].(string)

	switch {
	case w.copy.Adopt != "":
		at.set(w.object, w.copy.Adopt)
	case stated == "":
	case w.copy.KeepNames:
	case assignedID.MatchString(stated):
		at.remove(w.object)
	default:
		at.set(w.object, w.scope.ownName(w.copy, stated, w.layout.nameLimit))
	}
}

// names writes the names by which AWS and Kubernetes tell copies apart, beside
// metadata.name. Two copies can't write one Secret, nor leave a snapshot of one
// name behind.
func (w *writer) names() {
	w.identity()

	if w.copy.KeepNames {
		return
	}

	w.own(path{spec, "writeConnectionSecretToRef", "name"})
	w.own(path{spec, "forProvider", "finalSnapshotIdentifier"})
	w.own(path{spec, "forProvider", "finalSnapshotName"})

	for _, p := range w.layout.passwords {
		generate, _ := p.generate.get(w.object)
		if on, _ := generate.(bool); on {
			w.own(p.secret.child("name"))
		}
	}
}

// own tells the name at a path apart from that of the home copy.
func (w *writer) own(at path) {
	v, _ := at.get(w.object)
	if name, _ := v.(string); name != "" {
		at.set(w.object, w.scope.ownName(w.copy, name, kubernetesNameLimit))
	}
}

// identity writes the argument that names the resource on AWS, on a copy that
// is created. An adopted one has its name: to write another would rename it.
func (w *writer) identity() {
	if len(w.layout.identity) == 0 || w.copy.Observed != nil {
		return
	}

	if w.copy.Adopt != "" {
		w.layout.identity.remove(w.object)

		return
	}

	if s, ok := w.layout.identity.get(w.object); ok {
		if name, _ := s.(string); name != "" {
			w.layout.identity.set(w.object, w.scope.ownName(w.copy, name, w.layout.nameLimit))

			return
		}
	}

	w.layout.identity.set(w.object, w.scope.Owner.Identity(w.copy.Key, w.layout.nameLimit))
}
