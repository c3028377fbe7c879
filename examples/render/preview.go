package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/internal/scenario"
)

// previewed is where the files are that a preview renders.
const previewed = output + "/preview"

// A preview shows what a failover would do to one XR.
type preview struct {
	xr, composition, definition, functions, schemas string

	// observed and required are files or folders, as Crossplane's command line
	// takes them.
	observed, required []string

	// to is the region that is to serve, if it is not the only other one.
	to string

	// at is when that is decided.
	at time.Time

	address string
	yaml    bool
}

// parse reads the command line of a preview.
func (p *preview) parse(args []string, now time.Time, con console) error {
	fs := flag.NewFlagSet("preview", flag.ContinueOnError)
	fs.SetOutput(con.progress)

	several := func(into *[]string) func(string) error {
		return func(s string) error {
			*into = append(*into, s)

			return nil
		}
	}

	p.at = now

	fs.StringVar(&p.xr, "xr", "", "file of the XR")
	fs.StringVar(&p.composition, "composition", "", "file of its Composition")
	fs.StringVar(&p.definition, "xrd", "", "file of its XRD")
	fs.StringVar(&p.functions, "functions", "", "file of the Functions, if the Composition calls others than function-dr")
	fs.Func("o", "file or folder of the composed resources that exist, as kubectl get -o yaml prints them (repeatable)", several(&p.observed))
	fs.Func("e", "file or folder of what functions may ask for: the FailoverTarget, Secrets (repeatable)", several(&p.required))
	fs.StringVar(&p.schemas, "s", "", "folder of OpenAPI documents of kinds that are installed")
	fs.StringVar(&p.to, "to", "", "region that is to serve (default: the other one, if there are two)")
	fs.StringVar(&p.address, "address", "127.0.0.1:9443", "address to serve the function at")
	fs.BoolVar(&p.yaml, "yaml", false, "print the full YAML, too")
	fs.Func("at", "time of the decision, in RFC 3339 (default: now)", func(s string) (err error) {
		p.at, err = time.Parse(time.RFC3339, s)

		return err
	})

	if err := fs.Parse(args); err != nil {
		return err
	}

	switch {
	case fs.NArg() > 0:
		fs.Usage()

		return fmt.Errorf("nothing may stand without a flag, and %q does", fs.Args())
	case p.xr == "":
		fs.Usage()

		return errors.New("say with -xr (XR=) which XR to preview")
	case p.composition == "":
		return errors.New("say with -composition (COMPOSITION=) which Composition the XR uses")
	}

	return nil
}

// run renders the XR as things are and as they would be, and prints what
// differs.
func (p *preview) run(ctx context.Context, con console) error {
	if err := checkTools("preview"); err != nil {
		return err
	}

	in, err := p.load()
	if err != nil {
		return err
	}

	c, err := p.command(in)
	if err != nil {
		return err
	}

	stop, err := c.serve(ctx, con)
	if err != nil {
		return err
	}
	defer stop()

	now, err := p.render(ctx, c, in, "now", in.now)
	if err != nil {
		return err
	}

	then, err := p.render(ctx, c, in, "the failover", in.then)
	if err != nil {
		return err
	}

	con.print("\n" + display(p.args(in, "the failover")))

	if p.yaml {
		con.print(then.out + "\n")
	}

	con.print(in.forecast(&now, &then))

	if len(then.deleted) > 0 {
		return errDeleted
	}

	return nil
}

// command writes the files that are the same for both renders.
func (p *preview) command(in *inputs) (*command, error) {
	c := &command{
		dir: p.composition, own: in.function, targets: map[string]string{in.function: p.address},
	}

	for i := range in.functions {
		if in.functions[i].GetName() == in.function {
			serveAt(&in.functions[i], p.address)
		}
	}

	for file, objects := range map[string][]unstructured.Unstructured{
		"xr.yaml": {in.xr}, "composition.yaml": {in.composition}, "functions.yaml": in.functions, "observed.yaml": in.observed,
	} {
		if err := write(filepath.Join(previewed, file), objects...); err != nil {
			return nil, err
		}
	}

	return c, nil
}

// render renders the XR with a FailoverTarget.
func (p *preview) render(ctx context.Context, c *command, in *inputs, name string, target unstructured.Unstructured) (result, error) {
	step := &scenario.Step{Name: name, Observed: in.observed, Required: append(slices.Clone(in.required), target)}

	if err := write(requiredFile(name), step.Required...); err != nil {
		return result{}, err
	}

	out, fatal, err := c.render(ctx, p.args(in, name))
	if err != nil {
		return result{}, err
	}

	r, err := newResult(&scenario.Scenario{XR: &in.xr, Composition: &in.composition}, step, out, fatal)
	r.out = out

	return r, err
}

// requiredFile is where the FailoverTarget of a render is.
func requiredFile(name string) string {
	return filepath.Join(previewed, strings.ReplaceAll(name, " ", "-")+".yaml")
}

// args returns the command line that renders the XR.
func (p *preview) args(in *inputs, name string) []string {
	args := []string{
		cli, "composition", "render", filepath.Join(previewed, "xr.yaml"), filepath.Join(previewed, "composition.yaml"),
		filepath.Join(previewed, "functions.yaml"), "-e", requiredFile(name),
	}

	if len(in.observed) > 0 {
		args = append(args, "-o", filepath.Join(previewed, "observed.yaml"))
	}

	if p.definition != "" {
		args = append(args, "--xrd="+p.definition)
	}

	if p.schemas != "" {
		args = append(args, "--required-schemas="+p.schemas)
	}

	return append(args, "--crossplane-binary="+core, "--include-function-results")
}

// load reads the files of a preview and makes up the decision.
func (p *preview) load() (*inputs, error) {
	in := &inputs{at: p.at.UTC().Truncate(time.Second)}

	for _, f := range []struct {
		file, kind string
		into       *unstructured.Unstructured
	}{{p.xr, "", &in.xr}, {p.composition, "Composition", &in.composition}} {
		objects, err := readAll(f.file)
		if err != nil {
			return nil, err
		}

		i := slices.IndexFunc(objects, func(u unstructured.Unstructured) bool { return f.kind == "" || u.GetKind() == f.kind })
		if i < 0 {
			return nil, fmt.Errorf("%s holds no %s", f.file, cmp.Or(f.kind, "XR"))
		}

		*f.into = objects[i]
	}

	if err := in.fit(); err != nil {
		return nil, err
	}

	observed, err := readAll(p.observed...)
	if err != nil {
		return nil, err
	}

	if in.required, err = readAll(p.required...); err != nil {
		return nil, err
	}

	// A folder may hold the XR, too. It must not stand beside itself.
	in.required = slices.DeleteFunc(in.required, func(u unstructured.Unstructured) bool { return identity(&u) == identity(&in.xr) })
	in.own(observed)

	if err := in.call(p.functions); err != nil {
		return nil, err
	}

	return in, in.decide(p.to)
}
