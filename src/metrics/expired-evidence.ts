import type { Approval } from '../domain/approval.ts';
import type { EntryHeader } from '../domain/entry.ts';
import { toIterationId, toSeconds, type EntryId, type Time } from '../domain/names.ts';
import { EDGES, edgeOfGate } from '../machine/edges.ts';
import { covers } from '../machine/evidence-rules.ts';
import { gateSeats } from '../machine/gate-rule.ts';
import type { Law } from '../machine/law.ts';
import { taintOf } from '../machine/taint.ts';
import { completeRuns } from '../machine/verdict.ts';
import type { Bundle } from '../machine/world.ts';
import { lawAt, type Laws } from './laws.ts';
import { left, reached, type Material } from './material.ts';
import type { Observation } from './observation.ts';
import { isWithin } from './window.ts';

const DAY = 24 * 60 * 60;

/** Something that a step waits with, and that grows old. */
interface Waiting {
  readonly entry: EntryHeader;
  readonly what: string;
  /** When the step could first be decided on with it there. */
  readonly from: number;
  /** When the wait was over: the step taken, the iteration deprecated, the thing replaced or withdrawn. Infinity while it lasts. */
  readonly to: number;
  /** Days it is good for under a law; null where that has no rule of age for it. */
  readonly daysBy: (law: Law) => number | null;
  /** Whether the last second of those days still counts, as it does for all but checks. */
  readonly lastSecondCounts: boolean;
}

type GatedEdge = Extract<(typeof EDGES)[number], { opens: 'gates' }>;

/** What became too old in the window while a step waited, and what did not until the wait was over. */
export function expiredEvidence({ world, bundles, laws, window }: Material): readonly Observation[] {
  const taint = taintOf(world);
  return bundles.flatMap((bundle) =>
    EDGES.filter((edge) => edge.opens === 'gates')
      .flatMap((edge) => waitingFor(bundle, edge))
      .filter(({ entry, from, to }) => from < window.until && to >= window.since && !taint.isTainted(entry))
      .flatMap((thing): readonly Observation[] => {
        const expired = expiryOf(thing, laws);
        const ended = expired ?? thing.to;
        if (!isWithin(window, ended)) return [];
        if (expired === null && thing.daysBy(lawAt(laws, ended)) === null) return [];
        const what = `${thing.what} became too old`;
        return [
          {
            metric: 'expired-evidence',
            line: bundle.iteration.line,
            role: thing.entry.role,
            counted: expired === null ? 0 : 1,
            of: 1,
            named: expired === null ? [] : [{ about: toIterationId(bundle.iteration), what }],
          },
        ];
      }),
  );
}

function waitingFor(bundle: Bundle, edge: GatedEdge): readonly Waiting[] {
  const opened = reached(bundle, edge.from);
  if (opened === null) return [];
  const taken = left(bundle, edge.from) ?? Infinity;
  return [
    ...approvalsAt(bundle, edge, taken),
    ...runsAt(bundle, opened, taken),
    ...documentsAt(bundle, edge, opened, taken),
    ...(edge.to === 'customer-deployed' ? checksAt(bundle, opened, taken) : []),
    // What came after the step was taken, or was replaced before it could be decided on, no step waited with.
  ].filter(({ from, to }) => from <= to);
}

function approvalsAt({ approvals }: Bundle, edge: GatedEdge, taken: number): readonly Waiting[] {
  const author = new Map(approvals.map(({ id, principal }) => [id, principal]));
  const withdrawn = new Map<EntryId, number>();
  const given: Extract<Approval, { act: 'approve' }>[] = [];
  for (const entry of approvals) {
    if (entry.act === 'approve' && edgeOfGate(entry.gate) === edge) given.push(entry);
    // Taken back once is enough; it may even have been signed before what it takes back arrived.
    if (
      entry.act === 'withdraw' &&
      author.get(entry.withdraws) === entry.principal &&
      !withdrawn.has(entry.withdraws)
    )
      withdrawn.set(entry.withdraws, toSeconds(entry.time));
  }
  const replaced = untilNext(given, ({ principal, gate, role }) => `${principal} ${gate} ${role}`);
  return given.map((entry, index) => ({
    entry,
    what: `the approval at ${entry.gate}, entry ${entry.id.slice(0, 12)},`,
    from: toSeconds(entry.time),
    to: Math.min(taken, replaced[index] ?? Infinity, withdrawn.get(entry.id) ?? Infinity),
    daysBy: ({ policy }) => policy.freshness?.approvalDays ?? null,
    lastSecondCounts: true,
  }));
}

function runsAt(bundle: Bundle, opened: number, taken: number): readonly Waiting[] {
  return completeRuns(bundle).map((entry) => ({
    entry,
    what: `the evaluation ${entry.run}`,
    from: Math.max(opened, toSeconds(entry.time)),
    to: taken,
    daysBy: ({ policy }) => policy.freshness?.evaluationDays ?? null,
    lastSecondCounts: true,
  }));
}

function documentsAt(bundle: Bundle, edge: GatedEdge, opened: number, taken: number): readonly Waiting[] {
  const known = new Map<Law, readonly string[]>();
  const demandedBy = (law: Law): readonly string[] => {
    const demanded =
      known.get(law) ??
      edge.gates.flatMap((gate) => gateSeats(law, bundle, gate).flatMap(({ evidence }) => evidence));
    known.set(law, demanded);
    return demanded;
  };
  const brought = bundle.record.evidence.flatMap((entry) =>
    entry.files.map(({ path }) => ({ entry, path, time: entry.time })),
  );
  const replaced = untilNext(brought, (each) => each.path);
  return brought.map(({ entry, path }, index) => ({
    entry,
    what: path,
    from: Math.max(opened, toSeconds(entry.time)),
    to: Math.min(taken, replaced[index] ?? Infinity),
    daysBy: (law) => {
      const days = law.policy.freshness?.evidenceDays ?? null;
      return days !== null && demandedBy(law).some((demand) => covers(demand, path)) ? days : null;
    },
    lastSecondCounts: true,
  }));
}

function checksAt(bundle: Bundle, opened: number, taken: number): readonly Waiting[] {
  const { checks = [] } = bundle.record;
  const replaced = untilNext(checks, ({ name }) => name);
  return checks.map((entry, index) => ({
    entry,
    what: `the result of the check ${entry.name}`,
    from: Math.max(opened, toSeconds(entry.time)),
    to: Math.min(taken, replaced[index] ?? Infinity),
    daysBy: (law) => {
      const [own] = gateSeats(law, bundle, 'operator-signoff');
      return own.checks.find(({ name }) => name === entry.name)?.maxAgeDays ?? null;
    },
    lastSecondCounts: false,
  }));
}

/** The first moment of the wait at which it was too old by the policy in force then; null where there was none. */
function expiryOf({ entry, from, to, daysBy, lastSecondCounts }: Waiting, laws: Laws): number | null {
  for (const [index, { from: begun, law }] of laws.entries()) {
    const end = laws[index + 1]?.from ?? Infinity;
    // Of most policies that there were it is quick to see that they were not in force then.
    if (end <= from || (index > 0 && begun >= to)) continue;
    const days = daysBy(law);
    if (days === null) continue;
    const old = toSeconds(entry.time) + days * DAY + (lastSecondCounts ? 1 : 0);
    const at = Math.max(from, old, index === 0 ? 0 : begun);
    if (at < Math.min(to, end)) return at;
  }
  return null;
}

/** For each, when the next of the same name came; Infinity for the last of a name. Linear: a record may list very many. */
function untilNext<T extends { readonly time: Time }>(
  list: readonly T[],
  nameOf: (each: T) => string,
): readonly number[] {
  const next = new Map<string, number>();
  return list
    .toReversed()
    .map((each) => {
      const name = nameOf(each);
      const until = next.get(name) ?? Infinity;
      next.set(name, toSeconds(each.time));
      return until;
    })
    .reverse();
}
