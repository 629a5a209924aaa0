import type { Finding } from '../../evidence/verification.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { ITERATION } from '../shared/explaining/explained.ts';
import { brief } from '../shared/terminal/layout.ts';
import { reasonsJson } from '../shared/explaining/refusal.ts';
import { wrap, type Style } from '../shared/terminal/style.ts';
import type { FindingOut } from '../shared/views/verify-output.ts';

export function findingOut({ commit, reason, signer }: Finding): FindingOut {
  const [said] = reasonsJson([reason]);
  if (said === undefined) throw new Error('a reason without words');
  const { facts } = reason;
  return {
    ...said,
    facts: { ...facts },
    commit,
    paths: 'paths' in facts ? [...facts.paths] : 'path' in facts ? [facts.path] : [],
    signer,
  };
}

const MOST_PATHS = 3;

/** Commit, path, code and who signed on one line; the sentence and what to do below. */
export function findingLines(finding: FindingOut, style: Style, columns: number): readonly string[] {
  const { commit, code, paths, sentence, signer, remedy } = finding;
  const more = paths.length > MOST_PATHS ? ` and ${paths.length - MOST_PATHS} more` : '';
  const where =
    paths.length === 0 ? '' : `  ${paths.slice(0, MOST_PATHS).map(escapeShown).join(', ')}${more}`;
  const who = signer === null ? '' : `  signed by ${signer}`;
  const head = `${brief(commit)}  ${style.bad(code)}${who}`;
  const path = iterationOf(paths);
  return [
    head,
    ...(where === '' ? [] : wrap(where.trim(), columns - 4).map((line) => `    ${line}`)),
    ...wrap(sentence, columns - 4).map((line) => `    ${line}`),
    ...(remedy === null ? [] : [`    next: ${remedy.replaceAll(ITERATION, path ?? ITERATION)}`]),
  ];
}

/** The one iteration that the paths lie in. */
export function iterationOf(paths: readonly string[]): string | null {
  const found = new Set(
    paths.map((path) => {
      const [, line, version] = /^promotions\/([a-z0-9-]+)\/([0-9a-z.-]+)\//.exec(path) ?? [];
      return line === undefined || version === undefined ? null : `${line}@${version}`;
    }),
  );
  const [only] = found;
  return found.size === 1 ? (only ?? null) : null;
}
