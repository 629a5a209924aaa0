import type { AliasMove } from '../../domain/aliases.ts';
import { toIterationId } from '../../domain/names.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { aliasesOf, type Bundle } from '../../machine/world.ts';
import { field, type Style } from '../shared/terminal/style.ts';
import type { Desk, Plan } from '../shared/opening/write.ts';

export interface DeprecationView {
  readonly reason: string;
  readonly successor?: string | undefined;
  readonly columns: number;
  readonly style: Style;
}

/** What ends, and where aliases go. */
export function deprecationScreen(
  desk: Desk,
  bundles: readonly Bundle[],
  plan: Plan,
  { reason, successor, columns, style }: DeprecationView,
): string {
  const { principal } = desk.who;
  const moves = releases(plan, bundles);
  const wide = Math.min(columns, 100);
  return [
    ...(isDemonstration(desk.workspace.world.law.repository) ? ['DEMONSTRATION'] : []),
    style.bold('Deprecate for good; there is no way back from it'),
    ...bundles.flatMap((bundle) => [
      ...field('iteration', `${toIterationId(bundle.iteration)}, now ${bundle.record.state}`, wide),
      ...field('artifact', `sha256 ${bundle.record.request.artifact.digest}`, wide),
    ]),
    ...field('successor', successor ?? 'none: retired', wide),
    ...(moves.length === 0 ? field('aliases', 'none points here', wide) : []),
    ...moves.flatMap(({ alias, from, to }) =>
      field('alias', `${alias}: ${from ?? 'nothing'} → ${to ?? 'nothing'}`, wide),
    ),
    ...field('reason', reason.replaceAll('\n', ' '), wide),
    ...field('signed by', principal.id, wide),
    '',
  ].join('\n');
}

/** The alias moves that come with a planned deprecation. */
export function releases({ world }: Pick<Plan, 'world'>, bundles: readonly Bundle[]): readonly AliasMove[] {
  const [first] = bundles;
  if (first === undefined) return [];
  const steps = aliasesOf(world.tree, first.iteration.line)?.steps ?? [];
  return steps.slice(-bundles.length).flatMap((step) => step.moves);
}
