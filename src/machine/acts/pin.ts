import { aliasTargets, pinOf } from '../../domain/aliases.ts';
import { toIdSet } from '../../domain/entry.ts';
import { toIterationId, type EntryId, type LineName } from '../../domain/names.ts';
import { aliasesFile } from '../../domain/paths.ts';
import { Pin, Unpin } from '../../domain/pin.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { refused, refusedIf, type Act, type Actor, type Decision, type Put } from '../act.ts';
import { edgeOfAlias } from '../edges.ts';
import { checkEntry } from '../entry-check.ts';
import { ALIAS_ROLES, aliasWords, firstWord, mayBeOnePerson, type AliasWord } from '../pins.ts';
import { pinProblems, takesBoth } from '../way-back.ts';
import { aliasesOf, recordOf, type World } from '../world.ts';
import { appendAliasStep } from './transition.ts';

type PinAct = Extract<Act, { kind: 'pin' }>;
type UnpinAct = Extract<Act, { kind: 'unpin' }>;

/** What a file of aliases may come to, so that steps of iterations always find room after what is signed for aliases. */
const ROOM = 7 * 1024 * 1024;

/** Puts an alias at an iteration that people let go there before, and keeps it there; or the first word for it, where it takes two. */
export function decidePin(world: World, { pin }: PinAct, actor: Actor): Decision {
  const { line, alias, version } = pin;
  const problems = pinProblems(world, { line, version }, alias);
  const put = appendAliasStep(
    world,
    { line, version },
    {
      cause: 'pin',
      entry: pin.id,
      version,
      time: pin.time,
      moves: completesPin(world, pin, actor)
        ? [{ alias, from: aliasTargets(aliasesOf(world.tree, line)).get(alias) ?? null, to: version }]
        : [],
      signed: pin,
    },
  );
  const reasons = [
    ...checkEntry(world, actor, Pin, pin, {
      line,
      roles: ALIAS_ROLES,
      reliedOn: pinRelies(world, pin, actor),
      humanOnly: true,
    }),
    ...problems,
    ...checkNew(world, line, pin),
    ...checkRoom(put, pin),
  ];
  return refusedIf(reasons, () => [put]);
}

/** What a pin relies on: the step by which people let the iteration go there, and the first word where it takes two. */
export function pinRelies(world: World, pin: Wanted, actor: By): readonly EntryId[] {
  const { line, alias, version } = pin;
  const { to } = edgeOfAlias(alias);
  const step = recordOf(world.tree, { line, version })?.transitions.find((each) => each.to === to);
  const first = firstOfTwo(world, pin, actor);
  return toIdSet([...(step === undefined ? [] : [step.id]), ...(first === null ? [] : [first])]);
}

type Wanted = Pick<Pin, 'line' | 'alias' | 'version' | 'role' | 'principal'>;
type By = Pick<Actor, 'clock'>;

/** Whether the alias moves with this word; else it is the first of two. */
export function completesPin(world: World, pin: Wanted, actor: By): boolean {
  return !takesBoth(world, pin.line, pin.alias, pin.version) || firstOfTwo(world, pin, actor) !== null;
}

/** The word that this one completes: of the other role and, where there is separation, of another person; null for none. */
function firstOfTwo(world: World, pin: Wanted, { clock }: By): EntryId | null {
  const { line, alias, version } = pin;
  if (!takesBoth(world, line, alias, version)) return null;
  const first = firstWord(world, line, alias, clock)?.signed;
  if (first?.version !== version || first.role === pin.role) return null;
  return first.principal !== pin.principal || mayBeOnePerson(world.law, line) ? first.id : null;
}

/** Lets steps of iterations move an alias again. It stays where it is until one does. */
export function decideUnpin(world: World, { unpin }: UnpinAct, actor: Actor): Decision {
  const { line, alias } = unpin;
  const pinned = pinOf(aliasesOf(world.tree, line), alias);
  if (pinned === null) return refused(reason('NOT_PINNED', { line, alias }));
  const { version } = pinned;
  const put = appendAliasStep(
    world,
    { line, version },
    {
      cause: 'unpin',
      entry: unpin.id,
      version,
      time: unpin.time,
      moves: [],
      signed: unpin,
    },
  );
  const reasons = [
    ...checkEntry(world, actor, Unpin, unpin, {
      line,
      roles: ALIAS_ROLES,
      reliedOn: [pinned.entry],
      humanOnly: true,
    }),
    ...(unpin.version === version
      ? []
      : [
          reason('ENTRY_UNRELATED', {
            what: `${line}@${unpin.version}`,
            expected: toIterationId({ line, version }),
          }),
        ]),
    ...checkNew(world, line, unpin),
    ...checkRoom(put, unpin),
  ];
  return refusedIf(reasons, () => [put]);
}

/** Nothing signed for an alias counts twice. */
function checkNew(world: World, line: LineName, { id }: AliasWord): readonly Reason[] {
  return aliasWords(aliasesOf(world.tree, line)).some((word) => word.id === id)
    ? [reason('ENTRY_ALTERED', { path: aliasesFile(line) })]
    : [];
}

function checkRoom({ bytes }: Put, word: AliasWord): readonly Reason[] {
  return (bytes?.length ?? 0) <= ROOM
    ? []
    : [reason('RECORD_FULL', { iteration: toIterationId(word), holds: 'all that its aliases take' })];
}
