#!/bin/sh
# Runs on the host as root, in the process that becomes the cell: makes the cell's control group,
# sets its limits, enters it and becomes the rest of the arguments.
# usage: join-cgroup.sh PIDS_DIR PIDS_FILE PIDS MEMORY_DIR MEMORY_FILE BYTES COMMAND...
set -u
join() {
  # A sweep of empty groups may remove ours between these lines, so it is made again.
  for attempt in 1 2 3 4 5; do
    mkdir -p "$1" 2>/dev/null && echo "$3" 2>/dev/null >"$1/$2" &&
      echo $$ 2>/dev/null >"$1/cgroup.procs" && return 0
  done
  echo "join-cgroup: cannot enter the control group $1" >&2
  exit 70
}
join "$1" "$2" "$3"
join "$4" "$5" "$6"
shift 6
exec "$@"
