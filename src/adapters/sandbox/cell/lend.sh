#!/bin/sh
# Runs on the host, around a cell, in a mount namespace of its own that ends with it: shows a set of
# dependencies below a writable layer, so that whatever the cell writes stays in that layer.
# usage: lend.sh LOWER MAPPED UPPER WORK MERGED OPTIONS FROM_UID TO_UID COMMAND...
# MAPPED is where LOWER is shown as TO_UID's when it is FROM_UID's; OPTIONS end the mount's own.
set -eu
lower=$1 mapped=$2 upper=$3 work=$4 merged=$5 options=$6 from=$7 to=$8
shift 8
if [ "$from" != "$to" ]; then
  /usr/bin/perl "$(dirname "$0")/idmap.pl" "$from" "$to" "$lower" "$mapped"
  lower=$mapped
fi
# Left by a host that went down: what is in it is not trusted, and kept by nobody.
rm -rf "$work/work"
mount -t overlay factory -o "lowerdir=$lower,upperdir=$upper,workdir=$work$options" "$merged"
# The cell's mounts are made from what is below, and their maker follows links: one on the way would
# lead anywhere on this host. Nobody writes above the places while a cell of them lives.
for source in "$@"; do
  case $source in "$merged"/*) ;; *) continue ;; esac
  at=$merged
  rest=${source#"$merged"/}/
  while [ -n "$rest" ]; do
    at=$at/${rest%%/*}
    rest=${rest#*/}
    if [ -L "$at" ]; then
      echo "lend: $at is a link" >&2
      exit 66
    fi
  done
done
exec "$@"
