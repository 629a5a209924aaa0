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
    `while read -r ${fields}; do`,
    '  case $ref in',
    `    ${refs.map(quoted).join(' | ')}) ;;`,
    '    *) continue ;;',
    '  esac',
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

/** One word for sh, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
