import { compare, floorText, toRatio, type DecimalText, type Ratio } from '../base/decimal.ts';
import type { NonEmpty } from '../base/nonempty.ts';
import type { ScoresRecord, ShortfallCode } from '../domain/scores.ts';
import type { Scored } from './score.ts';

/** What a lock demands. Composites are compared exactly: a threshold met exactly is met. */
export interface Thresholds {
  readonly core: DecimalText;
  readonly heldOut: DecimalText;
  readonly maxRegressions: number;
}

export interface Shortfall {
  readonly code: ShortfallCode;
  /** Facts a person needs, one a line. */
  readonly facts: readonly string[];
}

export interface ScoreVerdict {
  readonly verdict: 'pass' | 'fail';
  /** In the order of `SHORTFALLS`, each code at most once; empty exactly for a pass. */
  readonly shortfalls: readonly Shortfall[];
}

export function judgeScores(scored: Scored, thresholds: Thresholds): ScoreVerdict {
  const regressed = scored.tasks.filter((task) => task.regressed).map((task) => task.id);
  const missed = scored.tasks.filter((task) => task.hardLimitMet === false);
  const shortfalls: Shortfall[] = [
    ...below('CORE_BELOW', scored.core, thresholds.core),
    ...below('HELD_OUT_BELOW', scored.heldOut, thresholds.heldOut),
  ];
  if (scored.regressions > thresholds.maxRegressions) {
    const facts = [`regressions: ${scored.regressions}, allowed: ${thresholds.maxRegressions}`, ...regressed];
    shortfalls.push({ code: 'TOO_MANY_REGRESSIONS', facts });
  }
  if (missed.length > 0) {
    shortfalls.push({ code: 'HARD_LIMIT', facts: missed.map((task) => `${task.id}: ${task.value}`) });
  }
  return { verdict: shortfalls.length === 0 ? 'pass' : 'fail', shortfalls };
}

function below(code: ShortfallCode, reached: Ratio, threshold: DecimalText): Shortfall[] {
  if (compare(reached, toRatio(threshold)) >= 0) return [];
  return [{ code, facts: [`reached: ${floorText(reached)}`, `demanded: ${threshold}`] }];
}

/** What is recorded of an evaluation: the same bytes from the same rubric, reports and thresholds, for ever. */
export function scoresRecord(scored: Scored, thresholds: Thresholds): ScoresRecord {
  const { verdict, shortfalls } = judgeScores(scored, thresholds);
  return {
    core: floorText(scored.core),
    heldOut: floorText(scored.heldOut),
    regressions: scored.regressions,
    tasks: scored.tasks.map(({ id, value, score, baseline, regressed, hardLimitMet }) => ({
      ...{ id, value, score: floorText(score), baseline, regressed },
      ...(hardLimitMet !== null && { hardLimitMet }),
    })),
    verdict,
    shortfalls: shortfalls.map(({ code }) => code),
  };
}

/** The run that decides among all complete runs: one that fails, if any does; else the one with the lowest scores. */
export function worst<T extends Pick<ScoresRecord, 'core' | 'heldOut' | 'verdict'>>(runs: NonEmpty<T>): T {
  return runs.reduce((a, b) => (isWorse(b, a) ? b : a));
}

function isWorse(a: Pick<ScoresRecord, 'core' | 'heldOut' | 'verdict'>, b: typeof a): boolean {
  if (a.verdict !== b.verdict) return a.verdict === 'fail';
  const byCore = compare(toRatio(a.core), toRatio(b.core));
  return byCore === 0 ? compare(toRatio(a.heldOut), toRatio(b.heldOut)) < 0 : byCore < 0;
}
