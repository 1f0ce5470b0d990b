#!/usr/bin/env bash
# run.sh FOLDER NETNS: runs the machine. It is called in a mount namespace of its own, so its mounts end with it.
set -euo pipefail
folder=$1 netns=$2

while read -r cgroup; do
  echo $$ >"$cgroup/cgroup.procs"
done <"$folder/cgroups"

# volatile: a throw-away machine need not wait for the disk.
mount -t overlay -o "lowerdir=$(cat "$folder/lower"),upperdir=$folder/upper,workdir=$folder/work,volatile" lab "$folder/merged"

# --keep-unit: it stays in the cgroups it was put in. 133: it was rebooted from within.
status=133
while [ "$status" = 133 ]; do
  status=0
  systemd-nspawn --quiet --boot --directory="$folder/merged" --machine="$(cat "$folder/name")" \
    --network-namespace-path="/run/netns/$netns" --register=no --keep-unit --link-journal=no --resolv-conf=off --timezone=off \
    --capability=all --system-call-filter='add_key keyctl bpf' --console=pipe --bind="$folder/docker:/var/lib/docker" || status=$?
done
exit "$status"
