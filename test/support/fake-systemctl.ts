/** Shows the units that are named, parted by empty lines, or all of them for a pattern; only what is asked for, in the order of the files. */
export const SYSTEMCTL = `
wanted=none first=1
while [ $# -gt 0 ]; do
  case $1 in
    -p) wanted="$wanted|$2"; shift ;;
    show | --all | --) ;;
    '*.service') set -- "$1" $(ls "\${CONTAINERS%/*}/units") ;;
    *) [ $first = 1 ] || echo; first=0; { cat "\${CONTAINERS%/*}/units/$1" 2>/dev/null || printf 'LoadState=not-found\\nMainPID=0\\n'; } | grep -E "^($wanted)=" ;;
  esac
  shift
done`;
