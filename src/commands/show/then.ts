import { toIterationId, toSeconds, type Iteration, type LineName, type Time } from '../../domain/names.ts';
import type { HeldAlias, HoldReason } from '../../machine/held-aliases.ts';
import { disablementOf, freezeOf, overridesThen } from '../../machine/overrides.ts';
import { recordOf, type World } from '../../machine/world.ts';
import { aliasSentences, aliasViews, type AliasView } from '../shared/views/alias-view.ts';
import type { Outcome, View } from '../shared/command.ts';
import { heldSentence, heldView } from '../shared/views/held-view.ts';
import { knownLine } from '../shared/opening/known-line.ts';
import type { Ground } from '../shared/views/notices.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { hanging, styleOf } from '../shared/terminal/style.ts';

/** Where the aliases of a line pointed, by every step that had been signed until then, and what overrides held. */
export function lineThen(world: World, ground: Ground, line: LineName, at: Time): Outcome {
  const unknown = knownLine(world, line, `${line} cannot be shown`);
  if (unknown !== null) return unknown;
  const aliases = aliasViews(world, line, toSeconds(at), at);
  const held = heldThen(world, line, aliases, at).map(heldView);
  return {
    kind: ground.kind,
    json: { ...ground.json, line, at, aliases, held },
    text: (view) =>
      told(ground, view, `${line} at ${at}`, [
        ...aliases.flatMap((each) => aliasSentences(line, each)),
        ...held.map(heldSentence),
      ]),
  };
}

/** Where an iteration stood then, and which aliases pointed to it. */
export function iterationThen(world: World, ground: Ground, iteration: Iteration, at: Time): Outcome {
  const id = toIterationId(iteration);
  const picked = pickBundle(world, id);
  if ('kind' in picked) return picked;
  const { request, transitions } = picked.bundle.record;
  const asked = { state: 'candidate', time: request.time, principal: request.principal, role: request.role };
  const states = [
    asked,
    ...transitions.map(({ to, time, principal, role }) => ({ state: to, time, principal, role })),
  ].filter(({ time }) => time <= at);
  const { line, version } = iteration;
  const all = aliasViews(world, line, toSeconds(at), at);
  const aliases = all.filter(({ to }) => to === version);
  const held = heldThen(world, line, aliases, at).map(heldView);
  return {
    kind: ground.kind,
    json: { ...ground.json, iteration: id, at, state: states.at(-1)?.state ?? null, states, aliases, held },
    text: (view) =>
      told(ground, view, `${id} at ${at}`, [
        ...states.map(
          ({ state, time, principal, role }) => `${state} since ${time}, by ${principal} as ${role}`,
        ),
        ...(states.length === 0 ? ['not asked for yet'] : []),
        ...aliases.flatMap((each) => aliasSentences(line, each)),
        ...(aliases.length === 0 ? ['no alias pointed to it'] : []),
        ...held.map(heldSentence),
      ]),
  };
}

function told({ head }: Ground, { columns, color }: View, title: string, lines: readonly string[]): string {
  return [
    ...head,
    styleOf(color).bold(title),
    ...lines.flatMap((text) => hanging(`  ${text}`, columns)),
  ].join('\n');
}

/** What overrides held then. What else holds an alias is known to those who look later, and shown by `status`. */
function heldThen(
  world: World,
  line: LineName,
  aliases: readonly AliasView[],
  at: Time,
): readonly HeldAlias[] {
  const overrides = overridesThen(world.tree, at);
  return aliases.flatMap(({ alias, to }): readonly HeldAlias[] => {
    const record = to === null ? null : recordOf(world.tree, { line, version: to });
    const frozen = freezeOf(overrides, line, alias);
    const disabled = disablementOf(overrides, line, record?.request.change.capabilities ?? []);
    const because: readonly HoldReason[] = [
      ...(frozen === null ? [] : [{ kind: 'frozen', override: frozen } as const]),
      ...(disabled === null ? [] : [{ kind: 'disabled', override: disabled } as const]),
    ];
    return because.length === 0 ? [] : [{ line, alias, to, because }];
  });
}
