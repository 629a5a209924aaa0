import type { TrustRoot } from '../../evidence/trust-root.ts';
import { printTrustRoot } from '../shared/trust-root.ts';

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
 * a yes refuses the push, a missing node included. It calls programs by full path and believes no variable of the
 * person who pushes.
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
    `while read -r ${fields}; do`,
    '  guarded "$ref" || continue',
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
