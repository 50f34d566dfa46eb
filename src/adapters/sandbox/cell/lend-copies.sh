#!/bin/sh
# Runs in a cell: gives a tree private copies of what setup made, in place of whatever is there.
# usage: lend-copies.sh TREE KEPT [GONE...] -- [PATH...]
# GONE are paths of an earlier hand-out; where /work/lent is bound, it gets the shared folder.
set -eu
cd "$1"
kept=$2
shift 2
clear() { rm -rf "$1" 2>/dev/null || { chmod -R u+rwX "$1" && rm -rf "$1"; }; }
while [ "$1" != -- ]; do
  clear "./$1"
  shift
done
shift
for place in "$@"; do
  clear "./$place"
  mkdir -p "$(dirname "./$place")"
  cp -a --reflink=auto "$kept/tree/$place" "./$place"
done
[ -d /work/lent ] || exit 0
clear /work/lent/shared
cp -a --reflink=auto "$kept/shared" /work/lent/shared
