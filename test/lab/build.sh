# Trees: what machines are copies of. A tree is a Debian as its packages leave it, and a layer over it with the application.

# The mirror that this host takes its own packages from, or mmdebstrap's own choice where that can't be told.
archive() {
  # shellcheck disable=SC2016 # it is apt-get that expands
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk '/\/debian\/?$/ && !found { sub(/\/$/, ""); print; found = 1 }'
}
ARCHIVE=${ACTION_TUNE_LAB_ARCHIVE:-$(archive || true)}
# Nobody reads them in a machine, and they are a third of all files.
LEFT_OUT=(--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
  --dpkgopt='path-exclude=/usr/share/info/*')
# A container has no use for them, or would be kept busy by them at a time of their own choice.
MASKED=(systemd-modules-load.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer)

# packages_of SUITE: separated by commas.
packages_of() {
  sed -E "/^#/d; s/^$1: //; /^[a-z]+: /d" "$LAB/machine/packages" | tr -s ' \n' ',' | sed 's/,$//'
}

short_hash() { sha256sum | cut -c1-12; }

debian_of() { printf '%s/debian/%s-%s' "$CACHE" "$1" "$(packages_of "$1" | short_hash)"; }

# tree_of SUITE: the folder of the tree, named for everything that goes into it.
tree_of() {
  printf '%s/trees/%s-%s' "$CACHE" "$1" "$(
    {
      packages_of "$1"
      cd "$LAB" && find app machine build.sh -type f ! -path '*/__pycache__/*' -print0 | sort -z | xargs -0 sha256sum
    } | short_hash
  )"
}

build() {
  local suite=$1 tree debian
  case $suite in trixie | bookworm) ;; *) die "no suite: $suite; there are trixie and bookworm" ;; esac
  tree=$(tree_of "$suite")
  debian=$(debian_of "$suite")
  mkdir -p "$CACHE/debian" "$CACHE/trees"
  (
    flock 9
    [ -d "$debian" ] || build_debian "$suite" "$debian"
    [ -d "$tree" ] || { build_tree "$suite" "$debian" "$tree"; sweep "$suite"; }
  ) 9>"$CACHE/$suite.lock"
  printf '%s\n' "$tree"
}

build_debian() {
  local suite=$1 debian=$2
  say "$suite: installing Debian's packages"
  rm -rf --one-file-system "$debian.part"
  mmdebstrap --quiet --variant=minbase "${LEFT_OUT[@]}" --dpkgopt=force-unsafe-io --aptopt='Acquire::Retries "3"' \
    --include="$(packages_of "$suite")" "$suite" "$debian.part" ${ARCHIVE:+"$ARCHIVE"} 9>&- >&2
  mv -T "$debian.part" "$debian"
}

# The machine that the tree is made in is run once, by the same means as its copies.
build_tree() {
  local suite=$1 debian=$2 tree=$3 part=$3.part name=build-$$
  say "$suite: installing the application"
  [ ! -d "$part" ] || remove_folder "$part"
  mkdir -p "$part/upper" "$part/docker"
  printf '%s\n' "$debian" >"$part/lower"
  identity $$ >"$part/owner"
  dress "$part/upper"
  furnish "$part" "$name"
  start "$part" 9>&-
  within "$part" sh /usr/local/share/lab/setup.sh </dev/null >&2 ||
    die "$suite: the application could not be installed; $part/log, and lab remove --all"
  power_off "$part"
  halt "$part"
  remove_netns "$(netns_of "$name")"
  (cd "$part" && rm -rf work merged home name owner pid cgroups log)
  mv -T "$part" "$tree"
}

# dress UPPER: the files of ours that the machine needs before its first boot.
dress() (
  umask 022
  mkdir -p "$1/root/Action" "$1/usr/local/share/lab" "$1/etc/systemd/system/multi-user.target.wants"
  cp -r "$LAB/machine/root/." "$1/"
  cp -r "$LAB/app/." "$1/root/Action/"
  cp "$LAB"/machine/{setup.sh,docker-compose.baked.yml} "$1/usr/local/share/lab/"
  ln -s ../lab-cgroups.service "$1/etc/systemd/system/multi-user.target.wants/"
  for unit in "${MASKED[@]}"; do ln -s /dev/null "$1/etc/systemd/system/$unit"; done
)

# sweep SUITE: the trees, and then the Debians, that nobody used for a week and nothing is a copy of.
sweep() {
  local old
  find "$CACHE"/trees "$CACHE"/debian -mindepth 1 -maxdepth 1 -name "$1-*" -mtime +7 | sort -r | while read -r old; do
    grep -qsF "$old" "$MACHINES"/*/lower "$CACHE"/trees/*/lower || rm -rf "$old"
  done
}
