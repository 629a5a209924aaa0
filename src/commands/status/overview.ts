import { aliasTargets } from '../../domain/aliases.ts';
import type { Iteration, LineName, Version } from '../../domain/names.ts';
import { ALIASES, type AliasName } from '../../domain/states.ts';
import { iterationsByRest } from '../../machine/at-rest.ts';
import { ruleOfLine } from '../../machine/law.ts';
import { aliasesOf, bundleOf, iterationsOf, linesOf, locksOf, type World } from '../../machine/world.ts';
import { pinSentences, pinViews, type AliasView } from '../shared/views/alias-view.ts';
import type { View } from '../shared/command.ts';
import { brief, table } from '../shared/terminal/layout.ts';
import { standingView, type StandingView } from '../shared/views/standing-view.ts';
import { hanging, styleOf } from '../shared/terminal/style.ts';

export interface LineOverview {
  readonly line: LineName;
  readonly owner: string | null;
  /** Id of the newest lock; null where there is none. */
  readonly lock: string | null;
  /** Where each alias points; null for nowhere. */
  readonly aliases: Readonly<Record<AliasName, string | null>>;
  /** Aliases that are pinned, or wait for the second word of a pin. */
  readonly pins: readonly AliasView[];
  /** Those that are not retired. */
  readonly iterations: readonly StandingView[];
  /** Versions. */
  readonly retired: readonly Version[];
}

export interface Overview {
  readonly lines: readonly LineOverview[];
  readonly iterations: readonly { readonly iteration: Iteration }[];
}

/** Lines that hold anything, and lines the policy names without a pattern. */
export function overviewOf(world: World, at: number): Overview {
  const named = world.law.policy.lines
    .map((rule) => rule.match as string)
    .filter((match) => !match.endsWith('*'));
  const lines = [...new Set([...linesOf(world.tree), ...(named as LineName[])])].sort();
  return {
    iterations: lines.flatMap((line) => iterationsOf(world.tree, line)).map((iteration) => ({ iteration })),
    lines: lines.map((line) => {
      const { inMotion, atRest } = iterationsByRest(world.tree, line);
      const bundles = inMotion.flatMap((iteration) => bundleOf(world.tree, iteration) ?? []);
      const targets = aliasTargets(aliasesOf(world.tree, line));
      return {
        line,
        owner: ruleOfLine(world.law, line)?.owner ?? null,
        lock: locksOf(world.tree, line).at(-1)?.id ?? null,
        aliases: { serving: targets.get('serving') ?? null, production: targets.get('production') ?? null },
        pins: pinViews(world, line, at),
        iterations: bundles.map((bundle) => standingView(world, bundle, at)),
        retired: atRest.map(({ version }) => version),
      };
    }),
  };
}

export function overviewText(lines: readonly LineOverview[], { columns, color }: View): readonly string[] {
  const style = styleOf(color);
  if (lines.length === 0)
    return ['no lines yet', 'next: modelsmith baseline add <line> <results.json> --model <name>'];
  const alive = lines.some(({ iterations }) => iterations.length > 0);
  const text = lines.flatMap(({ line, owner, lock, aliases, pins, iterations, retired }, index) => [
    ...(index === 0 ? [] : ['']),
    `${style.bold(line)}${owner === null ? '' : `  owned by ${owner}`}`,
    `  ${ALIASES.map((alias) => `${alias}: ${aliases[alias] ?? '-'}`).join('   ')}`,
    ...pins.flatMap((view) => pinSentences(line, view).flatMap((text) => hanging(`  ${text}`, columns))),
    lock === null
      ? `  no lock yet; next: modelsmith lock ${line}   (after a baseline)`
      : `  newest lock ${brief(lock)}`,
    ...(iterations.length + retired.length === 0
      ? [`  no iterations yet; next: modelsmith submit ${line}@<version> ...`]
      : iterationTable(iterations, retired.length, columns)),
  ]);
  return alive ? [...text, '', 'who has to do what: modelsmith queue'] : text;
}

function iterationTable(
  iterations: readonly StandingView[],
  retired: number,
  columns: number,
): readonly string[] {
  const rows = iterations.map((view) => [
    view.iteration.slice(view.iteration.indexOf('@') + 1),
    view.state,
    view.since.slice(0, 10),
    view.failed ? 'nothing: the evaluation failed' : view.waitsFor,
  ]);
  return [
    ...(rows.length === 0 ? [] : table([['version', 'state', 'since', 'waits for'], ...rows], columns, 2)),
    ...(retired === 0 ? [] : [`  ${retired} deprecated`]),
  ];
}
