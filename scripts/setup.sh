# What MemScope needs beside its sources: named when missing, installed when this is root on Debian or Ubuntu.

say() { printf '%s\n' "memscope: $*" >&2; }
die() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# need_packages "what for" package...
need_packages() {
  local why=$1
  shift
  if [ "$(id -u)" = 0 ] && have apt-get; then
    say "installing $* ($why)"
    export DEBIAN_FRONTEND=noninteractive
    if [ -z "${apt_updated:-}" ]; then apt-get update -qq >&2 && apt_updated=1; fi
    apt-get install -y -qq --no-install-recommends "$@" >&2 || die "could not install $* ($why)"
  elif have apt-get; then
    die "$why: missing. Install it with: sudo apt-get install -y --no-install-recommends $*"
  else
    die "$why: missing. On Debian and Ubuntu it comes with: apt-get install $*"
  fi
}

# Puts dotnet on the path.
find_dotnet() {
  if ! have dotnet; then
    local folder
    for folder in "${HOME:-/}/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
      if [ -x "$folder/dotnet" ]; then export PATH="$folder:$PATH"; break; fi
    done
  fi
  if ! have dotnet; then
    apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1 || die "the .NET 10 SDK is missing: https://dot.net/download"
    need_packages "the .NET 10 SDK" dotnet-sdk-10.0
  fi
}

# Sets sdk to the version that global.json chooses.
need_dotnet() {
  [ -z "${sdk:-}" ] || return 0
  find_dotnet
  sdk=$(cd "$root" && dotnet --version 2>/dev/null) || die "the .NET SDK does not fit global.json: version 10 is needed (https://dot.net/download)"
}

need_npm() {
  have npm || need_packages "npm, which restores the browser libraries" nodejs npm
}

need_postgres() {
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null && return
  have postgres && have initdb && return
  # Debian's package would start a server of its own on port 5432; MemScope runs a private one on a socket.
  if [ "$(id -u)" = 0 ] && have apt-get; then
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/memscope.conf
  fi
  need_packages "PostgreSQL's server (or give --db)" postgresql
}

need_chromium() {
  local browser
  for browser in "${MEMSCOPE_CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    # Ubuntu's chromium-browser is a script that only says that the snap is missing.
    if [ -n "$browser" ] && "$browser" --version >/dev/null 2>&1; then export MEMSCOPE_CHROMIUM=$browser; return; fi
  done
  need_packages "Chromium, which the browser tests drive (or set MEMSCOPE_CHROMIUM)" chromium
  export MEMSCOPE_CHROMIUM=/usr/bin/chromium
}

have_llvm() { have llvm-symbolizer || compgen -G '/usr/lib/llvm-*/bin/llvm-symbolizer' >/dev/null; }

# Stacks have names without them; source lines, inlined calls and readable C++ names come from binutils, or from LLVM's tools.
hint_symbol_tools() {
  have addr2line || have_llvm || say "note: no source lines and inlined calls without addr2line or llvm-symbolizer (apt-get install binutils)"
  have xz || say "note: no names from MiniDebugInfo (stripped files of Fedora and RHEL) without xz (apt-get install xz-utils)"
}

have_libzstd() {
  local pattern
  for pattern in '/lib/libzstd.so.1' '/lib64/libzstd.so.1' '/lib/*/libzstd.so.1' '/usr/lib*/libzstd.so.1' '/usr/lib/*/libzstd.so.1'; do
    compgen -G "$pattern" >/dev/null && return
  done
  ldconfig -p 2>/dev/null | grep -q 'libzstd\.so\.1'
}

# Debian and Ubuntu have it with dpkg. It is loaded when a .zst file comes.
hint_libzstd() {
  have_libzstd || say "note: .zst files (heaptrack writes them) are refused without libzstd (apt-get install libzstd1)"
}

# What some tests drive. They are skipped, with the reason, where it is missing and may not be installed.
want_test_tools() {
  local missing=()
  have addr2line || missing+=(binutils)
  have xz || missing+=(xz-utils)
  have zstd || missing+=(zstd)
  have_llvm || missing+=(llvm)
  have curl || missing+=(curl)
  have pmap || missing+=(procps)
  have strace || missing+=(strace)
  have_libzstd || missing+=(libzstd1)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && have apt-get; then
    need_packages "programs that some tests drive" "${missing[@]}"
  else
    say "note: some tests will be skipped without ${missing[*]} (apt-get install ${missing[*]})"
  fi
}
