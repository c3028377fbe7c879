# Bare make prints what there is to make.
.DEFAULT_GOAL := help

SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# How long make fuzz runs each fuzz target.
FUZZTIME ?= 30s

# How long the tests of one package may take, on a slow machine, too.
TIMEOUT ?= 60m

# Which example make render shows.
EXAMPLE ?= examples/postgresql

# What make preview shows: files of yours, or else the PostgreSQL example as it
# is at home. OBSERVED and REQUIRED may name several files or folders.
ifndef XR
COMPOSITION ?= apis/postgresqlinstances/composition.yaml
XRD ?= apis/postgresqlinstances/definition.yaml
OBSERVED ?= examples/postgresql/2-failover/observed.yaml
REQUIRED ?= examples/postgresql/1-home/failovertarget.yaml examples/postgresql/1-home/secrets.yaml
AT ?= 2026-11-20T09:14:00Z
endif
XR ?= examples/postgresql/xr.yaml
PREVIEW = -xr '$(XR)' -composition '$(COMPOSITION)' \
	$(if $(XRD),-xrd '$(XRD)') $(if $(FUNCTIONS),-functions '$(FUNCTIONS)') $(foreach f,$(OBSERVED),-o '$(f)') \
	$(foreach f,$(REQUIRED),-e '$(f)') $(if $(SCHEMAS),-s '$(SCHEMAS)') $(if $(TO),-to '$(TO)') $(if $(AT),-at '$(AT)')

# Which region of the demo goes dark.
REGION ?= us-east-1

# The program behind make demo.
DEMO := _output/bin/demo

# What the programs in the packages call themselves, and where they run.
VERSION ?= dev
ARCH ?= amd64,arm64

# The other modules: programs whose dependencies are none of the product's.
MODULES := e2e package/build

LINT := .tools/bin/golangci-lint
# A cache of this checkout's own: what is cached names files by their path, and a
# finding in a file of another checkout escapes every exemption.
export GOLANGCI_LINT_CACHE := $(CURDIR)/_output/lint
# What a control plane is made of.
CONTROL_PLANE := etcd kube-apiserver kube-controller-manager kubectl crossplane-core crossplane
CONTROLLER_GEN := .tools/bin/controller-gen
RECOVERY_SCHEMA := apis/recovery/v1alpha1/zz_generated.recovery.yaml

.PHONY: help
help: ## Print this help.
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use

.PHONY: render
render: ## Render EXAMPLE (examples/postgresql) through the real Crossplane.
	@tools/build.sh crossplane-core crossplane
	CGO_ENABLED=0 go run -trimpath ./examples/render $(EXAMPLE)

.PHONY: preview
preview: ## Show what a failover TO a region would do to your XR: XR=, COMPOSITION=, OBSERVED=, REQUIRED= (docs/preview.md).
	@tools/build.sh crossplane-core crossplane
	@CGO_ENABLED=0 go run -trimpath ./examples/render preview $(PREVIEW)

.PHONY: test
test: ## Run the tests. Those of the examples run the real Crossplane, built first.
	@tools/build.sh crossplane-core crossplane
	go test -timeout=$(TIMEOUT) ./...
	go test -C package/build -timeout=$(TIMEOUT) ./...

.PHONY: package
package: ## Build the packages into _output/package, for ARCH (amd64,arm64).
	@tools/build.sh crossplane
	go run -C package/build . -repository=$(CURDIR) -output=$(CURDIR)/_output/package -version=$(VERSION) -arch=$(ARCH)

.PHONY: sbom
sbom: ## List what the programs in the packages are made of, as CycloneDX, into _output/package.
	@tools/build.sh cyclonedx-gomod
	@mkdir -p _output/package
	for program in function provider; do \
		CGO_ENABLED=0 GOOS=linux GOFLAGS= .tools/bin/cyclonedx-gomod app -json -std -licenses -noserial -notimestamp \
			-main $$program -output _output/package/$$(awk '$$1 == "name:" {print $$2; exit}' package/$$program/crossplane.yaml).cdx.json . ; \
	done

.PHONY: e2e
e2e: ## Run the end-to-end tests: a real API server and Crossplane, as processes on this machine.
	@tools/build.sh $(CONTROL_PLANE)
	@$(MAKE) --no-print-directory package ARCH=$$(go env GOARCH)
	@# One test package at a time shows its progress while it runs. The tests have
	@# limits of their own, which say what they waited for.
	go test -C e2e -count=1 -p 1 -timeout=$(TIMEOUT) -v ./...

.PHONY: demo
demo: ## Fail over on your machine: a control plane to try it on (AUTO=1 plays it all, and ends).
	@tools/build.sh $(CONTROL_PLANE)
	@tools/patiently.sh "the packages" $(MAKE) --no-print-directory package ARCH=$$(go env GOARCH)
	@$(MAKE) --no-print-directory $(DEMO)
	@exec $(DEMO) $(if $(AUTO),-auto)

.PHONY: $(DEMO)
$(DEMO):
	@CGO_ENABLED=0 tools/patiently.sh "the demo" go build -C e2e -trimpath -o $(CURDIR)/$@ ./demo

.PHONY: outage outage-over
outage: ## Let a region of the demo that runs answer no more: REGION (us-east-1).
outage-over: ## Let it answer again.
outage outage-over:
	@[[ -x $(DEMO) ]] || { echo "No demo runs here: start it with make demo." >&2; exit 1; }
	@$(DEMO) $@ $(REGION)

.PHONY: check
check: check-tidy check-generate lint test check-clean ## Run what CI runs, but for e2e, on a committed tree.

##@ Change

.PHONY: generate
generate: ## Generate code, CRDs and schemas from the Go types.
	@tools/build.sh controller-gen
	@# The CRD of a kind that is gone must not stay.
	@rm -f package/function/input/*.yaml package/provider/crds/*.yaml
	$(CONTROLLER_GEN) object paths=./apis/...
	$(CONTROLLER_GEN) crd paths=./apis/function/... output:crd:dir=package/function/input
	$(CONTROLLER_GEN) crd paths=./apis/aws/... output:crd:dir=package/provider/crds
	$(CONTROLLER_GEN) crd paths=./apis/recovery/v1alpha1 output:stdout | go run ./apis/recovery/v1alpha1/gen > $(RECOVERY_SCHEMA).tmp
	@mv $(RECOVERY_SCHEMA).tmp $(RECOVERY_SCHEMA)
	go run ./apis/recovery/v1alpha1/gen apis/*/definition.yaml examples/*/definition.yaml
	go generate ./...

.PHONY: golden
golden: ## Rewrite the expected output of the examples. Read the diff.
	@tools/build.sh crossplane-core crossplane
	go test ./function -run TestExamples -update
	go test ./examples/render -update

.PHONY: fmt
fmt: ## Format the code.
	@tools/build.sh golangci-lint
	$(LINT) fmt

.PHONY: lint
lint: ## Lint the code.
	@tools/build.sh golangci-lint
	$(LINT) run
	for module in $(MODULES); do (cd $$module && $(CURDIR)/$(LINT) run); done

.PHONY: bench
bench: ## Run the benchmarks.
	go test ./function/... -run '^$$' -bench . -benchmem

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (30s).
	@git grep --untracked -oE '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' | while IFS=: read -r file target; do \
		echo "go test ./$$(dirname "$$file") -fuzz $${target#func }"; \
		go test "./$$(dirname "$$file")" -run '^$$' -fuzz "^$${target#func }$$" -fuzztime $(FUZZTIME) < /dev/null; \
	done

##@ Parts of check

.PHONY: check-tidy
check-tidy: ## Check that go.mod and go.sum are tidy.
	go mod tidy -diff
	for module in $(MODULES); do go mod tidy -C $$module -diff; done

.PHONY: check-generate
check-generate: generate ## Check that what is generated is current.
	@$(MAKE) --no-print-directory check-clean

.PHONY: check-clean
check-clean: ## Check that the tree is clean: everything committed, nothing left behind.
	@git --no-pager diff --exit-code
	@left=$$(git status --porcelain); [[ -z $$left ]] || { printf 'not committed:\n%s\n' "$$left"; exit 1; }

##@ Rest

.PHONY: tools
tools: ## Build the tools into .tools/bin, at the versions in tools/*.mod.
	@tools/build.sh golangci-lint controller-gen $(CONTROL_PLANE)

.PHONY: clean
clean: ## Remove what was built, the tools too.
	rm -rf .tools _output
