#!/bin/sh
# Runs in a cell after setup: keeps what setup made beside the files of the tree, prints its paths
# (each ended by a zero byte; folders by a slash before it), removes the rest.
# usage: keep.sh TREEISH MAKING    (GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE are in the environment)
# MAKING holds tree/, shared/ and scratch/; what is kept moves to kept/.
set -eu
making=$2
cd "$GIT_WORK_TREE"
git read-tree "$1"
git -c core.quotePath=false ls-files -z --others --directory --no-empty-directory >/tmp/made
mkdir "$making/kept"
chmod -R u+rwX "$GIT_WORK_TREE" "$making/shared"
cd "$making/tree"
xargs -0 -r -n 1 sh -c 'mkdir -p "$0/$(dirname "$1")" && mv -- "$1" "$0/$1"' "$making/kept" </tmp/made
cd "$making"
chmod -R a+rX kept shared
find tree scratch -mindepth 1 -delete
cat /tmp/made
