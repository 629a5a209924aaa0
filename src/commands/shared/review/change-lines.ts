import { RISK_ASSESSMENT } from '../../../domain/paths.ts';
import type { Request } from '../../../domain/request.ts';
import { CHANGE_FLAGS } from '../../../domain/model-change.ts';
import { fileAt } from '../../../domain/tree.ts';
import { bundleOf } from '../../../machine/world.ts';
import { documentLines } from '../document-lines.ts';
import { field } from '../style.ts';
import type { ReviewGround } from './ground.ts';

const ALL = Number.POSITIVE_INFINITY;

/** What the change may touch, what is new against the iteration it was made from, and the risk assessment. */
export function changeLines({ world, bundle, columns }: ReviewGround): readonly string[] {
  const { change } = bundle.record.request;
  const stated = new Map(change.flags.map(({ name, value }) => [name as string, value]));
  const raised = CHANGE_FLAGS.filter((name) => stated.get(name) === true);
  const silent = CHANGE_FLAGS.filter((name) => !stated.has(name));
  const parent =
    change.parent === undefined
      ? null
      : bundleOf(world.tree, { line: bundle.iteration.line, version: change.parent });
  const rows: readonly (readonly [string, string])[] = [
    ['change', `${change.mutation}: ${change.summary.replaceAll('\n', ' ')}`],
    ['made from', change.parent ?? 'no iteration that is governed here'],
    ['flags raised', raised.join(', ') || 'none'],
    ['not stated', silent.length === 0 ? 'none' : `${silent.join(', ')} (each counts as raised)`],
    ['permissions', change.permissions.join(', ') || 'none'],
    [
      'new ones',
      parent === null
        ? `${[...change.permissions, ...change.capabilities].join(', ') || 'none'} (there is nothing here to compare with)`
        : grown(change, parent.record.request.change),
    ],
    ['risk tier', 'nobody has assessed it, so treat it as high'],
  ];
  return [
    ...rows.flatMap(([label, text]) => field(label, text, columns)),
    '',
    ...(fileAt(bundle.folder, RISK_ASSESSMENT) === null
      ? ['  no risk assessment is in the bundle']
      : documentLines(bundle, RISK_ASSESSMENT, columns, ALL)),
  ];
}

function grown(now: Request['change'], before: Request['change']): string {
  const old = new Set<string>([...before.permissions, ...before.capabilities]);
  return [...now.permissions, ...now.capabilities].filter((name) => !old.has(name)).join(', ') || 'none';
}
