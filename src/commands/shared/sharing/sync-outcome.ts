import type { Verification } from '../../../evidence/verification.ts';
import type { Upstream } from '../../../ports/remote.ts';
import type { Outcome } from '../command.ts';
import { escapeShown } from '../terminal/escape.ts';
import { explain } from '../explaining/explain.ts';
import type { OwnCommit } from './own-commits.ts';
import type { SyncEnd } from './synchronise.ts';
import { otherBranchLines, shortName, upstreamName } from './upstream.ts';

const SHOWN = 5;

export interface SyncWords {
  readonly upstream: Upstream;
  readonly dryRun: boolean;
  /** False where the person asked for nothing to be pushed. */
  readonly push: boolean;
}

/** How a sync ended, for people and programs. */
export function syncOutcome(end: SyncEnd, words: SyncWords): Outcome {
  const name = upstreamName(words.upstream);
  const json = { ...jsonOf(words), relation: end.kind === 'done' ? end.relation : end.kind };
  switch (end.kind) {
    case 'done':
      return {
        kind: 'yes',
        json: {
          ...json,
          ...{ from: end.from, to: end.to, pushed: end.pushed, came: end.came, own: end.own },
          ...{ overrides: end.took.freshSides.map(({ ref }) => ref), pushedOverrides: end.pushedSides },
          leftOverrides: end.took.leftSides.length,
        },
        text: () => doneLines(end, words).join('\n'),
      };
    case 'findings':
      return {
        kind: 'no',
        json: { ...json, tip: end.tip, findings: findingsJson(end.verification) },
        text: () => findingsLines(end.verification, words).join('\n'),
      };
    case 'conflict':
      return {
        kind: 'no',
        json: { ...json, paths: end.paths },
        text: () =>
          [
            `not merged: you and ${name} changed the same files, which are not evidence`,
            ...end.paths
              .slice(0, SHOWN)
              .map((path) => `  conflict in ${escapeShown(path)}: merge it by hand`),
            ...more(end.paths.length),
            `next: git merge ${escapeShown(trackingName(words.upstream))}   (the evidence merges by itself), then modelsmith sync`,
          ].join('\n'),
      };
    case 'refused':
      return {
        kind: 'refused',
        headline:
          `what you have here does not go together with ${name}` +
          (end.aside === null ? '' : `, so it was taken off the branch and is kept under ${end.aside}`) +
          (end.notPushed.length === 0
            ? ''
            : `; what is left on the branch was not pushed: ${end.notPushed.slice(0, SHOWN).join(', ')}`),
        reasons: end.reasons,
        next: [
          ...(end.notPushed.length === 0 ? [] : ['modelsmith sync   (pushes what is left)']),
          ...refusedNext(end.own, end.aside),
        ],
      };
    case 'declined':
      return {
        kind: 'no',
        json: { ...json, words: end.words, commit: end.commit },
        text: () =>
          [
            `not pushed: ${name} did not take it`,
            ...end.words.slice(0, 20).map((line) => `  ${escapeShown(line)}`),
            'your branch is as it was',
          ].join('\n'),
      };
  }
}

/** What to do about own commits that do not go together with what came in. */
export function refusedNext(own: readonly OwnCommit[], aside: string | null): readonly string[] {
  const again = [...new Set(own.flatMap((commit) => commit.again))];
  const back =
    aside === null
      ? ['modelsmith sync   (at a terminal: offers to set yours aside and go on from theirs)']
      : [];
  return [...back, ...again.map((command) => `${command}   (decide again, on what is there now)`)];
}

function doneLines(
  end: Extract<SyncEnd, { kind: 'done' }>,
  { upstream, dryRun, push }: SyncWords,
): readonly string[] {
  const name = upstreamName(upstream);
  const would = dryRun ? 'would be ' : '';
  const came = `${end.came} ${end.came === 1 ? 'commit' : 'commits'} from ${name}`;
  const moved = {
    same: [`up to date with ${name}`],
    ahead: [],
    'new there': [],
    behind: [`${would}taken in: ${came}, verified`],
    apart: [`${would}merged: ${came}, verified, with yours`],
  }[end.relation];
  const own = end.own.map(({ commit, subject }) => `  ${commit.slice(0, 12)}  ${subject}`);
  const shared =
    end.own.length === 0
      ? []
      : [
          end.pushed
            ? `pushed to ${name}:`
            : dryRun && push
              ? `would be pushed to ${name}:`
              : `not pushed to ${name}:`,
          ...own.slice(0, 20),
          ...more(own.length, 20),
        ];
  return [
    ...moved,
    ...shared,
    ...otherBranchLines(upstream),
    ...end.took.freshSides.map(({ ref }) => `${would}taken in: the override ${escapeShown(ref)}`),
    ...end.took.otherSides.map(
      ({ ref }) => `another commit than at ${name}, and left as it is: ${escapeShown(ref)}`,
    ),
    ...end.pushedSides.map((ref) => `pushed: the override ${escapeShown(ref)}`),
    ...end.leftAlone.map((path) => `left alone, because you changed it meanwhile: ${escapeShown(path)}`),
    ...(end.own.length > 0 && !end.pushed && !push ? ['next: modelsmith sync   (without --no-push)'] : []),
    ...(dryRun ? ['dry run: nothing here was moved'] : []),
  ];
}

function findingsLines({ findings, tip }: Verification, { upstream, dryRun }: SyncWords): readonly string[] {
  const where = upstream.tracking === null || dryRun ? tip : trackingName(upstream);
  return [
    `not taken in: ${upstreamName(upstream)} has ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`,
    ...findings
      .slice(0, SHOWN)
      .map(({ commit, reason }) => `  ${commit.slice(0, 12)}  ${reason.code}: ${explain(reason).sentence}`),
    ...more(findings.length),
    `next: modelsmith verify --branch ${escapeShown(where)}`,
  ];
}

function findingsJson({ findings }: Verification): object {
  return findings
    .slice(0, 100)
    .map(({ commit, reason, signer }) => ({ commit, signer, code: reason.code, facts: reason.facts }));
}

function jsonOf({ upstream, dryRun }: SyncWords): object {
  return { remote: upstream.remote, branch: shortName(upstream.branch), dryRun };
}

function trackingName({ tracking, branch }: Upstream): string {
  return shortName(tracking ?? branch);
}

function more(count: number, shown = SHOWN): readonly string[] {
  return count > shown ? [`  and ${count - shown} more`] : [];
}
