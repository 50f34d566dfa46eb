#!/bin/sh
# Runs in a cell: prints how many kibibytes and how many files folders hold together, each on its
# own file system. What comes and goes meanwhile does not matter.
# usage: measure.sh FOLDER...
set -u
du -skxc "$@" 2>/dev/null | tail -n 1 | cut -f1
du -sxc --inodes "$@" 2>/dev/null | tail -n 1 | cut -f1
