// Command build builds the packages of crossdr, without Docker: the same
// sources give the same digests.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// metadata is the file that says what a package is.
const metadata = "crossplane.yaml"

// packages are what this project ships.
var packages = []definition{ //nolint:gochecknoglobals // A constant, but for its type.
	{
		name:    "function-dr",
		program: "function",
		files:   []string{"package/function/crossplane.yaml", "package/function/input/*.yaml"},
	},
	{
		name:    "provider-aws-dr",
		program: "provider",
		files:   []string{"package/provider/crossplane.yaml", "package/provider/crds/*.yaml"},
		roots:   true,
	},
	{
		name:  "configuration-dr",
		files: []string{metadata, "apis/*/definition.yaml", "apis/*/composition.yaml"},
	},
}

// A definition says what a package is made of.
type definition struct {
	name string

	// program is the folder of the program that the package runs, and what it is
	// called in the image. Empty for a package that runs nothing.
	program string

	// files are patterns of what goes into the package, one of which must match
	// its crossplane.yaml.
	files []string

	// roots says that the program calls servers on the internet.
	roots bool
}

// options say what to build, and where.
type options struct {
	// repository is the folder of the sources.
	repository string

	// output is the folder for the packages.
	output string

	// version is what the programs call themselves.
	version string

	// architectures to build packages with programs for, by Go's names.
	architectures []string

	// progress is told what was built.
	progress io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)

	err := run(ctx, os.Args[1:], os.Stdout)

	stop()

	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run builds the packages that the command line asks for.
func run(ctx context.Context, args []string, progress io.Writer) error {
	flags := flag.NewFlagSet("build", flag.ContinueOnError)
	repository := flags.String("repository", ".", "`folder` of the sources")
	output := flags.String("output", "_output/package", "`folder` for the packages")
	version := flags.String("version", "dev", "what the programs call themselves")
	architectures := flags.String("arch", "amd64,arm64", "`architectures` to build for")

	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("cannot read the command line: %w", err)
	}

	o := options{version: *version, architectures: strings.Split(*architectures, ","), progress: progress}

	var err error
	if o.repository, err = filepath.Abs(*repository); err != nil {
		return fmt.Errorf("cannot find the sources: %w", err)
	}

	if o.output, err = filepath.Abs(*output); err != nil {
		return fmt.Errorf("cannot find the folder for the packages: %w", err)
	}

	for i := range packages {
		if names := flags.Args(); len(names) > 0 && !slices.Contains(names, packages[i].name) {
			continue
		}

		if err := o.build(ctx, &packages[i]); err != nil {
			return fmt.Errorf("cannot build %s: %w", packages[i].name, err)
		}
	}

	return nil
}
