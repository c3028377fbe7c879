package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/internal/scenario"
)

// Tools that tools/build.sh builds.
const (
	cli  = ".tools/bin/crossplane"
	core = ".tools/bin/crossplane-core"
)

// functionName is our function, as the examples' Compositions call it.
const functionName = "crossdr-function-dr"

// Annotations that say in functions.yaml how and where a function is served.
const (
	runtimeAnnotation = "render.crossplane.io/runtime"
	targetAnnotation  = "render.crossplane.io/runtime-development-target"
)

// patchesTarget is where the stand-in for another function is served.
const patchesTarget = "127.0.0.1:9445"

// A command renders steps of one example with Crossplane's command line.
type command struct {
	dir string

	// functions is the file that says where the functions are served.
	functions string

	// own is what our function is called.
	own string

	// targets are where the functions are served, by name.
	targets map[string]string
}

// checkTools checks that the program runs where everything is that it needs.
func checkTools(target string) error {
	for _, file := range []string{cli, core, "function/main.go"} {
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("%s is missing: run make %s at the root of the repository", file, target)
		}
	}

	return nil
}

// commandOf checks that the example can be rendered here.
func commandOf(o options) (*command, error) {
	if err := checkTools("render"); err != nil {
		return nil, err
	}

	c := &command{dir: filepath.Clean(o.dir), own: functionName, targets: map[string]string{}}
	c.functions = filepath.Join(c.dir, "functions.yaml")

	b, err := os.ReadFile(c.functions)
	if err != nil {
		return nil, fmt.Errorf("cannot read the example's functions: %w", err)
	}

	functions, err := scenario.FromYAML(b)
	if err != nil {
		return nil, fmt.Errorf("cannot parse %s: %w", c.functions, err)
	}

	moved := false

	for i := range functions {
		f := &functions[i]
		stated := f.GetAnnotations()[targetAnnotation]
		target := stated

		switch f.GetName() {
		case functionName:
			target = cmp.Or(o.address, stated)
		case scenario.PatchesFunction:
			target = cmp.Or(stated, patchesTarget)
		}

		if target == "" {
			return nil, fmt.Errorf("%s does not say where %s is served: annotation %s", c.functions, f.GetName(), targetAnnotation)
		}

		c.targets[f.GetName()] = target

		if target != stated {
			moved = true

			serveAt(f, target)
		}
	}

	if !moved {
		return c, nil
	}

	c.functions = filepath.Join(output, "functions.yaml")

	return c, write(c.functions, functions...)
}

// serveAt says in a Function that it runs already, and where.
func serveAt(f *unstructured.Unstructured, target string) {
	annotations := f.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}

	annotations[runtimeAnnotation], annotations[targetAnnotation] = "Development", target
	f.SetAnnotations(annotations)
}

// write writes objects to a file below the folder that git ignores.
func write(file string, objects ...unstructured.Unstructured) error {
	text, err := scenario.ToYAML(objects)
	if err != nil {
		return err
	}

	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return fmt.Errorf("cannot write %s: %w", file, err)
	}

	if err := os.WriteFile(file, []byte(text), 0o600); err != nil { //nolint:gosec // Below the folder that git ignores.
		return fmt.Errorf("cannot write %s: %w", file, err)
	}

	return nil
}

// args returns the command line that renders a step.
func (c *command) args(step *scenario.Step) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(step.Dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("cannot read step: %w", err)
	}

	own := func(name string) string {
		if slices.Contains(files, filepath.Join(step.Dir, name)) {
			return filepath.Join(step.Dir, name)
		}

		return c.file(name)
	}

	args := []string{cli, "composition", "render", own("xr.yaml"), own("composition.yaml"), c.functions}

	for _, f := range files {
		switch filepath.Base(f) {
		case "xr.yaml", "composition.yaml", "expected.yaml":
		case "observed.yaml":
			args = append(args, "-o", f)
		default:
			args = append(args, "-e", f)
		}
	}

	if schemas := filepath.Join(c.dir, "schemas"); isFolder(schemas) {
		args = append(args, "--required-schemas="+schemas)
	}

	args = append(args, "--xrd="+c.file("definition.yaml"), "--crossplane-binary="+core, "--include-function-results")

	return args, nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)

	return err == nil && info.IsDir()
}

// file returns a file of the example, or the one that the Configuration ships.
func (c *command) file(name string) string {
	own := filepath.Join(c.dir, name)
	if _, err := os.Stat(own); err != nil && (name == "composition.yaml" || name == "definition.yaml") {
		return filepath.Join("apis", "postgresqlinstances", name)
	}

	return own
}

// display prints a command so that it can be pasted.
func display(args []string) string {
	var b strings.Builder

	b.WriteString("  " + strings.Join(args[:3], " "))

	for i := 3; i < len(args); i++ {
		b.WriteString(" \\\n    " + args[i])

		if args[i] == "-o" || args[i] == "-e" {
			i++
			b.WriteString(" " + args[i])
		}
	}

	return b.String() + "\n\n"
}

// render runs the command. It returns what is printed or, when the function
// refuses, the message of its FATAL result.
func (c *command) render(ctx context.Context, args []string) (out, fatal string, err error) {
	var stdout, stderr bytes.Buffer

	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // The binary that this project builds.
	cmd.Stdout, cmd.Stderr = &stdout, &stderr

	err = cmd.Run()
	if err == nil {
		return stdout.String(), "", nil
	}

	if ctx.Err() != nil {
		return "", "", errors.New("stopped")
	}

	if _, message, ok := strings.Cut(stderr.String(), "returned a fatal result: "); ok {
		return "", strings.TrimSpace(message), nil
	}

	return "", "", fmt.Errorf("cannot render: %w: %s", err, strings.TrimSpace(stderr.String()))
}
