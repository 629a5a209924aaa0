import { compare, toRatio, type DecimalText } from '../base/decimal.ts';
import { sha256, type Sha256 } from '../base/digest.ts';
import type { Decided } from '../domain/approval.ts';
import type { PrincipalName } from '../domain/names.ts';
import type { SampleRule } from '../domain/policy.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { countsOf, type Sample } from '../domain/sample.ts';
import type { GateRule } from './gate-rule.ts';
import { completeRuns } from './verdict.ts';
import type { Bundle } from './world.ts';

/** What an expert judged lies in runs that count, and an approval brings as much of it as the policy asks for. */
export function checkSample(
  bundle: Bundle,
  rule: GateRule,
  { act, sample, principal }: Pick<Decided, 'act' | 'sample' | 'principal'>,
): readonly Reason[] {
  const { gate } = rule;
  if (sample !== undefined && gate !== 'domain-validation') return [reason('SAMPLE_NOT_HERE', { gate })];
  const runs: ReadonlySet<string> = new Set(completeRuns(bundle).map(({ run }) => run));
  const others = new Set(
    (sample?.items ?? []).flatMap(({ run }) => (run === undefined || runs.has(run) ? [] : [run])),
  );
  return [
    ...seedReasons(bundle, sample, principal),
    ...[...others].map((run) => reason('SAMPLE_OTHER_RUN', { run })),
    ...(act === 'approve' && rule.sample !== null ? shortfalls(gate, rule.sample, sample) : []),
  ];
}

function shortfalls(gate: string, rule: SampleRule, sample: Sample | undefined): readonly Reason[] {
  if (sample === undefined) return [reason('SAMPLE_TOO_SMALL', { gate, has: 0, of: rule.judged })];
  const { judged, met, size } = countsOf(sample);
  // Also where all there is was drawn: there is nothing more to judge.
  const isEverything = judged === size && size === sample.population;
  return [
    ...(rule.methods.includes(sample.method)
      ? []
      : [reason('SAMPLE_METHOD', { gate, method: sample.method, allowed: rule.methods })]),
    ...(judged >= rule.judged || isEverything
      ? []
      : [reason('SAMPLE_TOO_SMALL', { gate, has: judged, of: rule.judged })]),
    // What was chosen and passed over meets nothing: else an expert could pick among what was drawn.
    ...(isShareReached(met, size, rule.met)
      ? []
      : [reason('SAMPLE_NOT_MET', { gate, met, of: size, share: rule.met })]),
  ];
}

/** Exact: a share met exactly is met. */
function isShareReached(met: number, of: number, share: DecimalText): boolean {
  const { num, den } = toRatio(share);
  return compare({ num: BigInt(met) * den, den: 1n }, { num: num * BigInt(of), den: 1n }) >= 0;
}

function seedReasons(
  bundle: Bundle,
  sample: Sample | undefined,
  principal: PrincipalName,
): readonly Reason[] {
  if (sample?.seed === undefined) return [];
  const expected = sampleSeed(bundle, principal);
  return sample.seed === expected
    ? []
    : [reason('SAMPLE_SEED', { seed: sample.seed, expected: String(expected) })];
}

/**
 * What the items of an expert are drawn with: the SHA-256 of `<id of the transition to customer-deployed> <principal>`.
 * Nobody who wrote the transcripts could know it then, and no expert can draw until the items please.
 * @returns null where the iteration has not been deployed: there is nothing yet to validate.
 */
export function sampleSeed({ record }: Pick<Bundle, 'record'>, principal: PrincipalName): Sha256 | null {
  const deployed = record.transitions.find((step) => step.to === 'customer-deployed');
  return deployed === undefined ? null : sha256(`${deployed.id} ${principal}`);
}
