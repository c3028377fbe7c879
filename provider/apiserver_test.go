package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// An apiServer is as much of an API server as the provider needs to start. It
// has no objects but CRDs.
type apiServer struct {
	url string

	mu      sync.Mutex
	seen    map[string]chan struct{}
	crds    []apiextensionsv1.CustomResourceDefinition
	changed chan struct{}
}

func newAPIServer(t *testing.T) *apiServer {
	t.Helper()

	s := &apiServer{seen: map[string]chan struct{}{}, changed: make(chan struct{})}

	files, err := filepath.Glob("../package/provider/crds/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("found no CRDs: %v", err)
	}

	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}

		crd := apiextensionsv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(b, &crd); err != nil {
			t.Fatal(err)
		}

		s.crds = append(s.crds, crd)
	}

	server := httptest.NewServer(http.HandlerFunc(s.serve))
	// Watches end with their clients.
	t.Cleanup(server.CloseClientConnections)
	s.url = server.URL

	return s
}

// install establishes the CRDs.
func (s *apiServer) install(t *testing.T) {
	t.Helper()

	s.mu.Lock()
	defer s.mu.Unlock()

	for i := range s.crds {
		s.crds[i].Status.Conditions = []apiextensionsv1.CustomResourceDefinitionCondition{{Type: apiextensionsv1.Established, Status: apiextensionsv1.ConditionTrue}}
	}

	close(s.changed)
}

// watch returns a channel that is closed when a kind is watched.
func (s *apiServer) watch(plural string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.seen[plural] == nil {
		s.seen[plural] = make(chan struct{})
	}

	return s.seen[plural]
}

func (s *apiServer) watched(plural string) bool {
	select {
	case <-s.watch(plural):
		return true
	default:
		return false
	}
}

// wait until a kind is watched. It must be before the provider is done.
func (s *apiServer) wait(t *testing.T, plural string, done <-chan error) {
	t.Helper()

	select {
	case <-s.watch(plural):
	case err := <-done:
		t.Fatalf("run(...): %v", err)
	case <-time.After(time.Minute):
		t.Fatalf("want %s to be watched", plural)
	}
}

// serve answers a request.
func (s *apiServer) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")

	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	plural := parts[len(parts)-1]

	switch {
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusCreated)
		write(w, authorizationv1.SelfSubjectAccessReview{
			TypeMeta: metav1.TypeMeta{APIVersion: "authorization.k8s.io/v1", Kind: "SelfSubjectAccessReview"},
			Status:   authorizationv1.SubjectAccessReviewStatus{Allowed: true},
		})
	case len(parts) < 4:
		s.discover(w, parts)
	case r.URL.Query().Get("watch") != "":
		s.events(w, r, plural)
	default:
		s.list(w, plural)
	}
}

// discover answers what there is: the kinds of the CRDs, and CRDs.
func (s *apiServer) discover(w http.ResponseWriter, parts []string) {
	resources := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}}

	if len(parts) == 3 {
		resources.GroupVersion = parts[1] + "/" + parts[2]
	}

	for _, crd := range s.crds {
		resources.APIResources = append(resources.APIResources, metav1.APIResource{Name: crd.Spec.Names.Plural, Kind: crd.Spec.Names.Kind, Namespaced: crd.Spec.Scope == apiextensionsv1.NamespaceScoped, Verbs: metav1.Verbs{"list", "watch"}})
	}

	if len(parts) == 3 && parts[1] == apiextensionsv1.GroupName {
		resources.APIResources = []metav1.APIResource{{Name: "customresourcedefinitions", Kind: "CustomResourceDefinition", Verbs: metav1.Verbs{"list", "watch"}}}
	}

	if len(parts) == 3 && parts[1] == authorizationv1.GroupName {
		resources.APIResources = []metav1.APIResource{{Name: "selfsubjectaccessreviews", Kind: "SelfSubjectAccessReview", Verbs: metav1.Verbs{"create"}}}
	}

	write(w, resources)
}

// list answers a list of CRDs, or an empty one.
func (s *apiServer) list(w http.ResponseWriter, plural string) {
	list := map[string]any{"kind": "List", "apiVersion": "v1", "metadata": map[string]any{"resourceVersion": "1"}, "items": []any{}}

	s.mu.Lock()
	defer s.mu.Unlock()

	if plural == "customresourcedefinitions" {
		list["items"], list["kind"], list["apiVersion"] = s.crds, "CustomResourceDefinitionList", "apiextensions.k8s.io/v1"
	}

	write(w, list)
}

// events tells that the CRDs are established when they are, and nothing else.
func (s *apiServer) events(w http.ResponseWriter, r *http.Request, plural string) {
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()

	seen := s.watch(plural)

	s.mu.Lock()
	select {
	case <-seen:
	default:
		close(seen)
	}
	s.mu.Unlock()

	if plural == "customresourcedefinitions" {
		select {
		case <-s.changed:
		case <-r.Context().Done():
			return
		}

		for _, crd := range s.crds {
			crd.ResourceVersion = "2"
			write(w, map[string]any{"type": "MODIFIED", "object": crd})
			w.(http.Flusher).Flush()
		}
	}

	<-r.Context().Done()
}

func write(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		// The client has gone.
		return
	}
}
