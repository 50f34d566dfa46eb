#!/bin/sh
# Runs in a cell: stages every change of the work tree into a private index and object folder, then
# prints the tree's name, a newline, and a pack of what BASE does not have.
# usage: stage.sh BASE            (GIT_* are in the environment; objects go to GIT_OBJECT_DIRECTORY)
set -eu
cd "$GIT_WORK_TREE"
mkdir -p "$GIT_OBJECT_DIRECTORY"
base=$(git rev-parse --verify --quiet --end-of-options "$1^{tree}") || {
  echo "stage: $1 names no tree here" >&2
  exit 66
}
git read-tree "$base"
git add --all -- . >&2
tree=$(git write-tree)
echo "$tree"
printf '%s\n^%s\n' "$tree" "$base" | git pack-objects --revs --stdout --quiet --threads=1
