import { RISK_ASSESSMENT } from '../../../domain/paths.ts';
import type { Request } from '../../../domain/request.ts';
import { fileAt } from '../../../domain/tree.ts';
import { changeFlags } from '../../../machine/change-flags.ts';
import { ruleOfLine } from '../../../machine/law.ts';
import { referencesOf } from '../../../machine/references.ts';
import { riskOf } from '../../../machine/risk.ts';
import { bundleOf, type Bundle, type World } from '../../../machine/world.ts';
import { documentLines } from '../views/document-lines.ts';
import { field } from '../terminal/style.ts';
import type { ReviewGround } from './ground.ts';

const ALL = Number.POSITIVE_INFINITY;

/** What the change may touch, what is new against the iteration it was made from, and the risk assessment. */
export function changeLines({ world, bundle, columns }: ReviewGround): readonly string[] {
  const { change } = bundle.record.request;
  const parent =
    change.parent === undefined
      ? null
      : bundleOf(world.tree, { line: bundle.iteration.line, version: change.parent });
  const rows: readonly (readonly [string, string])[] = [
    ['change', `${change.mutation}: ${change.summary.replaceAll('\n', ' ')}`],
    ['made from', change.parent ?? 'no iteration that is governed here'],
    ...flagRows(world, bundle),
    ['permissions', change.permissions.join(', ') || 'none'],
    [
      'new ones',
      parent === null
        ? `${[...change.permissions, ...change.capabilities].join(', ') || 'none'} (there is nothing here to compare with)`
        : grown(change, parent.record.request.change),
    ],
    ...servingRows(world, bundle),
    ...riskRows(world, bundle),
  ];
  return [
    ...rows.flatMap(([label, text]) => field(label, text, columns)),
    '',
    ...(fileAt(bundle.folder, RISK_ASSESSMENT) === null
      ? ['  no risk assessment is in the bundle']
      : documentLines(bundle, RISK_ASSESSMENT, columns, ALL)),
  ];
}

type Row = readonly [string, string];

/** What the request says of itself, what the evidence shows, and what nobody says. */
function flagRows(world: World, { iteration, record, lock }: Bundle): readonly Row[] {
  const { request } = record;
  const references = referencesOf(world, iteration.line, request);
  const flags = changeFlags(ruleOfLine(world.law, iteration.line), request, lock, references);
  const raised = flags.filter(({ declared, fact }) => declared === true && fact === null);
  const silent = flags.filter(({ value }) => value === null);
  return [
    ['flags raised', raised.map(({ flag }) => flag).join(', ') || 'none'],
    [
      'not stated',
      silent.length === 0
        ? 'none'
        : `${silent.map(({ flag }) => flag).join(', ')} (each counts as whatever is riskier)`,
    ],
    ...flags.flatMap(({ flag, fact }): readonly Row[] =>
      fact === null ? [] : [['found', `${flag}: ${fact}`]],
    ),
  ];
}

/** The same against what served when it was asked for, where that is another: whoever asks names the parent. */
function servingRows(world: World, { iteration, record }: Bundle): readonly Row[] {
  const { inService } = referencesOf(world, iteration.line, record.request);
  if (inService === null || inService.iteration.version === record.request.change.parent) return [];
  return [
    [
      'new in service',
      `${grown(record.request.change, inService.request.change)} (against ${inService.iteration.version}, which served when it was asked for)`,
    ],
  ];
}

/** How risky the change is, why, and who has to approve it therefore. */
function riskRows({ law }: World, bundle: Bundle): readonly Row[] {
  const risk = riskOf(law, bundle);
  if (risk === null)
    return [['risk tier', 'nobody judges it: the policy has no rules of risk, so treat it as high']];
  const why = risk.because.length === 0 ? '' : `, for: ${risk.because.join(', ')}`;
  return [
    ['risk tier', `${risk.tier}${why}`],
    ...risk.approvals.map(({ role, because }): Row => ['needs', `${role}: ${because.join(', ')}`]),
  ];
}

function grown(now: Request['change'], before: Request['change']): string {
  const old = new Set<string>([...before.permissions, ...before.capabilities]);
  return [...now.permissions, ...now.capabilities].filter((name) => !old.has(name)).join(', ') || 'none';
}
