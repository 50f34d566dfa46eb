#!/bin/sh
# Runs on the host in place of a cell, where none can be made and none was asked for: gives a command
# a private folder for its home and its temporary files, and removes it. Nothing is kept apart by it.
# What it leaves running is found by the mark: in its arguments here, in its environment below.
# usage: plain.sh FACTORY_CELL MARK FOLDER STATUS DIRECTORY COMMAND...
# STATUS is the descriptor that is told how the command ended, as bubblewrap tells it; or a dash.
set -u
folder=$3 status=$4 directory=$5
shift 5
clear() { rm -rf "$folder" 2>/dev/null || { chmod -R u+rwX "$folder"; rm -rf "$folder"; }; }
clear
(umask 077 && mkdir -p "$folder/home" "$folder/tmp") || exit 70
cd "$directory" || exit 70
if [ "$status" = - ]; then
  /usr/bin/setpriv --pdeathsig KILL --no-new-privs "$@"
else
  /usr/bin/setpriv --pdeathsig KILL --no-new-privs "$@" 3>&-
fi
code=$?
cd / && clear
[ "$status" = - ] || printf '{ "exit-code": %s }\n' "$code" >&3
exit "$code"
