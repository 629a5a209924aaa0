import type { EntryId } from '../../domain/names.ts';
import type { Reason } from '../../domain/reason.ts';
import type { Objection } from '../../machine/objections.ts';
import { standingOf } from '../../machine/standing.ts';
import { bundleOf, type Bundle, type World } from '../../machine/world.ts';
import { explain } from '../shared/explaining/explain.ts';
import { wrap, type Style } from '../shared/terminal/style.ts';

/** What an answer changes for people: whose approval no longer counts, and who has to look. */
export interface LookAgain {
  readonly stale: readonly {
    readonly entry: EntryId;
    readonly gate: string;
    readonly principal: string;
    readonly why: Reason;
  }[];
  /** People, sorted, each once: who asked, and whose approvals went stale. */
  readonly lookAgain: readonly string[];
}

export function lookAgain(
  before: World,
  after: World,
  bundle: Bundle,
  request: Objection,
  at: number,
): LookAgain {
  const counted = new Set(
    standingOf(before, bundle, at).gates.flatMap((gate) => gate.counted.map((entry) => entry.id)),
  );
  const now = bundleOf(after.tree, bundle.iteration) ?? bundle;
  const stale = standingOf(after, now, at).gates.flatMap(({ rule, discounted }) =>
    discounted
      .filter(({ entry }) => counted.has(entry.id))
      .map(({ entry, why }) => ({ entry: entry.id, gate: rule.gate, principal: entry.principal, why })),
  );
  const people = new Set([request.principal, ...stale.map(({ principal }) => principal)]);
  return { stale, lookAgain: [...people].sort() };
}

export function lookAgainLines(
  { stale, lookAgain: people }: LookAgain,
  style: Style,
  columns: number,
): readonly string[] {
  return [
    ...stale.flatMap(({ gate, principal, why }) =>
      wrap(`stale now: ${principal}’s approval at ${gate}: ${explain(why).sentence}`, columns).map(
        style.careful,
      ),
    ),
    ...wrap(`to look again: ${people.join(', ')}`, columns),
  ];
}
