#!/bin/sh
# Runs in a cell after setup: keeps what setup made beside the files of the tree, removes the rest.
# Prints, each ended by a zero byte: its size in KiB and its number of files, then the paths that
# setup made; a folder's ends with a slash.
# usage: keep.sh TREEISH MOST    (GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE are in the environment)
# MOST is how many paths there may be.
set -eu
cd /work
chmod -R u+rwX tree shared
git read-tree "$1"
git ls-files -z --others --directory --no-empty-directory >/tmp/made
count=$(tr -cd '\0' </tmp/made | wc -c)
if [ "$count" -gt "$2" ]; then
  echo "setup made $count files and folders beside each other, $2 is the most"
  exit 1
fi
# Made here, where no setup ever was: whatever were there already would be somebody's trap.
mkdir kept kept/tree
cd tree
xargs -0 -r -n 1 /bin/sh "$(dirname "$0")/keep-place.sh" /work/kept/tree </tmp/made
cd ..
mv -T shared kept/shared
chmod -R a+rX kept
find tree scratch -mindepth 1 -delete
printf '%s %s\0' "$(du -sk kept | cut -f1)" "$(find kept ! -type d | wc -l)"
cat /tmp/made
