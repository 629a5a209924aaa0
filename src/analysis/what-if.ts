import { toIterationId, type IterationId, type LineName, type Time } from '../domain/names.ts';
import { bundleFolder, RUBRIC } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { fileAt, filesUnder, withNode, type TreeFolder } from '../domain/tree.ts';
import { decide } from '../machine/decide.ts';
import { edgeOnward } from '../machine/edges.ts';
import { principalNamed, type Law } from '../machine/law.ts';
import { bundlesOf, linesOf, type Bundle } from '../machine/world.ts';
import { exceptionsThen } from './exceptions-then.ts';
import { refusedUnder, timeOf } from './replay.ts';

/** What another law would have said of one step. */
export interface StepDifference {
  readonly iteration: IterationId;
  /** The state it led to; `candidate` is the request. */
  readonly step: string;
  /** When it was taken; null for the step that is still ahead. */
  readonly time: Time | null;
  /** Reasons against it that the present law does not have. */
  readonly stricter: readonly Reason[];
  /** Reasons of the present law that would be gone. */
  readonly milder: readonly Reason[];
}

export interface WhatIf {
  /** Requests and steps of people that were gone through, those still ahead among them. */
  readonly steps: number;
  readonly differences: readonly StepDifference[];
}

/**
 * Goes through every request and every step of people of a history again under another law, and tells where it would have
 * said something else than the present one does – both asked in the same way, so what neither knows of that time cancels out.
 * @param at seconds since 1970: for what is still ahead.
 */
export function whatIf(present: Law, proposed: Law, tree: TreeFolder, at: number): WhatIf {
  const found = linesOf(tree).flatMap((line) => ofLine(present, proposed, tree, line, at));
  return {
    steps: found.length,
    differences: found.filter(({ stricter, milder }) => stricter.length + milder.length > 0),
  };
}

function ofLine(
  present: Law,
  proposed: Law,
  tree: TreeFolder,
  line: LineName,
  at: number,
): readonly StepDifference[] {
  const bundles = bundlesOf(tree)
    .filter(({ iteration }) => iteration.line === line)
    .sort((a, b) => (a.record.request.time < b.record.request.time ? -1 : 1));
  // Requests are judged on what was asked for before them.
  let grown = bundles.reduce((result, bundle) => without(result, bundle), tree);
  const requests = bundles.map((bundle) => {
    const [before, after] = [present, proposed].map((law) => refusedRequest(law, grown, bundle));
    grown = withAgain(grown, tree, bundle);
    return compared(bundle, 'candidate', bundle.record.request.time, before, after);
  });
  const steps = bundles.flatMap((bundle) => [
    ...bundle.record.transitions
      .filter(({ to }) => to === 'customer-deployed' || to === 'production-validated')
      .map((step) => {
        const [before, after] = [present, proposed].map((law) =>
          refusedUnder(law, tree, bundle, step, timeOf(step)),
        );
        return compared(bundle, step.to, step.time, before, after);
      }),
    ...ahead(present, proposed, tree, bundle, at),
  ]);
  return [...requests, ...steps];
}

function ahead(
  present: Law,
  proposed: Law,
  tree: TreeFolder,
  bundle: Bundle,
  at: number,
): readonly StepDifference[] {
  const edge = edgeOnward(bundle.record.state);
  if (edge?.opens !== 'gates') return [];
  const [before, after] = [present, proposed].map((law) => refusedUnder(law, tree, bundle, null, at));
  return [compared(bundle, edge.to, null, before, after)];
}

function compared(
  { iteration }: Bundle,
  step: string,
  time: Time | null,
  before: readonly Reason[] = [],
  after: readonly Reason[] = [],
): StepDifference {
  const isIn = (reasons: readonly Reason[]): ((why: Reason) => boolean) => {
    const keys = new Set(reasons.map(keyOf));
    return (why) => keys.has(keyOf(why)) || reasons.some((other) => isAsFar(other, why));
  };
  const [old, fresh] = [isIn(before), isIn(after)];
  return {
    iteration: toIterationId(iteration),
    step,
    time,
    stricter: after.filter((why) => !old(why)),
    milder: before.filter((why) => !fresh(why)),
  };
}

/** Whether a seat is missing at least as many people as in the other. */
function isAsFar(other: Reason, why: Reason): boolean {
  if (other.code !== 'GATE_PENDING' || why.code !== 'GATE_PENDING') return false;
  const [a, b] = [other.facts, why.facts];
  return a.gate === b.gate && a.roles.join(' ') === b.roles.join(' ') && a.of - a.has >= b.of - b.has;
}

/** Who could sign is no difference of what is missing. */
function keyOf({ code, facts }: Reason): string {
  return JSON.stringify([code, { ...facts, canSign: undefined }]);
}

function refusedRequest(
  law: Law,
  tree: TreeFolder,
  { iteration, record, folder }: Bundle,
): readonly Reason[] {
  const { request } = record;
  const principal = principalNamed(law, request.principal);
  if (principal === null) return [reason('SIGNER_NOT_ENROLLED', { key: request.key })];
  const rubric = fileAt(folder, RUBRIC)?.bytes ?? new Uint8Array();
  const signed = timeOf(request);
  const decision = decide(
    { law, tree: exceptionsThen(tree, iteration.line, request) },
    { kind: 'request', iteration, request, rubric },
    { principal, key: request.key, signed, clock: signed },
  );
  return decision.kind === 'allowed' ? [] : decision.reasons.filter(({ code }) => !WRITTEN_FOR.has(code));
}

/** Under another law it would have been written otherwise: without an exception that it does not need, and relying on what opens others there. */
const WRITTEN_FOR: ReadonlySet<Reason['code']> = new Set(['EXCEPTION_NOT_NEEDED', 'RELIED_ON_FALSE']);

function without(tree: TreeFolder, { iteration, folder }: Bundle): TreeFolder {
  return filesUnder(folder, '').reduce(
    (result, [path]) => withNode(result, `${bundleFolder(iteration)}/${path}`, null),
    tree,
  );
}

function withAgain(tree: TreeFolder, from: TreeFolder, { iteration }: Bundle): TreeFolder {
  const folder = bundleFolder(iteration);
  return filesUnder(from, folder).reduce(
    (result, [path, file]) => withNode(result, `${folder}/${path}`, file),
    tree,
  );
}
