# Runs on the host as root, in a mount namespace of its own: shows a folder at another place, with
# everything that belongs to one user as if it belonged to another. Nothing on disk changes.
# usage: idmap.pl FROM_UID TO_UID FOLDER PLACE          (mount_setattr(2), "ID-mapped mounts")
use strict;
use warnings;

# Numbers from 424 on are the same on every architecture.
use constant { OPEN_TREE => 428, MOVE_MOUNT => 429, MOUNT_SETATTR => 442 };
use constant { AT_FDCWD => -100, AT_EMPTY_PATH => 0x1000, MOUNT_ATTR_IDMAP => 0x100000 };
use constant { OPEN_TREE_CLONE => 1, O_CLOEXEC => 0x80000, MOVE_MOUNT_F_EMPTY_PATH => 4 };

my ($from, $to, $folder, $place) = @ARGV;
my $empty = "";

# The map lives in a user namespace, and that in a process, for as long as it is being handed over.
my $holder = open(my $map, "-|", "/usr/bin/unshare", "--user", "/bin/sh", "-c", "echo; exec sleep 60")
  or die "idmap: no user namespace: $!\n";
defined readline($map) or die "idmap: no user namespace\n";
for my $kind ("uid", "gid") {
  open(my $file, ">", "/proc/$holder/${kind}_map") or die "idmap: $kind map: $!\n";
  syswrite($file, "$from $to 1\n") or die "idmap: $kind map: $!\n";
}
open(my $namespace, "<", "/proc/$holder/ns/user") or die "idmap: namespace: $!\n";

my $tree = syscall(OPEN_TREE, AT_FDCWD, $folder, OPEN_TREE_CLONE | O_CLOEXEC);
die "idmap: $folder: $!\n" if $tree < 0;
my $attributes = pack("Q4", MOUNT_ATTR_IDMAP, 0, 0, fileno($namespace));
syscall(MOUNT_SETATTR, $tree, $empty, AT_EMPTY_PATH, $attributes, length($attributes)) == 0
  or die "idmap: this file system knows no maps: $!\n";
syscall(MOVE_MOUNT, $tree, $empty, AT_FDCWD, $place, MOVE_MOUNT_F_EMPTY_PATH) == 0
  or die "idmap: $place: $!\n";
kill("KILL", $holder);
close($map);
