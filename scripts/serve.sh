# serve: build and start the server; --demo loads the founding case through the public API.

serve() {
  local demo='' address=${MEMSCOPE_URL:-http://127.0.0.1:5220} db=${MEMSCOPE_DB:-} arguments=()
  while [ $# -gt 0 ]; do
    case "$1" in
      --demo) demo=1; shift; continue ;;
      --help | -h) usage; exit 0 ;;
      --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    esac
    case "$1" in
      --port | --data | --db | --keep | --keep-text | --urls | --host-name) [ $# -gt 1 ] || die "$1 needs a value" ;;
      *) die "unknown argument of serve: $1 (see ./memscope help)" ;;
    esac
    case "$1" in
      --port) address=http://127.0.0.1:$2 ;;
      --urls) address=$2 ;;
      --db) db=$2 ;;
    esac
    arguments+=("$1" "$2")
    shift 2
  done
  address=${address%%;*}
  address=${address/0.0.0.0/127.0.0.1}
  if answers "$address"; then die "$address is in use: choose another port with --port"; fi
  [ -z "$demo" ] || [ "${address##*:}" != 0 ] || die "--demo needs a port of its own: give --port"
  [ -n "$db" ] || need_postgres
  build_web
  [ -z "$demo" ] || build_agent
  hint_symbol_tools
  hint_libzstd

  if [ -n "$demo" ]; then
    # Detached, so that this process can become the server and get its signals directly.
    (load_demo "$address" $$ &)
  fi
  exec dotnet "$web_dll" "${arguments[@]}"
}

# answers ADDRESS: whether anything listens there.
answers() {
  local place=${1#*://}
  place=${place%%/*}
  [ "${place##*:}" != 0 ] && (exec 3<>"/dev/tcp/${place%:*}/${place##*:}") 2>/dev/null
}

# load_demo ADDRESS SERVER_PID: the agent waits for the server; what was loaded before is recognised and not stored twice.
load_demo() {
  local address=$1 server=$2 case="$root/demo/ucx-leak" page
  until answers "$address"; do
    kill -0 "$server" 2>/dev/null || return 0
    sleep 0.3
  done
  dotnet "$agent_dll" symbols "$case/ucx_leak" --server "$address" >/dev/null 2>&1 || say "the demo's symbols were refused"
  page=$(agent_upload 32305 decode "$case"/{smaps,status}.tar.gz "$case"/pmap-x.log.gz) || say "a file of the demo was refused"
  # bpftrace prints time since boot. Where each chunk that it saw being mapped first shows in the snapshots tells the wall time of its first event within 25 ms.
  agent_upload 32305 decode "$case"/bt.txt.gz --taken-at 2026-11-20T15:41:05.92Z >/dev/null || say "a file of the demo was refused"
  agent_upload 32305 decode "$case"/bt2.txt.gz --taken-at 2026-11-20T15:41:49.8Z >/dev/null || say "a file of the demo was refused"
  agent_upload 18307 decode-traced "$case"/second-run/{smaps,status}.tar.gz "$case"/second-run/{strace,gdb}.txt.gz >/dev/null || say "a file of the demo was refused"
  [ -z "$page" ] || say "the founding case is loaded: ${page%%$'\n'*}"
}

# agent_upload PID ROLE FILE...: the addresses of the pages on standard output.
agent_upload() {
  local pid=$1 role=$2
  shift 2
  dotnet "$agent_dll" upload "$@" --server "$address" --host debian12 --pid "$pid" --label "role=$role"
}
