import type { Approval } from '../../../domain/approval.ts';
import type { Standing } from '../../../machine/standing.ts';
import { standingObjections, withdrawnEntries } from '../../../machine/objections.ts';
import type { Bundle, World } from '../../../machine/world.ts';
import { escapeShown } from '../terminal/escape.ts';
import { explain } from '../explaining/explain.ts';
import { quoted, wrap, type Style } from '../terminal/style.ts';

/** Who decided what, and whether it counts now. */
export function decisionLines(
  world: World,
  bundle: Bundle,
  standing: Standing,
  style: Style,
  columns: number,
): readonly string[] {
  if (bundle.approvals.length === 0) return ['  nobody has signed yet'];
  const status = statusOf(world, bundle, standing);
  return bundle.approvals.flatMap((entry) => [
    ...wrap(
      `${entry.time}  ${entry.principal} (${entry.role})  ${entry.act} at ${entry.gate}: ${status(entry)}`,
      columns - 4,
    ).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`),
    ...quoted(entry.reason, columns, '    | '),
    style.dim(`    entry ${entry.id.slice(0, 12)}`),
  ]);
}

function statusOf(world: World, bundle: Bundle, standing: Standing): (entry: Approval) => string {
  const counted = new Set<string>(
    standing.gates.flatMap((gate) => gate.counted.map((entry) => entry.id as string)),
  );
  const discounted = new Map(
    standing.gates.flatMap((gate) =>
      gate.discounted.map(({ entry, why }) => [entry.id as string, escapeShown(explain(why).sentence)]),
    ),
  );
  const objections = new Set<string>(standingObjections(world, bundle).map((entry) => entry.id));
  const withdrawn = new Set<string>(withdrawnEntries(bundle));
  const relied = new Set<string>(bundle.record.transitions.flatMap((step) => step.reliedOn));
  return ({ id, act }) => {
    if (withdrawn.has(id)) return 'withdrawn';
    if (act === 'withdraw') return 'a withdrawal';
    if (act !== 'approve') return objections.has(id) ? 'stands' : 'settled';
    if (counted.has(id)) return 'counts';
    return discounted.get(id) ?? (relied.has(id) ? 'carried an earlier transition' : 'does not count here');
  };
}
