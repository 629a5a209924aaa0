import type { Approval } from '../domain/approval.ts';
import { toIterationId, toSeconds } from '../domain/names.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { fileAt } from '../domain/tree.ts';
import { changesOf } from '../machine/changes.ts';
import { edgeOfGate } from '../machine/edges.ts';
import { taintOf } from '../machine/taint.ts';
import type { Bundle, World } from '../machine/world.ts';
import { reached, type Material } from './material.ts';
import type { Observation } from './observation.ts';
import { isWithin, type Window } from './window.ts';

type Approve = Extract<Approval, { act: 'approve' }>;

/** Nobody reads scores and acknowledgements and decides in less. */
export const SECONDS_A_DECISION = 30;
/** Far more than people read: one who is below that has not read. */
export const WORDS_A_MINUTE = 600;

/** How long the approvals of the window took, from when their gates could first be signed. */
export function approvalLatency({ world, bundles, window }: Material): readonly Observation[] {
  return bundles.flatMap((bundle) =>
    approvalsIn(world, bundle, window).map((entry) => ({
      ...of('approval-latency', bundle, entry),
      counted: secondsSince(bundle, entry, 0),
      named: [],
    })),
  );
}

/** Which of them came sooner than anybody reads. */
export function belowReadingFloor({ world, bundles, window }: Material): readonly Observation[] {
  return bundles.flatMap((bundle) => {
    const arrivals = arrivalsOf(bundle);
    return approvalsIn(world, bundle, window).map((entry) => {
      const { words, brought } = statedDocuments(bundle, entry, arrivals);
      const floor = SECONDS_A_DECISION + Math.ceil((words * 60) / WORDS_A_MINUTE);
      const took = secondsSince(bundle, entry, brought);
      const what = `${entry.gate} approved after ${took} s, ${floor} s to read, entry ${entry.id.slice(0, 12)}`;
      return {
        ...of('below-reading-floor', bundle, entry),
        counted: took < floor ? 1 : 0,
        named: took < floor ? [{ about: toIterationId(bundle.iteration), what }] : [],
      };
    });
  });
}

/** What people decided in the window at gates and on proposals, and how often the answer was no. */
export function rejectedChanges({ world, bundles, window }: Material): readonly Observation[] {
  const taint = taintOf(world);
  const atGates = bundles.flatMap(({ iteration, approvals }) =>
    approvals.map((entry) => ({ entry, line: iteration.line, about: toIterationId(iteration) })),
  );
  const onProposals = changesOf(world.tree).flatMap(({ change, approvals }) =>
    approvals.map((entry) => ({ entry, line: null, about: change.id })),
  );
  return [...atGates, ...onProposals]
    .filter(({ entry }) => entry.act !== 'withdraw' && isWithin(window, toSeconds(entry.time)))
    .filter(({ entry }) => !taint.isTainted(entry))
    .map(({ entry, line, about }) => {
      const isNo = entry.act === 'reject';
      const where = 'gate' in entry ? `at ${entry.gate}` : 'of a proposal';
      return {
        metric: 'rejected-changes',
        line,
        role: entry.role,
        counted: isNo ? 1 : 0,
        of: 1,
        named: isNo ? [{ about, what: `rejected ${where}, entry ${entry.id.slice(0, 12)}` }] : [],
      };
    });
}

/** What a stolen key signed counts for nothing here either. */
function approvalsIn(world: World, { approvals }: Bundle, window: Window): readonly Approve[] {
  const taint = taintOf(world);
  return approvals
    .filter((entry) => entry.act === 'approve')
    .filter((entry) => isWithin(window, toSeconds(entry.time)) && !taint.isTainted(entry));
}

/** From when the gate could first be signed, or something later, to the approval. Clocks may be minutes apart, so never below zero. */
function secondsSince(bundle: Bundle, { gate, time }: Approve, later: number): number {
  const opened = reached(bundle, edgeOfGate(gate).from) ?? 0;
  return Math.max(0, toSeconds(time) - Math.max(opened, later));
}

type Arrivals = ReadonlyMap<string, readonly number[]>;

const arrivalKey = (path: string, sha256: string): string => `${path} ${sha256}`;

/** When each document of a bundle was brought, by path and content, oldest first. */
function arrivalsOf({ record }: Bundle): Arrivals {
  const arrivals = new Map<string, number[]>();
  for (const { files, time } of record.evidence)
    for (const { path, sha256 } of files) {
      const key = arrivalKey(path, sha256);
      const known = arrivals.get(key);
      if (known === undefined) arrivals.set(key, [toSeconds(time)]);
      else known.push(toSeconds(time));
    }
  return arrivals;
}

/** The Markdown documents that an approval states, as far as they are what they were: their words, and when the last came. */
function statedDocuments(
  { folder }: Bundle,
  { statement, time }: Approve,
  arrivals: Arrivals,
): { readonly words: number; readonly brought: number } {
  const signed = toSeconds(time);
  let [words, brought] = [0, 0];
  for (const { path, sha256 } of statement.evidence) {
    const file = path.endsWith('.md') ? fileAt(folder, path) : null;
    if (file?.sha256 !== sha256) continue;
    words += wordsIn(file.bytes);
    const came = arrivals.get(arrivalKey(path, sha256))?.findLast((arrival) => arrival <= signed);
    brought = Math.max(brought, came ?? 0);
  }
  return { words, brought };
}

const counted = new WeakMap<Uint8Array, number>();

/** Every approval states the same documents. */
function wordsIn(bytes: Uint8Array): number {
  const known = counted.get(bytes);
  if (known !== undefined) return known;
  const words = (decodeUtf8(bytes) ?? '').match(/\S+/g)?.length ?? 0;
  counted.set(bytes, words);
  return words;
}

function of(metric: 'approval-latency' | 'below-reading-floor', { iteration }: Bundle, { role }: Approve) {
  return { metric, line: iteration.line, role, of: 1 } as const;
}
