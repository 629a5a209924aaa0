import { Comment } from '../../domain/comment.ts';
import { seal } from '../../domain/document.ts';
import { Lock } from '../../domain/lock.ts';
import {
  toIterationId,
  toTime,
  type Fingerprint,
  type Iteration,
  type LineName,
} from '../../domain/names.ts';
import type { OverrideAct } from '../../domain/override-acts.ts';
import { bundleFolder, RUBRIC } from '../../domain/paths.ts';
import type { Reason } from '../../domain/reason.ts';
import { Request } from '../../domain/request.ts';
import type { GoodSignature } from '../../domain/signature.ts';
import type { Principal } from '../../domain/signers.ts';
import { ALIASES } from '../../domain/states.ts';
import { fileAt } from '../../domain/tree.ts';
import { signerOf } from '../../judge/judgement.ts';
import type { Act } from '../../machine/act.ts';
import { decide } from '../../machine/decide.ts';
import { heldAliases } from '../../machine/held-aliases.ts';
import { holdsRole, isKeyEnded, principalNamed } from '../../machine/law.ts';
import { disablementOf, freezeOf, isForRecovery, stopOf } from '../../machine/overrides.ts';
import { iterationsOf, linesOf, locksOf, recordOf, type World } from '../../machine/world.ts';

/** One override to be drilled, and what has to be refused once it is in force. */
export interface Trial {
  readonly override: OverrideAct;
  /** What is typed after `modelsmith override`. */
  readonly words: readonly string[];
  /** What is tried. */
  readonly tries: string;
  /** Whether it is refused in a world, and for what the override says. @param at seconds since 1970. */
  isStopped(world: World, at: number): boolean;
}

/**
 * What an override can be drilled on here: something that it would stop and that nothing stops now; null where there is no
 * such thing. What is tried is what others do in the history already, asked of the machine as `verify` would.
 * @param at seconds since 1970.
 */
export function trialOf(override: OverrideAct, world: World, runner: Principal, at: number): Trial | null {
  const trial = candidate(override, world, runner, at);
  return trial === null || trial.isStopped(world, at) ? null : trial;
}

function candidate(override: OverrideAct, world: World, runner: Principal, at: number): Trial | null {
  switch (override) {
    case 'stop-candidates':
      return stopTrial(world);
    case 'freeze':
      return freezeTrial(world);
    case 'disable':
      return disableTrial(world);
    case 'suspend-signer':
      return suspendTrial(world, runner, at);
    case 'revoke-signer':
      return revokeTrial(world, runner);
  }
}

/** Why there is nothing to drill an override on. */
export const LACKING: Readonly<Record<OverrideAct, string>> = {
  'stop-candidates': 'there is no line with a lock that is not stopped already',
  freeze: 'there is no line with an alias that is not frozen already',
  disable: 'there is no iteration with a capability that is not disabled already',
  'suspend-signer': 'there is no iteration yet, or nobody else enrolled to try to speak of one',
  'revoke-signer': 'there is nobody else enrolled with a key in use',
};

function stopTrial(world: World): Trial | null {
  const found = linesOf(world.tree).flatMap((line) =>
    stopOf(world.law.overrides, line) === null ? locksOf(world.tree, line).slice(-1) : [],
  );
  const [lock] = found;
  if (lock === undefined) return null;
  return {
    override: 'stop-candidates',
    words: ['stop-candidates', lock.line],
    tries: `${lock.principal} locks ${lock.line} again`,
    isStopped: (here, at) => {
      const repository = here.law.repository.id;
      const again = seal(Lock, { ...lock, repository, time: toTime(at) });
      return refusals(here, lock, at, { kind: 'lock', lock: again }).some(
        ({ code }) => code === 'CANDIDATES_STOPPED',
      );
    },
  };
}

function freezeTrial(world: World): Trial | null {
  const named = world.law.policy.lines.flatMap(({ match }) => (match.endsWith('*') ? [] : [match]));
  const lines = [...new Set([...linesOf(world.tree), ...(named as readonly string[] as LineName[])])];
  const free = lines.flatMap((line) =>
    [...ALIASES]
      .reverse()
      .flatMap((alias) => (freezeOf(world.law.overrides, line, alias) === null ? [{ line, alias }] : [])),
  );
  const [first] = free;
  if (first === undefined) return null;
  const { line, alias } = first;
  return {
    override: 'freeze',
    words: ['freeze', line, alias],
    tries: `the alias ${alias} of ${line} is moved in the world`,
    isStopped: (here, at) =>
      heldAliases(here, at).some(
        (held) =>
          held.line === line && held.alias === alias && held.because.some(({ kind }) => kind === 'frozen'),
      ),
  };
}

function disableTrial(world: World): Trial | null {
  const [found] = allIterations(world).flatMap((iteration) => {
    const request = recordOf(world.tree, iteration)?.request;
    const rubric = fileAt(world.tree, `${bundleFolder(iteration)}/${RUBRIC}`);
    const capability = request?.change.capabilities.find(
      (name) => disablementOf(world.law.overrides, iteration.line, [name]) === null,
    );
    return request === undefined || rubric === null || capability === undefined
      ? []
      : [{ iteration, request, rubric, capability }];
  });
  if (found === undefined) return null;
  const { iteration, request, rubric, capability } = found;
  return {
    override: 'disable',
    words: ['disable', capability, '--line', iteration.line],
    tries: `${request.principal} asks for a model of ${iteration.line} that has ${capability}`,
    isStopped: (here, at) => {
      const repository = here.law.repository.id;
      const again = seal(Request, { ...request, repository, time: toTime(at) });
      const act = { kind: 'request', iteration, request: again, rubric: rubric.bytes } as const;
      return refusals(here, request, at, act).some(
        (reason) => reason.code === 'CAPABILITY_DISABLED' && reason.facts.capability === capability,
      );
    },
  };
}

function suspendTrial(world: World, runner: Principal, at: number): Trial | null {
  const [iteration] = allIterations(world);
  const [target] = others(world, runner).flatMap(({ principal, key }) => {
    const roles = principal.roles.map((grant) => grant.role).filter((each) => each !== 'auditor');
    const role = roles.find((each) => holdsRole(principal, each, null, at));
    return role === undefined ? [] : [{ principal, key, role }];
  });
  if (iteration === undefined || target === undefined) return null;
  const { principal, key, role } = target;
  return {
    override: 'suspend-signer',
    words: ['suspend-signer', principal.id],
    tries: `${principal.id} says something of ${toIterationId(iteration)}`,
    isStopped: (here, at) => {
      const comment = seal(Comment, {
        schema: 'modelsmith/comment/v1',
        act: 'comment',
        repository: here.law.repository.id,
        principal: principal.id,
        role,
        key,
        time: toTime(at),
        reliedOn: [],
        iteration: toIterationId(iteration),
        reason: 'Said in a drill.',
      });
      return refusals(here, comment, at, { kind: 'comment', iteration, comment }).some(
        ({ code }) => code === 'ROLE_NOT_HELD',
      );
    },
  };
}

function revokeTrial(world: World, runner: Principal): Trial | null {
  const [target] = others(world, runner);
  if (target === undefined) return null;
  const { principal, key } = target;
  return {
    override: 'revoke-signer',
    words: ['revoke-signer', key, '--as', 'retired'],
    tries: `${principal.id} signs something with the key ${key}`,
    isStopped: ({ law }, at) => {
      const signed = signerOf({ signature: signedWith(key, at) }, law, []);
      return 'principal' in signed && signed.ended.length > 0;
    },
  };
}

/** What the verifier says of a sound signature. */
function signedWith(key: Fingerprint, time: number): GoodSignature {
  return { kind: 'good', primary: key, key, time, algorithm: 'any', expires: null };
}

function allIterations({ tree }: World): readonly Iteration[] {
  return linesOf(tree).flatMap((line) => iterationsOf(tree, line));
}

/** Whom a person can suspend in a drill, machines first: people who are touched cannot help to lift it. */
function others(
  { law }: World,
  runner: Principal,
): readonly { readonly principal: Principal; readonly key: Fingerprint }[] {
  return law.signers.principals
    .filter(
      (principal) => principal.id !== runner.id && principal.roles.length > 0 && !isForRecovery(principal),
    )
    .flatMap((principal) => {
      const key = principal.keys.find((each) => !isKeyEnded(each))?.fingerprint;
      return key === undefined ? [] : [{ principal, key }];
    })
    .sort((a, b) => rank(a.principal, runner) - rank(b.principal, runner));
}

/** Whoever answers for a machine does not lift what touches it, so it had better not be the one who drills. */
function rank(principal: Principal, runner: Principal): number {
  if (principal.kind === 'human') return 2;
  return principal.owner === runner.id ? 1 : 0;
}

/** Why the machine refuses an act of somebody as he is by the law of a world. */
function refusals(
  world: World,
  by: { readonly principal: string; readonly key: Fingerprint },
  at: number,
  act: Act,
): readonly Reason[] {
  const principal = principalNamed(world.law, by.principal);
  if (principal === null) return [];
  const decision = decide(world, act, { principal, key: by.key, signed: at, clock: at });
  return decision.kind === 'refused' ? decision.reasons : [];
}
