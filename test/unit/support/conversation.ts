import { CommentEntry } from '../../../src/domain/comment.ts';
import { seal } from '../../../src/domain/document.ts';
import type { EntryId } from '../../../src/domain/names.ts';
import type { Sample } from '../../../src/domain/sample.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { LINE } from './law-files.ts';
import { at, bundleAt, header, type By, type Signed } from './world.ts';

/** What people say beside their decisions, and what experts judged. */

type Build = (tree: TreeFolder) => Signed;

const KIM: By = { name: 'kim', role: 'operator', hours: 7.5 };

/** A comment about the iteration, or about entries. `changes` go over any field before it is sealed. */
export function comment(about: readonly string[] = [], by: By = KIM, changes: object = {}): Build {
  return (tree) => said(tree, 'comment', by, about, changes);
}

/** A wish that the review be done some hours after the beginning. */
export function expedite(
  due: number,
  by: By = { name: 'may', role: 'ml-manager', hours: 7.5 },
  changes: object = {},
): Build {
  return (tree) => said(tree, 'expedite', by, [], { due: at(due), ...changes });
}

function said(tree: TreeFolder, act: string, by: By, about: readonly string[], changes: object): Signed {
  const entry = seal(CommentEntry, {
    schema: 'modelsmith/comment/v1',
    ...header(act, by, about as readonly EntryId[]),
    iteration: `${LINE}@1.0.0`,
    reason: 'Have a look at the card.',
    ...changes,
  } as never);
  return { act: { kind: 'comment', iteration: bundleAt(tree).iteration, comment: entry }, by };
}

/** Items of a run, the first of them met, the next not met, the rest not judged. */
export function itemsOf(
  met: number,
  notMet = 0,
  notJudged = 0,
  run: string | null = 'run-1',
): Sample['items'] {
  const verdicts = [
    ...Array.from({ length: met }, () => 'met'),
    ...Array.from({ length: notMet }, () => 'not-met'),
    ...Array.from({ length: notJudged }, () => 'not-judged'),
  ];
  return verdicts.map((verdict, index) => ({
    ...(run !== null && { run, sha256: String(index).padStart(64, '0') }),
    task: 'task-a',
    item: `doc-${String(index).padStart(4, '0')}`,
    verdict,
  })) as unknown as Sample['items'];
}

export const drawn = (items: Sample['items'], population = 100): Sample =>
  ({ method: 'random', seed: 'a'.repeat(64), population, items }) as unknown as Sample;

export const every = (items: Sample['items']): Sample => ({ method: 'all', population: items.length, items });

export const listed = (items: Sample['items']): Sample => ({ method: 'listed', items });
