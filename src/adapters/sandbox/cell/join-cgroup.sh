#!/bin/sh
# Runs on the host as root, around a cell: makes the cell's control groups and sets their limits;
# the cell's process enters them and becomes the rest of the arguments; they go when it has ended.
# Killed itself, it takes the cell along (bubblewrap dies with its parent) and leaves empty groups,
# which the next cell sweeps.
# usage: join-cgroup.sh PIDS_DIR PIDS_FILE PIDS MEMORY_DIR MEMORY_FILE BYTES COMMAND...
set -u
pids=$1 pids_file=$2 most_pids=$3 memory=$4 memory_file=$5 most_bytes=$6
shift 6

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
  enter "$pids" "$pids_file" "$most_pids"
  enter "$memory" "$memory_file" "$most_bytes"
  exec "$@"
)
code=$?

for attempt in 1 2 3 4 5 6 7 8 9 10; do
  rmdir "$memory" "$pids" 2>/dev/null
  [ -d "$memory" ] || [ -d "$pids" ] || break
  sleep 0.01
done

exit "$code"
