#!/bin/sh
# Runs in a cell in front of the one that gets dependencies: makes the places where they are shown.
# A place that an agent took with something else than folders is cleared first: a link there would
# lead whoever mounts at it out of the tree.
# usage: lend-places.sh TREE [PATH...]
set -eu
cd "$1"
shift
for place in "$@"; do
  at=.
  rest=$place
  while [ -n "$rest" ]; do
    at=$at/${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
    if [ -L "$at" ] || { [ -e "$at" ] && [ ! -d "$at" ]; }; then rm -f "$at"; fi
    [ -d "$at" ] || mkdir "$at"
  done
  chmod u+rwx "$at"
done
