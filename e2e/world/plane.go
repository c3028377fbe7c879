package world

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/e2e/registry"
	"github.com/crossdr/crossdr/e2e/upjet"
)

// What Crossplane calls our packages when the Configuration depends on them.
const (
	functionName = "crossdr-function-dr"
	providerName = "crossdr-provider-aws-dr"
)

// poll is how often what is on AWS is observed anew, by our provider and by the
// simulator. Ours does it once a minute by default.
const poll = 2 * time.Second

// upjetSecret is of the access keys of all simulators.
const upjetSecret = "secret"

// A Plane is a control plane of the world.
type Plane struct {
	*controlplane.ControlPlane

	world    *World
	name     string
	function *controlplane.Program
	provider *controlplane.Program
	upjet    *upjet.Simulator
}

// Plane starts a control plane with our packages, our programs and a simulator
// of provider-upjet-aws.
func (w *World) Plane(ctx context.Context, name string) (*Plane, error) {
	c, err := controlplane.Start(ctx, controlplane.Options{
		Dir: filepath.Join(w.dir, name), Crossplane: true, CoreFlags: coreFlags(), Progress: w.progress,
	})
	if err != nil {
		return nil, err
	}

	p := &Plane{ControlPlane: c, world: w, name: name}
	p.Trust()

	w.mu.Lock()
	w.planes = append(w.planes, p)
	w.mu.Unlock()

	for _, step := range []func(context.Context) error{p.install, p.StartFunction, p.StartProvider, p.StartUpjet} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("cannot start control plane %s: %w", name, err)
		}
	}

	return p, nil
}

// coreFlags let Crossplane hear of all that changes. It hears of so many changes
// of an XR's resources a second, and these are made for an AWS that takes minutes
// for what takes this one a second.
func coreFlags() []string {
	return []string{"--circuit-breaker-burst=1000", "--circuit-breaker-refill-rate=60"}
}

// StartFunction runs our function.
func (p *Plane) StartFunction(ctx context.Context) (err error) {
	p.function, err = p.RunFunction(ctx, functionName, p.world.function)

	return err
}

// StartProvider runs our provider.
func (p *Plane) StartProvider(ctx context.Context) (err error) {
	p.provider, err = p.RunProvider(ctx, providerName, p.world.provider, "--poll="+poll.String())

	return err
}

// StartUpjet runs the simulator of provider-upjet-aws, with an access key of its
// own.
func (p *Plane) StartUpjet(ctx context.Context) (err error) {
	log, err := os.OpenFile(filepath.Join(p.Dir(), "upjet.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("cannot log what the simulator does: %w", err)
	}

	p.upjet, err = upjet.Start(ctx, upjet.Options{
		Config: p.Config(), Endpoint: p.world.AWS.URL(), KeyID: p.UpjetKey(), Secret: upjetSecret, Store: p.world.Store,
		Takes: takes / 4, Poll: poll, Now: now, Log: log,
	})

	return err
}

// UpjetKey is the access key that the simulator calls AWS with, and so whom the
// journals of AWS and of the store name.
func (p *Plane) UpjetKey() string { return "UPJET" + strings.ToUpper(p.name) }

// KillFunction ends our function as a crash does.
func (p *Plane) KillFunction() { p.function.Kill() }

// KillProvider ends our provider as a crash does.
func (p *Plane) KillProvider() { p.provider.Kill() }

// KillUpjet ends the simulator of provider-upjet-aws as a crash does.
func (p *Plane) KillUpjet() { p.upjet.Stop() }

// SettleUpjet lets the simulator of provider-upjet-aws end without losing what
// only a person would find again.
func (p *Plane) SettleUpjet(ctx context.Context) error {
	if err := p.upjet.Settle(ctx); err != nil {
		return fmt.Errorf("cannot let the simulator end: %w", err)
	}

	return nil
}

// Trust gives provider-upjet-aws of the control plane access to AWS, and Distrust
// takes it away.
func (p *Plane) Trust() { p.world.AWS.Account(accountID).AddAccessKey(p.UpjetKey(), upjetSecret) }

// Distrust takes the access to AWS away.
func (p *Plane) Distrust() { p.world.AWS.Account(accountID).RemoveAccessKey(p.UpjetKey()) }

// Crash ends the control plane and all programs at once, as the loss of a cluster
// does.
func (p *Plane) Crash() {
	p.upjet.Stop()
	p.ControlPlane.Crash()
}

// Return starts all that Crash has ended again, with what was written.
func (p *Plane) Return(ctx context.Context) error {
	if err := p.ControlPlane.Return(ctx); err != nil {
		return err
	}

	for _, start := range []func(context.Context) error{p.StartFunction, p.StartProvider, p.StartUpjet} {
		if err := start(ctx); err != nil {
			return err
		}
	}

	return nil
}

// Stop stops the control plane.
func (p *Plane) Stop() {
	if p.upjet != nil {
		p.upjet.Stop()
	}

	p.ControlPlane.Stop()
}

// Read returns an object as it is now.
func (p *Plane) Read(ctx context.Context, apiVersion, kind, namespace, name string) (*unstructured.Unstructured, error) {
	u := Object(apiVersion, kind, namespace, name)
	if err := p.Client().Get(ctx, client.ObjectKeyFromObject(u), u); err != nil {
		return nil, fmt.Errorf("cannot get %s %s: %w", kind, name, err)
	}

	return u, nil
}

// install installs our Configuration, which brings the other two packages, the
// CRDs of provider-upjet-aws, and access to AWS.
func (p *Plane) install(ctx context.Context) error {
	configuration := Object("pkg.crossplane.io/v1", "Configuration", "", "configuration-dr")
	configuration.Object["spec"] = map[string]any{"package": registry.Name("configuration-dr")}

	if err := p.Apply(ctx, p.world.registry.ImageConfig(), configuration); err != nil {
		return err
	}

	if err := upjet.Install(ctx, p.ControlPlane); err != nil {
		return err
	}

	for _, healthy := range []*unstructured.Unstructured{
		configuration,
		Object("pkg.crossplane.io/v1", "Function", "", functionName),
		Object("pkg.crossplane.io/v1", "Provider", "", providerName),
	} {
		if err := p.AwaitCondition(ctx, healthy, "Healthy"); err != nil {
			return err
		}
	}

	// A Configuration is healthy when its XRD is there, and that makes a CRD.
	definition := Object("apiextensions.crossplane.io/v2", "CompositeResourceDefinition", "", "postgresqlinstances.database.crossdr.io")
	if err := p.AwaitCondition(ctx, definition, "Established"); err != nil {
		return err
	}

	return p.Apply(ctx, p.world.AWS.Access(controlplane.Namespace)...)
}

// Object returns a reference to an object.
func Object(apiVersion, kind, namespace, name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{}}
	u.SetAPIVersion(apiVersion)
	u.SetKind(kind)
	u.SetNamespace(namespace)
	u.SetName(name)

	return u
}
