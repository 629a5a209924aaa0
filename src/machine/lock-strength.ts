import { matchesLine } from '../domain/line-pattern.ts';
import {
  demandedOf,
  holdsWeights,
  isAsStrong,
  LOCK_FILE,
  lockFileDigest,
  type LockStrength,
} from '../domain/lock-strength.ts';
import { signedFiles, signerKey, type ModelSignature } from '../domain/model-statement.ts';
import { toIterationId, type EntryId, type LineName } from '../domain/names.ts';
import type { Policy } from '../domain/policy.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Request } from '../domain/request.ts';
import type { RiskTier } from '../domain/tiers.ts';
import { ruleOfLine, type Law } from './law.ts';
import { riskOf } from './risk.ts';
import type { Bundle } from './world.ts';

/** How strongly it is shown under which lock an artifact was trained, and what shows that, or is lacking for more. */
export interface LockTie {
  readonly strength: LockStrength;
  readonly because: string;
}

type Tied = Pick<Request, 'artifact' | 'lock' | 'modelSignature'>;

/** What the recorded evidence shows under a law. Trust in a signature is asked of the law, never of the entry. */
export function lockTie(law: Law, line: LineName, request: Tied): LockTie {
  const bare = unstamped(request.artifact, request.lock);
  if (bare !== null) return { strength: 'declared', because: bare };
  const bound = (lacking: string): LockTie => ({
    strength: 'bound',
    because: `the weights carry its id; ${lacking}`,
  });
  const { modelSignature: signature, lock } = request;
  if (signature === undefined) return bound('no signature over the model is recorded');
  const signed = filesSigned(signature, request);
  if (typeof signed === 'string') return bound(`the signature over the model ${signed}`);
  if (signed.get(LOCK_FILE) !== lockFileDigest(lock))
    return bound(`the signature over the model covers no ${LOCK_FILE} that names it`);
  const key = signerKey(signature);
  const trainer = trainersOf(law, line).find((each) => each.key === key);
  return trainer === undefined
    ? bound(`the key ${key} that signed the model is of no trainer of this line`)
    : {
        strength: 'attested',
        because: `the weights carry its id, and the trainer ${trainer.id} signed both`,
      };
}

/** Whose signature attests on a line. */
export function trainersOf(
  { policy: { trainers = [] } }: Law,
  line: LineName,
): NonNullable<Policy['trainers']> {
  return trainers.filter(({ lines }) => lines.some((pattern) => matchesLine(pattern, line)));
}

/** Whether all files of weights carry the id of the lock, as they are recorded. */
export function isBound(artifact: Stamped, lock: EntryId): boolean {
  return unstamped(artifact, lock) === null;
}

interface Stamped {
  readonly files: readonly { readonly path: string }[];
  readonly stamps?: readonly { readonly path: string; readonly lock: EntryId }[] | undefined;
}

/** Why the bytes of the weights do not tie them to the lock, as they are recorded; null where they do. */
function unstamped({ files, stamps = [] }: Stamped, lock: EntryId): string | null {
  const found = new Map(stamps.map((stamp) => [stamp.path, stamp.lock]));
  const weights = files.filter(({ path }) => holdsWeights(path));
  const bare = weights.find(({ path }) => found.get(path) !== lock);
  if (bare === undefined && weights.length > 0) return null;
  return stamps.length === 0
    ? 'the weights do not carry its id'
    : `${bare?.path ?? 'no file of weights'} does not carry its id`;
}

type Signed = ReadonlyMap<string, string> | string;
const verified = new WeakMap<
  ModelSignature,
  { readonly artifact: Request['artifact']; readonly found: Signed }
>();

/** What a recorded signature is over, verified once for as long as it is asked of the same artifact. */
function filesSigned(signature: ModelSignature, { artifact }: Pick<Request, 'artifact'>): Signed {
  const before = verified.get(signature);
  if (before?.artifact === artifact) return before.found;
  const found = signedFiles(signature, artifact.files);
  verified.set(signature, { artifact, found });
  return found;
}

/** What a request must not say of its lock: what its own evidence shows to be otherwise. */
export function checkTie(request: Pick<Request, keyof Tied | 'lockStrength'>): readonly Reason[] {
  const { artifact, lock, lockStrength, modelSignature: signature } = request;
  const shown = isBound(artifact, lock) ? 'bound' : 'declared';
  const signed = signature === undefined ? null : filesSigned(signature, request);
  const named = signed === null || typeof signed === 'string' ? undefined : signed.get(LOCK_FILE);
  const paths = new Set<string>(artifact.files.map(({ path }) => path).filter(holdsWeights));
  return [
    ...(artifact.stamps ?? []).flatMap((stamp) => [
      ...(paths.has(stamp.path) ? [] : [reason('LOCK_STAMP_UNFOUNDED', { path: stamp.path })]),
      ...(stamp.lock === lock
        ? []
        : [reason('LOCK_STAMP_OTHER', { path: stamp.path, stamped: stamp.lock, lock })]),
    ]),
    ...(typeof signed === 'string' ? [reason('MODEL_SIGNATURE_FALSE', { why: signed })] : []),
    ...(named === undefined || named === lockFileDigest(lock)
      ? []
      : [reason('LOCK_STAMP_OTHER', { path: LOCK_FILE, stamped: `sha256 ${named}`, lock })]),
    ...(lockStrength === shown ? [] : [reason('LOCK_STRENGTH_FALSE', { stated: lockStrength, shown })]),
  ];
}

/** What the policy asks for. @param tier how risky the change is; null where nobody judges that. */
export function demandedStrength(law: Law, line: LineName, tier: RiskTier | null): LockStrength {
  return demandedOf(ruleOfLine(law, line)?.lockStrength, tier);
}

/** How strongly an iteration is tied to its lock, and how strongly the policy asks. */
export interface LockStanding extends LockTie {
  readonly demanded: LockStrength;
}

type Judged = Pick<Bundle, 'iteration' | 'record' | 'lock' | 'tree'>;

export function lockStanding(law: Law, bundle: Judged): LockStanding {
  const { line } = bundle.iteration;
  return {
    ...lockTie(law, line, bundle.record.request),
    demanded: demandedStrength(law, line, riskOf(law, bundle)?.tier ?? null),
  };
}

/** Why the tie to the lock is not as strong as the policy asks. It never grows by itself: such an artifact is trained again. */
export function tieReasons(law: Law, bundle: Judged): readonly Reason[] {
  const { strength, demanded, because } = lockStanding(law, bundle);
  if (isAsStrong(strength, demanded)) return [];
  const iteration = toIterationId(bundle.iteration);
  const tier = riskOf(law, bundle)?.tier ?? null;
  return [reason('LOCK_STRENGTH_LOW', { iteration, strength, demanded, tier, because })];
}
