#!/bin/sh
# Runs in a cell: makes a tree hold private copies of what setup made, in place of whatever is there.
# usage: lend-copies.sh SET TREE [PATH...]
set -eu
set_of=$1
cd "$2"
shift 2
for place in "$@"; do
  folder=$(dirname "./$place")
  at=.
  for part in $(echo "$folder" | tr / ' '); do :; done
  rm -rf "./$place" 2>/dev/null || { chmod -R u+rwX "./$place"; rm -rf "./$place"; }
  mkdir -p "$folder"
  cp -a --reflink=auto "$set_of/$place" "./$place"
done
