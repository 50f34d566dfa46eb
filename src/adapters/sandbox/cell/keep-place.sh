#!/bin/sh
# Runs in a cell, in a tree: moves one thing that setup made to the same place below another folder.
# A link on the way there would lead out of either; nothing else may stand where a folder is said to be.
# usage: keep-place.sh KEPT PLACE    (a folder's PLACE ends with a slash)
set -eu
kept=$1
place=${2%/}
refuse() {
  echo "setup made $1 where the way to $place is"
  exit 255 # So that no further place is tried.
}
at=
rest=$place
while [ "$rest" != "${rest#*/}" ]; do
  at=$at${rest%%/*}/
  rest=${rest#*/}
  for parent in "./${at%/}" "$kept/${at%/}"; do
    if [ -L "$parent" ]; then refuse "a link"; fi
  done
done
if [ "$place" != "$2" ] && { [ -L "./$place" ] || [ ! -d "./$place" ]; }; then refuse "no folder"; fi
if [ -L "$kept/$place" ] || [ -e "$kept/$place" ]; then refuse "two things"; fi
if [ -n "$at" ]; then mkdir -p "$kept/$at"; fi
mv -T -- "./$place" "$kept/$place"
