import { toIterationId, type EntryId, type LineName } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { edgeBetween } from '../machine/edges.ts';
import { exceptionNamed, exceptionsOf } from '../machine/exceptions.ts';
import { aliasesOf, iterationsOf, linesOf, lockNamed, recordOf } from '../machine/world.ts';

/**
 * What lies in several strands and says one thing. A repair that chooses strand by strand must not leave an iteration without
 * the lock it was measured by or the exception it came in by, an alias moved without the act that moved it, or such an act that moved none.
 */
export function tornApart(tree: TreeFolder): readonly Reason[] {
  return linesOf(tree).flatMap((line) => [
    ...missingLocks(tree, line),
    ...missingExceptions(tree, line),
    ...loneMoves(tree, line),
  ]);
}

function missingLocks(tree: TreeFolder, line: LineName): readonly Reason[] {
  return iterationsOf(tree, line).flatMap((iteration) => {
    const lock = recordOf(tree, iteration)?.request.lock;
    return lock === undefined || lockNamed(tree, line, lock) !== null
      ? []
      : [reason('LOCK_UNKNOWN', { lock })];
  });
}

function missingExceptions(tree: TreeFolder, line: LineName): readonly Reason[] {
  const needed = [
    ...iterationsOf(tree, line).flatMap((iteration) => recordOf(tree, iteration)?.request.exceptions ?? []),
    ...exceptionsOf(tree, line).flatMap(({ exception }) => exception.renews ?? []),
  ];
  return needed
    .filter((id) => exceptionNamed(tree, line, id) === null)
    .map((exception) => reason('EXCEPTION_UNKNOWN', { exception }));
}

function loneMoves(tree: TreeFolder, line: LineName): readonly Reason[] {
  const steps = new Map<EntryId, string>();
  for (const { entry, version, cause } of aliasesOf(tree, line)?.steps ?? []) {
    // What is signed for an alias itself comes from no other act, and its iteration took the edge by a step listed here.
    if (cause === 'transition' || cause === 'deprecation') steps.set(entry, toIterationId({ line, version }));
  }
  const acts = new Map<EntryId, string>();
  for (const iteration of iterationsOf(tree, line))
    for (const step of recordOf(tree, iteration)?.transitions ?? [])
      if (step.act === 'deprecate' || edgeBetween(step.from, step.to)?.opens === 'gates')
        acts.set(step.id, toIterationId(iteration));
  return [
    ...[...steps].filter(([entry, iteration]) => acts.get(entry) !== iteration),
    ...[...acts].filter(([entry]) => !steps.has(entry)),
  ].map(([entry, iteration]) => reason('REPAIR_TEARS', { line, iteration, entry }));
}
