# test: set-up, build, every test project; the last line sums up.

run_tests() {
  need_dotnet
  need_npm
  need_postgres
  need_chromium
  want_test_tools
  cd "$root"

  local only='' projects=() project failed=0 results="$root/artifacts/test-results"
  if [ $# -gt 0 ] && [[ $1 != -* ]]; then
    [ -d "tests/$1" ] || die "there is no folder tests/$1"
    only=$1
    shift
  fi
  dotnet build MemScope.sln -v quiet --nologo -nodeReuse:false || die "the build failed"
  for project in tests/*/*.csproj; do
    [ -z "$only" ] || [[ $project == tests/$only/* ]] || continue
    grep -q '<IsTestProject>true' "$project" && projects+=("$project")
  done
  [ ${#projects[@]} -gt 0 ] || die "no test project was found"

  rm -rf "$results"
  for project in "${projects[@]}"; do
    local name
    name=$(basename "$(dirname "$project")")
    printf '\n== %s\n' "$name"
    dotnet test "$project" --no-build --nologo --results-directory "$results" --logger "trx;LogFileName=$name.trx" "$@" || failed=1
  done
  summarize "$results" "$failed" "${#projects[@]}"
}

# summarize FOLDER RUNS_FAILED PROJECTS: a run that ended without its results counts as one failure.
summarize() {
  local folder=$1 crashed=0 passed failed skipped
  local files=("$folder"/*.trx)
  [ -e "${files[0]}" ] || files=()
  passed=$(count_outcome Passed)
  failed=$(count_outcome Failed)
  skipped=$(count_outcome NotExecuted)
  crashed=$(($3 - ${#files[@]}))
  [ "$2" = 0 ] || [ $((failed + crashed)) -gt 0 ] || crashed=1
  print_skips
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" $((failed + crashed)) "$skipped"
  [ $((failed + crashed)) = 0 ]
}

count_outcome() {
  [ ${#files[@]} -gt 0 ] || { echo 0; return; }
  awk -v outcome="outcome=\"$1\"" '/<UnitTestResult / && index($0, outcome) { n++ } END { print n + 0 }' "${files[@]}"
}

# The reason stands in the first Message after the result.
print_skips() {
  [ ${#files[@]} -gt 0 ] || return 0
  awk '/<UnitTestResult / { skipped = /outcome="NotExecuted"/; match($0, /testName="[^"]*"/); name = substr($0, RSTART + 10, RLENGTH - 11) }
       skipped && /<Message>/ { sub(/.*<Message>/, ""); sub(/<\/Message>.*/, ""); print "skipped: " name ": " $0; skipped = 0 }' "${files[@]}"
}
