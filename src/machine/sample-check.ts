import { compare, toRatio, type DecimalText } from '../base/decimal.ts';
import type { Decided } from '../domain/approval.ts';
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
  { act, sample }: Pick<Decided, 'act' | 'sample'>,
): readonly Reason[] {
  const { gate } = rule;
  if (sample !== undefined && gate !== 'domain-validation') return [reason('SAMPLE_NOT_HERE', { gate })];
  const runs: ReadonlySet<string> = new Set(completeRuns(bundle).map(({ run }) => run));
  const others = new Set(
    (sample?.items ?? []).flatMap(({ run }) => (run === undefined || runs.has(run) ? [] : [run])),
  );
  return [
    ...[...others].map((run) => reason('SAMPLE_OTHER_RUN', { run })),
    ...(act === 'approve' && rule.sample !== null ? shortfalls(gate, rule.sample, sample) : []),
  ];
}

function shortfalls(gate: string, rule: SampleRule, sample: Sample | undefined): readonly Reason[] {
  if (sample === undefined) return [reason('SAMPLE_TOO_SMALL', { gate, has: 0, of: rule.judged })];
  const { judged, met, size } = countsOf(sample);
  const isEverything = sample.method === 'all' && judged === size;
  return [
    ...(rule.methods.includes(sample.method)
      ? []
      : [reason('SAMPLE_METHOD', { gate, method: sample.method, allowed: rule.methods })]),
    ...(judged >= rule.judged || isEverything
      ? []
      : [reason('SAMPLE_TOO_SMALL', { gate, has: judged, of: rule.judged })]),
    ...(isShareReached(met, judged, rule.met)
      ? []
      : [reason('SAMPLE_NOT_MET', { gate, met, judged, share: rule.met })]),
  ];
}

/** Exact: a share met exactly is met. Nothing judged meets no share but zero. */
function isShareReached(met: number, judged: number, share: DecimalText): boolean {
  const { num, den } = toRatio(share);
  return compare({ num: BigInt(met) * den, den: 1n }, { num: num * BigInt(judged), den: 1n }) >= 0;
}
