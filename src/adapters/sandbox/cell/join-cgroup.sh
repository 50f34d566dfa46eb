#!/bin/sh
# Runs on the host, around a cell: makes the cell's control groups and sets their limits; the cell's
# process enters them and becomes the rest of the arguments; they go when it has ended. Killed
# itself, it takes the cell along (bubblewrap dies with its parent) and leaves empty groups, which
# the next cell sweeps.
# usage: join-cgroup.sh {GROUP_DIR LIMIT_FILE LIMIT}... -- COMMAND...
set -u

enter() {
  # A sweep of empty groups may remove ours between these lines, so it is made again.
  for attempt in 1 2 3 4 5; do
    mkdir -p "$1" 2>/dev/null && echo "$3" 2>/dev/null >"$1/$2" &&
      echo 0 2>/dev/null >"$1/cgroup.procs" && return 0
  done
  echo "join-cgroup: cannot enter the control group $1" >&2
  exit 70
}

(
  while [ "$1" != -- ]; do
    enter "$1" "$2" "$3"
    shift 3
  done
  shift
  exec "$@"
)
code=$?

groups=
while [ "$1" != -- ]; do
  groups="$1 $groups"
  shift 3
done
# The last word about a life that the kernel ended: it is on its screen (src/host/end-of-life.ts).
for group in $groups; do
  grep -qs '^oom_kill [1-9]' "$group/memory.events" "$group/memory.oom_control" &&
    echo "cell: out of memory" >&2
done
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for group in $groups; do
    rmdir "$group" 2>/dev/null
    [ -d "$group" ] && left=yes
  done
  [ -z "$left" ] && break
  sleep 0.01
done

exit "$code"
