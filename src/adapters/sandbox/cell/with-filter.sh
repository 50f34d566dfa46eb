#!/bin/sh
# Runs on the host, around a cell: opens the filter of system calls for bubblewrap, which reads it
# from descriptor 9.
# usage: with-filter.sh FILTER_FILE COMMAND...
set -u
exec 9<"$1"
shift
exec "$@"
