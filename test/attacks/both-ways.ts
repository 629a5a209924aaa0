import { openRepository } from '../../src/adapters/git/repository.ts';
import { ForeseeingThreads } from '../../src/adapters/openpgp/foreseeing-threads.ts';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import { CannotTell } from '../../src/base/errors.ts';
import { parseTrustRoot } from '../../src/commands/shared/opening/trust-root.ts';
import { SIDE_REFS } from '../../src/evidence/side-overrides.ts';
import type { Verification, VerifyOptions } from '../../src/evidence/verification.ts';
import { verifyHistory } from '../../src/evidence/verify-history.ts';
import type { ObjectReader } from '../../src/ports/objects.ts';
import { judgedPlainly } from '../real/support/plain-way.ts';
import { judgedHere } from '../properties/piece-judges.ts';
import type { Target } from './case.ts';
import { differencesOf, told } from '../real/support/told.ts';

/** What came of judging one repository by the quick ways and by the plain one. */
export interface BothWays {
  /** Null where there was nothing to judge: no repository, no commit, no root, no git. */
  readonly outcome: 'judged' | 'cannot tell' | null;
  /** Field by field, with both values; none where they agree. */
  readonly differences: readonly string[];
}

export const NOTHING_JUDGED: BothWays = { outcome: null, differences: [] };

/** One for all, so that keys and signatures of one repository are known when the next is judged: they must not count there. */
const foreseeing = openpgpVerifier(
  new ForeseeingThreads(new URL('../../dist/foresee.js', import.meta.url), 1, 1),
);

let turn: Promise<unknown> = Promise.resolve();

/** Judges a finished case in this process, one after the other: the plain way leaves nothing quick beside it. */
export function bothWays(target: Target, env: NodeJS.ProcessEnv): Promise<BothWays> {
  const mine = turn.then(() => judgeBothWays(target, env));
  turn = mine.catch(() => undefined);
  return mine;
}

async function judgeBothWays(target: Target, env: NodeJS.ProcessEnv): Promise<BothWays> {
  const found = await optionsFor(target, env);
  if (found === null) return NOTHING_JUDGED;
  const { open, options } = found;
  // As long histories are judged: in a short one nothing of it would pay.
  const quick = await outcomeOf(open, (objects) =>
    verifyHistory(objects, foreseeing, { ...options, tipOnly: true, followsFrom: 0 }),
  );
  const plain = await outcomeOf(open, (objects) => judgedPlainly(objects, options));
  const pieces = await outcomeOf(open, (objects) =>
    verifyHistory(objects, foreseeing, {
      ...{ ...options, tipOnly: true, followsFrom: 0 },
      pieces: judgedHere(open, foreseeing, 2),
    }),
  );
  const differences = [
    ...differencesOf(toldOf(quick, options), toldOf(plain, options)),
    ...differencesOf(joinedOf(pieces, options), joinedOf(plain, options)).map((each) => `in pieces ${each}`),
  ];
  return { outcome: quick instanceof CannotTell ? 'cannot tell' : 'judged', differences };
}

interface Found {
  readonly open: () => ObjectReader;
  readonly options: VerifyOptions;
}

/** What `verify` judges when it is asked about the case; null where it does not come so far. */
async function optionsFor(
  { directory, revision = 'HEAD', root: words, options = [] }: Target,
  env: NodeJS.ProcessEnv,
): Promise<Found | null> {
  try {
    const root = parseTrustRoot(words, '--root');
    const repository = await openRepository(directory, env);
    const objects = repository.openObjects();
    const { facts, commit, under } = await repository
      .survey(objects, { revision, prefix: SIDE_REFS })
      .finally(() => objects.close());
    const descends = options[options.indexOf('--expect-descends') + 1];
    if (commit === null) return null;
    return {
      open: () => repository.openObjects(),
      options: {
        ...{ tip: commit, root, sides: under, now: Math.floor(Date.now() / 1000) },
        objectFormat: facts.objectFormat,
        descends:
          options.includes('--expect-descends') && descends !== undefined
            ? [{ commit: descends, branch: null }]
            : [],
      },
    };
  } catch (error) {
    if (error instanceof CannotTell) return null;
    throw error;
  }
}

async function outcomeOf(
  open: () => ObjectReader,
  judge: (objects: ObjectReader) => Promise<Verification>,
): Promise<Verification | CannotTell> {
  const objects = open();
  try {
    return await judge(objects);
  } catch (error) {
    if (error instanceof CannotTell) return error;
    throw error;
  } finally {
    await objects.close();
  }
}

/** Of a history in pieces only the last of them is at hand afterwards. */
function joinedOf(outcome: Verification | CannotTell, options: VerifyOptions): object {
  return { ...toldOf(outcome, options), commits: null };
}

function toldOf(outcome: Verification | CannotTell, { now }: VerifyOptions): object {
  if (!(outcome instanceof CannotTell)) return told(outcome, now);
  const { code, message, facts, place, remedy } = outcome;
  // Which of several missing objects git complains about first follows from the order of the questions.
  const words = facts.map((fact) => fact.replace(/\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g, '<id>'));
  return { cannot: { code, message, words, place, remedy } };
}
