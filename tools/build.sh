#!/usr/bin/env bash
# Builds the tools named on the command line, at the versions that tools/*.mod
# pin, and links each as .tools/bin/NAME. Does nothing for a tool that is there
# already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# version MODFILE MODULE prints the version of a module that a modfile pins.
version() {
  awk -v module="$2" '$1 == module && $2 ~ /^v/ { print $2; exit }' "$1"
}

# kubernetes_version prints the ldflags that tell Kubernetes its own version:
# without them it is v0.0.0, and kubectl warns about every other one.
kubernetes_version() {
  local all major minor
  all=$(version "$modfile" k8s.io/kubernetes)
  IFS=. read -r major minor _ <<<"${all#v}"
  echo "-X k8s.io/component-base/version.gitVersion=$all" \
    "-X k8s.io/component-base/version.gitMajor=$major" \
    "-X k8s.io/component-base/version.gitMinor=$minor"
}

# describe NAME says how a tool is built: its modfile, package and ldflags.
describe() {
  modfile=tools/crossplane.mod
  ldflags='-s -w'
  case $1 in
    crossplane-core)
      package=github.com/crossplane/crossplane/v2/cmd/crossplane
      ldflags+=" -X github.com/crossplane/crossplane-runtime/v2/pkg/version.version=$(version "$modfile" github.com/crossplane/crossplane/v2)"
      # The RBAC manager has no flag for it, and two could not run on one machine.
      ldflags+=' -X sigs.k8s.io/controller-runtime/pkg/metrics/server.DefaultBindAddress=127.0.0.1:0'
      about='2 minutes'
      ;;
    crossplane)
      package=github.com/crossplane/cli/v2/cmd/crossplane
      ldflags+=" -X github.com/crossplane/crossplane-runtime/v2/pkg/version.version=$(version "$modfile" github.com/crossplane/cli/v2)"
      about='1 minute'
      ;;
    kube-apiserver | kube-controller-manager | kubectl)
      package=k8s.io/kubernetes/cmd/$1
      ldflags+=" $(kubernetes_version)"
      about='2 minutes'
      ;;
    etcd)
      package=go.etcd.io/etcd/server/v3
      about='1 minute'
      ;;
    golangci-lint)
      modfile=tools/dev.mod
      package=github.com/golangci/golangci-lint/v2/cmd/golangci-lint
      about='3 minutes'
      ;;
    controller-gen)
      modfile=tools/dev.mod
      package=sigs.k8s.io/controller-tools/cmd/controller-gen
      about='1 minute'
      ;;
    cyclonedx-gomod)
      modfile=tools/sbom.mod
      package=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
      about='1 minute'
      ;;
    *)
      echo "tools/build.sh: cannot build \"$1\": no such tool" >&2
      return 1
      ;;
  esac
}

# checksum prints the SHA-256 of its input; macOS has shasum only.
checksum() {
  { sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-16
}

# compile TARGET builds what describe described. It says every 15 seconds that
# it still runs: a cold build takes minutes and is silent otherwise.
compile() {
  local start=$SECONDS next=15
  target=$1
  CGO_ENABLED=0 go build -modfile="$modfile" -trimpath -ldflags="$ldflags" -o "$target" "$package" &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; rm -f "$target"' EXIT
  trap 'exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    if ((SECONDS - start >= next)); then
      echo "  still building after $((SECONDS - start)) s"
      next=$((next + 15))
    fi
  done
  wait "$pid"
  trap - EXIT INT TERM
  echo "  built in $((SECONDS - start)) s"
}

# build NAME makes .tools/bin/NAME current.
build() {
  local name=$1 sum folder old
  describe "$name"
  sum=$( (cat "$modfile" "${modfile%.mod}.sum" && echo "$ldflags" && go version) | checksum)
  folder=.tools/$sum

  if [[ ! -x $folder/$name ]]; then
    echo "building $name (about $about the first time) ..."
    mkdir -p "$folder"
    compile "$folder/.$name.$$"
    # Two builds may run at once: a rename never shows half a binary.
    mv -f "$folder/.$name.$$" "$folder/$name"
  fi

  mkdir -p .tools/bin
  if [[ $(readlink ".tools/bin/$name") != "../$sum/$name" ]]; then
    ln -sf "../$sum/$name" ".tools/bin/.$name.$$"
    mv -f ".tools/bin/.$name.$$" ".tools/bin/$name"
  fi

  for old in .tools/*/"$name"; do
    if [[ $old != "$folder/$name" && $old != ".tools/bin/$name" ]]; then
      rm -f "$old"
      rmdir "$(dirname "$old")" 2>/dev/null || true
    fi
  done
}

if (($# == 0)); then
  echo "usage: tools/build.sh TOOL..." >&2
  exit 2
fi
for name in "$@"; do
  build "$name"
done
