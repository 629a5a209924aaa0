import { SIDE_REFS } from '../../evidence/side-overrides.ts';
import type { TrustRoot } from '../../evidence/trust-root.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';

export const HOOKS = ['pre-receive', 'pre-push'] as const;
export type Hook = (typeof HOOKS)[number];

/** The second line of every hook of ours; without it a file is somebody else's. */
export const MARK = '# Written by `modelsmith hook install`.';

export interface HookFacts {
  readonly hook: Hook;
  readonly root: TrustRoot;
  /** Full names of the refs that are judged; others pass. */
  readonly refs: readonly string[];
  /** Absolute paths of node and of the command. */
  readonly node: string;
  readonly program: string;
}

/**
 * The text of a hook: POSIX sh, one `modelsmith verify` for each guarded ref that is pushed. Whatever does not end with
 * a yes refuses the push, a missing node included – but for a brake, which must never wait until a branch is in order: an
 * override that is in force passes on top of anything, and into refs of its own. It calls programs by full path and
 * believes no variable of the person who pushes.
 */
export function hookScript({ hook, root, refs, node, program }: HookFacts): string {
  // Lines on standard input: git-receive-pack(1), githooks(5).
  const fields = hook === 'pre-receive' ? 'old new ref' : '_local new ref old';
  return `${[
    '#!/bin/sh',
    MARK,
    `# Judges what is pushed to ${refs.join(', ')}. Remove this file to take the guard away.`,
    'unset NODE_OPTIONS NODE_PATH MODELSMITH_ROOT',
    `node=${quoted(node)}`,
    `modelsmith=${quoted(program)}`,
    `root=${quoted(printTrustRoot(root))}`,
    `start=${quoted(root.commit)}`,
    'status=0',
    '',
    'refuse() {',
    '  echo "modelsmith: $1" >&2',
    '  [ "$status" -ne 0 ] || status=3',
    '}',
    '',
    'holds() { GIT_NO_REPLACE_OBJECTS=1 git merge-base --is-ancestor "$1" "$2" 2>/dev/null; }',
    '',
    ...guard(refs, hook),
    '',
    '# What $1 adds to the branch or commit $2 is overrides alone, and they are in force there.',
    'brakes() {',
    '  "$node" "$modelsmith" override check "$1" -C . --root "$root" --branch "$2" </dev/null >&2',
    '}',
    '',
    '# Whether one of the guarded branches as they are passes a test: $1 with the branch and the other words.',
    'some_branch() {',
    `  for branch in ${refs.map(quoted).join(' ')}; do`,
    '    if "$1" "$2" "$branch"; then return 0; fi',
    '  done',
    '  return 1',
    '}',
    '',
    '# Refs for overrides gain overrides, and go when a guarded branch has what they had.',
    'side() {',
    '  case $new in',
    '    *[!0]*)',
    '      case $old in',
    '        *[!0]*) holds "$old" "$new" || { refuse "$ref must not lose what it holds"; return; } ;;',
    '      esac',
    '      some_branch brakes "$new" || refuse "$ref takes overrides in force and nothing else"',
    '      ;;',
    '    *) some_branch holds "$old" || refuse "$ref holds overrides that no branch has yet" ;;',
    '  esac',
    '}',
    '',
    `while read -r ${fields}; do`,
    '  if ! guarded "$ref"; then',
    `    case $ref in ${inAnyCase(SIDE_REFS)}*) side ;; esac`,
    '    continue',
    '  fi',
    '  case $new in',
    '    *[!0]*) ;;',
    '    *)',
    '      refuse "$ref holds evidence and must not be deleted"',
    '      continue',
    '      ;;',
    '  esac',
    '  set --',
    '  case $old in',
    '    *[!0]*)',
    '      if holds "$start" "$old"; then',
    '        set -- --expect-descends "$old"',
    '      elif ! holds "$old" "$new"; then',
    '        refuse "$ref must not be put on another history"',
    '        continue',
    '      fi',
    '      ;;',
    '  esac',
    '  code=0',
    '  "$node" "$modelsmith" verify -C . --root "$root" --branch "$new" "$@" </dev/null >&2 || code=$?',
    '  if [ "$code" -eq 3 ] && holds "$old" "$new" && brakes "$new" "$old"; then code=0; fi',
    '  [ "$code" -eq 0 ] || refuse "$ref is not moved (exit $code)"',
    '  [ "$code" -eq 0 ] || [ "$status" -ne 3 ] || status=$code',
    'done',
    'exit "$status"',
  ].join('\n')}\n`;
}

/** Whether a ref is guarded, under whatever name it is pushed to. */
function guard(refs: readonly string[], hook: Hook): readonly string[] {
  const named = ['  case $1 in', `    ${refs.map(inAnyCase).join(' | ')}) return 0 ;;`, '  esac'];
  // A symbolic ref on the server moves what it stands for. One in a clone says nothing about the other side.
  if (hook === 'pre-push') return ['guarded() {', ...named, '  return 1', '}'];
  return [
    'target() { git symbolic-ref -q "$1" || printf "%s\\n" "$1"; }',
    '',
    'guarded() {',
    ...named,
    `  for each in ${refs.map(quoted).join(' ')}; do`,
    '    [ "$(target "$1")" != "$(target "$each")" ] || return 0',
    '  done',
    '  return 1',
    '}',
  ];
}

/** A pattern for `case`: on some file systems `refs/heads/Main` is the same file. */
function inAnyCase(ref: string): string {
  return ref.replaceAll(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
}

/** One word for sh, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
