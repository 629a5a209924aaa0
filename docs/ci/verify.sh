#!/bin/sh
# Verifies an evidence repository in CI. The exit code is that of `modelsmith verify`: 0 yes, 3 no, else it cannot be told.
#
#   MODELSMITH_ROOT             <commit>:<fingerprint>, from the settings of CI and never from the repository; required
#   MODELSMITH_DIRECTORY        the clone, with its whole history (default: the current folder)
#   MODELSMITH_BRANCH           full commit id or ref to judge (default: what is checked out)
#   MODELSMITH_EXPECT_DESCENDS  full id of a commit that must come before; all zeros, which is what CI names where there was
#                               none, expects nothing
#   MODELSMITH_CONTENT          `true` to make every report again from its raw files
#   MODELSMITH_REPORT           file to write besides: *.sarif, *.json, or anything else for JUnit XML
#   MODELSMITH_COMMAND          path of the command (default: modelsmith)
set -eu

directory=${MODELSMITH_DIRECTORY:-.}
command=${MODELSMITH_COMMAND:-modelsmith}
github=${GITHUB_ACTIONS:-false}

# Words that may come from the repository are kept from being read as commands by the runner of GitHub.
tell() {
  if [ "$github" = true ]; then
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$token"
    cat
    printf '\n::%s::\n' "$token"
  else
    cat >&2
  fi
}

# stop <exit code> <what> <remedy>: in words of this script alone
stop() {
  if [ "$github" = true ]; then
    printf '::error title=modelsmith::cannot tell: %s%%0Anext: %s\n' "$2" "$3"
  else
    printf 'cannot tell: %s\nnext: %s\n' "$2" "$3" >&2
  fi
  exit "$1"
}

if [ -z "${MODELSMITH_ROOT:-}" ]; then
  stop 78 'no trust root is given, so nothing can be believed' \
    'set MODELSMITH_ROOT to the line that modelsmith init printed, in the settings of CI'
fi
if ! command -v "$command" >/dev/null 2>&1; then
  stop 69 'modelsmith is not installed here' 'install it in an earlier step, or set MODELSMITH_COMMAND to its path'
fi
if [ "$(git -C "$directory" rev-parse --is-shallow-repository 2>/dev/null)" = true ]; then
  stop 76 'this is a shallow clone, so the history cannot be judged' \
    'fetch all of it: "fetch-depth: 0" under actions/checkout, "GIT_DEPTH: 0" in GitLab, git fetch --unshallow elsewhere'
fi

set -- -C "$directory" --root "$MODELSMITH_ROOT"
if [ -n "${MODELSMITH_BRANCH:-}" ]; then set -- "$@" --branch "$MODELSMITH_BRANCH"; fi
expected=${MODELSMITH_EXPECT_DESCENDS:-}
# The null id has as many digits as any id of the repository; zeros of another number are a mistake, and verify says so.
length=40
if [ "$(git -C "$directory" rev-parse --show-object-format 2>/dev/null)" = sha256 ]; then length=64; fi
case $expected in
  *[!0]*) ;;
  *)
    if [ "${#expected}" -eq "$length" ]; then
      echo 'nothing came before (all zeros), so no commit is expected to' >&2
      expected=
    fi
    ;;
esac
if [ -n "$expected" ]; then set -- "$@" --expect-descends "$expected"; fi
if [ "${MODELSMITH_CONTENT:-false}" = true ]; then set -- "$@" --content; fi

words=$(mktemp)
trap 'rm -f "$words"' EXIT
format=text
if [ "$github" = true ]; then format=github; fi
code=0
"$command" verify "$@" --format "$format" 2>"$words" </dev/null || code=$?
if [ -s "$words" ]; then tell <"$words"; fi

case $code in
  0 | 3) ;;
  *) stop "$code" "the history was not judged (exit $code)" 'see the words above' ;;
esac

if [ -n "${MODELSMITH_REPORT:-}" ]; then
  case $MODELSMITH_REPORT in
    *.sarif) format=sarif ;;
    *.json) format=json ;;
    *) format=junit ;;
  esac
  again=0
  "$command" verify "$@" --format "$format" >"$MODELSMITH_REPORT" 2>"$words" </dev/null || again=$?
  if [ "$again" -ne "$code" ]; then
    tell <"$words"
    stop 70 "the report says something else (exit $again)" 'run this again; if it stays so, report a bug'
  fi
fi
exit "$code"
