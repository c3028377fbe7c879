// Command render shows what an example renders: it runs the function as a
// process and "crossplane composition render" for every step of the example,
// and prints what a person would look for in the thousand lines of YAML. Render
// preview does so for an XR of yours, with another region active than there is.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/internal/scenario"
)

// options of the program.
type options struct {
	// dir is the folder of the example.
	dir string

	// address to serve the function at, if not the one of functions.yaml.
	address string

	// yaml asks for everything that Crossplane prints, too.
	yaml bool
}

// errDeleted means that a step would delete what exists.
var errDeleted = errors.New("a step would delete what exists: see above")

func main() {
	con := console{out: os.Stdout, progress: os.Stderr}
	what := func(ctx context.Context) error { return run(ctx, example(con), con) }

	if len(os.Args) > 1 && os.Args[1] == madeUp {
		what = func(ctx context.Context) error {
			p := preview{}
			if err := p.parse(os.Args[2:], time.Now(), con); err != nil {
				return err
			}

			return p.run(ctx, con)
		}
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := what(ctx)

	stop()

	if err != nil {
		con.tell("render: " + err.Error())
		os.Exit(1)
	}
}

// example reads the command line that renders an example.
func example(con console) options {
	o := options{}
	flag.BoolVar(&o.yaml, "yaml", false, "print the full YAML of each step, too")
	flag.StringVar(&o.address, "address", "", "address to serve the function at (default: the one in the example's functions.yaml)")

	flag.Usage = func() {
		con.tell("usage: go run ./examples/render [-yaml] [-address HOST:PORT] EXAMPLE\n       go run ./examples/render preview -help")
		flag.PrintDefaults()
	}
	flag.Parse()

	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}

	o.dir = flag.Arg(0)

	return o
}

// A console is where the program prints. Nobody is left to be told that it
// can't.
type console struct{ out, progress io.Writer }

func (c console) print(s string) { _, _ = io.WriteString(c.out, s) }

func (c console) tell(line string) { _, _ = io.WriteString(c.progress, line+"\n") }

// run renders every step of an example.
func run(ctx context.Context, o options, con console) error {
	if _, err := os.Stat(filepath.Join(o.dir, "xr.yaml")); err != nil {
		return fmt.Errorf("%s is no example to render: it has no xr.yaml", o.dir)
	}

	s, err := scenario.Load(o.dir)
	if err != nil {
		return err
	}

	c, err := commandOf(o)
	if err != nil {
		return err
	}

	stop, err := c.serve(ctx, con)
	if err != nil {
		return err
	}
	defer stop()

	results := make([]result, 0, len(s.Steps))

	for i := range s.Steps {
		r, err := c.step(ctx, s, &s.Steps[i], o.yaml, con)
		if err != nil {
			return err
		}

		results = append(results, r)
	}

	con.print(summary(results))

	for i := range results {
		if len(results[i].deleted) > 0 {
			return errDeleted
		}
	}

	return nil
}

// step renders one step and prints it.
func (c *command) step(ctx context.Context, s *scenario.Scenario, step *scenario.Step, full bool, con console) (result, error) {
	con.tell("rendering " + step.Name + " ...")

	args, err := c.args(step)
	if err != nil {
		return result{}, err
	}

	con.print(heading(step.Name) + display(args))

	out, fatal, err := c.render(ctx, args)
	if err != nil {
		return result{}, err
	}

	if full {
		con.print(out + "\n")
	}

	r, err := newResult(s, step, out, fatal)
	if err != nil {
		return result{}, err
	}

	con.print(r.report())

	return r, nil
}

// newResult reads what a step renders.
func newResult(s *scenario.Scenario, step *scenario.Step, out, fatal string) (result, error) {
	r := result{step: step.Name, fatal: fatal, plan: planOf(cmp.Or(step.Composition, s.Composition)), observed: step.Observed}

	for i := range step.Required {
		if step.Required[i].GetKind() == "FailoverTarget" {
			if err := decode(step.Required[i].Object, &r.target); err != nil {
				return r, err
			}
		}
	}

	xr := cmp.Or(step.XR, s.XR)
	r.retired = scenario.Retired(xr)

	if fatal != "" {
		// A FATAL result applies nothing.
		r.xr, r.composed = *xr, step.Observed

		return r, nil
	}

	return r, r.parse(out, func(u *unstructured.Unstructured) bool {
		return u.GroupVersionKind() == xr.GroupVersionKind()
	})
}
