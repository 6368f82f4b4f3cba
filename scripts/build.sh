# Builds, and skips what was built from the same inputs: a hash over the sources, the lock files and the SDK is kept in .memscope.

web_dll="$root/src/MemScope.Web/bin/Release/net10.0/MemScope.Web.dll"
agent_dll="$root/src/MemScope.Agent/bin/Release/net10.0/linux-x64/ahead/MemScope.Agent.dll"

# hash_of FOLDER...: over the content of every file that a build reads. A built server serves some files
# out of the package folder, so that folder's place counts too.
hash_of() {
  {
    echo "$sdk"
    echo "${NUGET_PACKAGES:-${HOME:-/}/.nuget/packages}"
    find "$@" Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig global.json package-lock.json \
      \( -name bin -o -name obj -o -path wwwroot/lib \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum | cut -d ' ' -f 1
}

# changed_since STAMP FOLDER...: whether a file or folder is newer than the last build. Asked first, because hashing takes longer than parsing a file does.
changed_since() {
  local stamp=$1
  shift
  [ "$(dirname "$(readlink -f "$(command -v dotnet)")")/sdk" -nt "$stamp" ] || [ "$(cat "$stamp.packages" 2>/dev/null)" != "${NUGET_PACKAGES:-}" ] ||
    [ -n "$(find "$@" Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig global.json package-lock.json \
      \( -name bin -o -name obj -o -path wwwroot/lib \) -prune -o -newer "$stamp" -print -quit)" ]
}

# build_once NAME DLL PROJECT FOLDER...
build_once() {
  local name=$1 dll=$2 project=$3
  shift 3
  local stamp="$root/.memscope/$name.built" hash
  [ -f "$dll" ] && [ -f "$stamp" ] && ! (cd "$root" && changed_since "$stamp" "$@") && return
  need_dotnet
  hash=$(cd "$root" && hash_of "$@")
  [ -f "$dll" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$hash" ] && touch "$stamp" && return
  mkdir -p "$root/.memscope"
  exec 8>"$root/.memscope/build.lock"
  flock 8
  if ! [ -f "$dll" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$hash" ]; then
    [ "$name" = agent ] || need_npm
    say "building the $name (the first time takes a few minutes)"
    local log
    log=$(cd "$root" && "compile_$name" "$project" 2>&1 8>&-) || { printf '%s\n' "$log" >&2; die "the build of the $name failed"; }
    echo "${NUGET_PACKAGES:-}" >"$stamp.packages"
    echo "$hash" >"$stamp"
  fi
  exec 8>&-
}

compile_server() { dotnet build "$1" -c Release -v quiet --nologo -nodeReuse:false; }

# A command line runs for milliseconds: its methods are compiled here and not at each start. Where the compiler's package cannot be restored, they are compiled at each start.
compile_agent() {
  local ahead
  for ahead in true false; do
    dotnet publish "$1" -c Release -v quiet --nologo -nodeReuse:false -p:PublishSelfContained=false -p:PublishTrimmed=false -p:PublishSingleFile=false \
      -p:PublishReadyToRun=$ahead -o "$(dirname "$agent_dll")" && return
  done
  return 1
}

build_web() {
  find_dotnet
  build_once server "$web_dll" src/MemScope.Web src/MemScope.Core src/MemScope.Symbols src/MemScope.Storage src/MemScope.Web migrations wwwroot
}

build_agent() {
  find_dotnet
  build_once agent "$agent_dll" src/MemScope.Agent src/MemScope.Core src/MemScope.Symbols src/MemScope.Agent
}
