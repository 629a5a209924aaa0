import { diffLines } from 'diff';
import { decodeUtf8 } from '../../../base/utf8.ts';
import type { Approval, Statement } from '../../../domain/approval.ts';
import type { EntryId } from '../../../domain/names.ts';
import { bundleFolder } from '../../../domain/paths.ts';
import { fileAt } from '../../../domain/tree.ts';
import type { SampleRule } from '../../../domain/policy.ts';
import { gateSeats, gateRuleDigest, type GateRule } from '../../../machine/gate-rule.ts';
import { parseLaw } from '../../../machine/law.ts';
import { staleBecause, statementOf } from '../../../machine/statement.ts';
import { withdrawnEntries } from '../../../machine/objections.ts';
import { taintOf } from '../../../machine/taint.ts';
import { escapeShown } from '../terminal/escape.ts';
import { counted } from '../views/notices.ts';
import { quoted, wrap, type Style } from '../terminal/style.ts';
import type { ReviewGround } from './ground.ts';

type Approve = Extract<Approval, { act: 'approve' }>;

/** An approval of somebody that says no more what is there, with what changed since. */
export interface StaleApproval {
  readonly entry: Approve;
  /** Names of what changed, for a sentence. */
  readonly changed: readonly string[];
  readonly lines: readonly string[];
}

/**
 * The latest approval of a person at a gate, where it is stale and what changed since can be shown. Null where it counts, where
 * there is none, and where another thing is promoted or it was judged by another: then everything is to be read.
 */
export function staleApproval(ground: ReviewGround, rule: GateRule, principal: string): StaleApproval | null {
  const { world, bundle } = ground;
  const withdrawn = withdrawnEntries(bundle);
  const taint = taintOf(world);
  const entry = bundle.approvals.findLast(
    (each): each is Approve =>
      each.act === 'approve' &&
      each.gate === rule.gate &&
      rule.roles.some((role) => role === each.role) &&
      each.principal === principal &&
      // What a thief signed is nothing the person has read.
      !withdrawn.has(each.id) &&
      !taint.isTainted(each),
  );
  if (entry === undefined) return null;
  const now = statementOf(world.law, bundle, rule);
  if (staleBecause(entry.statement, now) === null) return null;
  if (entry.statement.subject !== now.subject) return null;
  return { entry, ...changesSince(ground, rule, entry.statement, { id: entry.id, time: entry.time }) };
}

/**
 * What is there otherwise than in a statement about the same subject, with what others said since. `own`: the entry that made the
 * statement, or only the time of it.
 */
export function changesSince(
  ground: ReviewGround,
  rule: GateRule,
  statement: Statement,
  own: { readonly id?: EntryId; readonly time: string },
): Omit<StaleApproval, 'entry'> {
  const now = statementOf(ground.world.law, ground.bundle, rule);
  const old = new Map(statement.evidence.map(({ path, sha256 }) => [path as string, sha256 as string]));
  const fresh = new Map(now.evidence.map(({ path, sha256 }) => [path as string, sha256 as string]));
  const paths = [...new Set([...old.keys(), ...fresh.keys()])]
    .sort()
    .filter((path) => old.get(path) !== fresh.get(path));
  const whole = statement.gateRule === now.gateRule ? [] : ['the rule of the gate'];
  return {
    changed: [...whole, ...paths],
    lines: [
      ...whole.flatMap((what) => wrap(`changed: ${what}`, ground.columns - 2).map((line) => `  ${line}`)),
      ...(statement.gateRule === now.gateRule ? [] : ruleLines(ground, rule, statement)),
      ...paths.flatMap((path) => fileLines(ground, path, old.get(path))),
      ...saidSince(ground, statement, own),
    ],
  };
}

/** What others decided and said meanwhile: whoever signs again states that he knows it. */
function saidSince(
  { bundle, style, columns }: ReviewGround,
  statement: Statement,
  { id, time }: { readonly id?: EntryId; readonly time: string },
): readonly string[] {
  const known = new Set<string>([...statement.approvals, ...(id === undefined ? [] : [id])]);
  const entries = [
    ...bundle.entries.filter((entry) => !known.has(entry.id)),
    ...bundle.comments.filter((entry) => entry.time >= time),
  ];
  if (entries.length === 0) return [];
  return [
    style.bold('  said since'),
    ...entries.flatMap(({ act, principal, time: when, reason }) => [
      `    ${when}  ${act} by ${principal}`,
      ...quoted(reason, columns, '    | '),
    ]),
  ];
}

/** The rule as it is, and what of it was otherwise, where the law of that time is still at hand. */
function ruleLines(ground: ReviewGround, rule: GateRule, { gateRule: stated }: Statement): readonly string[] {
  const { bundle, earlier, columns } = ground;
  const before = earlier
    .toReversed()
    .map((tree) => parseLaw(tree))
    .flatMap((law) => (law.ok ? gateSeats(law.value, bundle, rule.gate) : []))
    .find((each) => gateRuleDigest(each) === stated);
  const was = before === undefined ? null : ruleWords(before);
  return ruleWords(rule).flatMap(([what, words], index) => {
    const old = was?.[index]?.[1] ?? words;
    const text = `${what}: ${words}${old === words ? '' : ` (before: ${old})`}`;
    return wrap(text, columns - 4).map((line) => `    ${line}`);
  });
}

/** Everything a rule demands, each part always in the same place. */
function ruleWords({
  roles,
  quorum,
  evidence,
  requesterBarred,
  distinctFrom,
  acknowledgements,
  sample,
}: GateRule): readonly (readonly [what: string, words: string])[] {
  return [
    ['it takes', `${counted(quorum, 'person').replace('persons', 'people')} in ${roles.join(' or ')}`],
    ['the requester', requesterBarred ? 'does not count' : 'counts like others'],
    ['must be others than at', distinctFrom.length === 0 ? 'no other gate' : distinctFrom.join(' and ')],
    ['over', evidence.join(', ')],
    ['acknowledging', acknowledgements.join(', ')],
    ['sample', sample === null ? 'none is asked for' : sampleDemand(sample)],
  ];
}

function sampleDemand({ judged, met, methods }: SampleRule): string {
  const share = met === '0' ? '' : `, a share of ${met} of which meets the standard`;
  return `${counted(judged, 'judged item')}${share}, chosen by ${methods.join(' or ')}`;
}

function fileLines(
  { bundle, earlier, style, columns }: ReviewGround,
  path: string,
  before: string | undefined,
): readonly string[] {
  const file = fileAt(bundle.folder, path);
  const head = style.bold(`  ${escapeShown(path)}`);
  if (file === null) return [`${head}: gone`];
  const after = decodeUtf8(file.bytes);
  const size = counted(file.size, 'byte');
  if (before === undefined)
    return [
      `${head}: new, ${size}`,
      ...(after === null ? ['    not text'] : quoted(after, columns, '    + ')),
    ];
  const inBundle = `${bundleFolder(bundle.iteration)}/${path}`;
  const old = earlier.map((tree) => fileAt(tree, inBundle)).findLast((each) => each?.sha256 === before);
  const text = old == null ? null : decodeUtf8(old.bytes);
  if (text === null || after === null)
    return [
      `${head}: changed, now ${size}, sha256 ${file.sha256}; read it whole`,
      ...(after === null ? ['    not text'] : quoted(after, columns, '    | ')),
    ];
  return [`${head}: changed`, ...textChanges(text, after, style, columns)];
}

/** Lines kept around a change, so that it can be understood. */
const AROUND = 3;

/** More lines than this that differ take minutes to compare, and hours where somebody wants that. */
const MOST_CHANGES = 4000;

/** What was taken away and what was added, each line marked by a word or sign. */
function textChanges(before: string, after: string, style: Style, columns: number): readonly string[] {
  const parts = diffLines(before, after, { maxEditLength: MOST_CHANGES });
  if (parts === undefined)
    return ['    nearly everything in it; read it whole', ...quoted(after, columns, '    | ')];
  return parts.flatMap(({ value, added, removed }, index) => {
    if (added) return quoted(value, columns, '    + ').map(style.good);
    if (removed) return quoted(value, columns, '    - ').map(style.bad);
    const lines = value.replace(/\n$/, '').split('\n');
    const first = index === 0 ? [] : lines.slice(0, AROUND);
    const last = index === parts.length - 1 ? [] : lines.slice(Math.max(first.length, lines.length - AROUND));
    const left = lines.length - first.length - last.length;
    return [
      ...(first.length === 0 ? [] : quoted(first.join('\n'), columns, '      ')),
      ...(left > 0 ? [`    … ${counted(left, 'line')} the same`] : []),
      ...(last.length === 0 ? [] : quoted(last.join('\n'), columns, '      ')),
    ];
  });
}
