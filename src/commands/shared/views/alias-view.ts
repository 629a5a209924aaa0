import { aliasTargets, pinOf, stepsUntil, waitingPin, type AliasStep } from '../../../domain/aliases.ts';
import type { LineName, Time, Version } from '../../../domain/names.ts';
import { ALIASES, type AliasName } from '../../../domain/states.ts';
import { secondSigners } from '../../../machine/pins.ts';
import { aliasesOf, recordOf, type World } from '../../../machine/world.ts';
import { escapeShown } from '../terminal/escape.ts';
import { anyOf } from '../explaining/explained.ts';

/** Where an alias points and why. Strings are as they are; escape them when shown. */
export interface AliasView {
  readonly alias: AliasName;
  /** Null for nowhere. */
  readonly to: Version | null;
  /** What put it there; null where nothing ever moved it. */
  readonly by: StepView | null;
  /** What keeps it there whatever is promoted. */
  readonly pinned: StepView | null;
  /** The first word of a pin that takes a release owner and an operator. */
  readonly waiting: (StepView & { readonly version: string; readonly canSign: readonly string[] }) | null;
}

export interface StepView {
  readonly cause: AliasStep['cause'];
  readonly entry: string;
  readonly time: Time;
  readonly principal: string;
  readonly role: string;
  /** In words; null for a transition, whose reasons its approvals give. */
  readonly reason: string | null;
}

/** @param at seconds since 1970: what the roles of those who can sign are measured at. @param until leaves out later steps. */
export function aliasViews(world: World, line: LineName, at: number, until?: Time): readonly AliasView[] {
  return ALIASES.map((alias) => aliasView(world, line, alias, at, until));
}

/** Those of them that people keep where they are, or have begun to. */
export function pinViews(world: World, line: LineName, at: number): readonly AliasView[] {
  const aliases = aliasesOf(world.tree, line);
  return ALIASES.filter((alias) => (pinOf(aliases, alias) ?? waitingPin(aliases, alias)) !== null).map(
    (alias) => aliasView(world, line, alias, at),
  );
}

function aliasView(world: World, line: LineName, alias: AliasName, at: number, until?: Time): AliasView {
  const aliases = aliasesOf(world.tree, line);
  const moved = stepsUntil(aliases, until).findLast((step) =>
    step.moves.some((move) => move.alias === alias),
  );
  const pinned = pinOf(aliases, alias, until);
  const waiting = waitingPin(aliases, alias, until);
  return {
    alias,
    to: aliasTargets(aliases, until).get(alias) ?? null,
    by: moved === undefined ? null : stepView(world, line, moved),
    pinned: pinned === null ? null : stepView(world, line, pinned),
    waiting:
      waiting === null
        ? null
        : {
            ...stepView(world, line, waiting),
            version: waiting.version,
            canSign: secondSigners(world, waiting, at),
          },
  };
}

function stepView({ tree }: World, line: LineName, step: AliasStep): StepView {
  const { cause, entry, time, version } = step;
  if (cause === 'pin' || cause === 'unpin') {
    const { principal, role, reason } = step.signed;
    return { cause, entry, time, principal, role, reason };
  }
  const taken = recordOf(tree, { line, version })?.transitions.find(({ id }) => id === entry);
  const { principal = '', role = '' } = taken ?? {};
  return { cause, entry, time, principal, role, reason: taken?.act === 'deprecate' ? taken.reason : null };
}

/** One sentence each: where it points, what keeps it there, what waits. Escaped. */
export function aliasSentences(line: LineName, view: AliasView): readonly string[] {
  const { alias, to, by } = view;
  const since = by === null ? '' : ` since ${by.time}, by ${causeWords(by)}`;
  return [escapeShown(`${alias}: ${to ?? 'nothing'}${since}`), ...pinSentences(line, view)];
}

/** What keeps it where it is, and what waits for a second word. Escaped. */
export function pinSentences(line: LineName, { alias, to, pinned, waiting }: AliasView): readonly string[] {
  return [
    ...(pinned === null
      ? []
      : [
          `${alias} is pinned at ${to ?? 'nothing'} since ${pinned.time} by ${pinned.principal}: ${oneLine(pinned.reason)}`,
        ]),
    ...(waiting === null
      ? []
      : [
          `${alias} waits for a second word on ${waiting.version} since ${waiting.time}, after ${waiting.principal} as ${waiting.role}: ${oneLine(waiting.reason)}`,
          `${anyOf(waiting.canSign)} can run: modelsmith rollback ${line} --to ${waiting.version} --alias ${alias}`,
        ]),
  ].map(escapeShown);
}

const CAUSES = {
  transition: 'a promotion',
  deprecation: 'a deprecation',
  pin: 'a pin',
  unpin: 'an unpin',
} as const;

function causeWords({ cause, principal, role }: StepView): string {
  return `${CAUSES[cause]} of ${principal} as ${role}`;
}

function oneLine(text: string | null): string {
  return (text ?? '').replaceAll('\n', ' ');
}
