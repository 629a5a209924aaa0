import type { Judged } from './judge.ts';
import { settingName, type Setting } from './setting.ts';

/** What a run in one setting came to. The keys are read by programs; a case that is not applicable is not in `total`. */
export interface Summary {
  readonly format: Setting['format'];
  readonly bare: boolean;
  readonly hostile: boolean;
  readonly total: number;
  readonly passed: number;
  readonly notApplicable: readonly { readonly id: string; readonly why: string }[];
  readonly cases: readonly Pick<Judged, 'id' | 'expected' | 'actual' | 'codes'>[];
}

export function summaryOf(setting: Setting, results: readonly Judged[]): Summary {
  const own = results.filter((judged) => settingName(judged.setting) === settingName(setting));
  const left = own.filter(({ actual }) => actual === 'NOT_APPLICABLE');
  const judged = own.filter(({ actual }) => actual !== 'NOT_APPLICABLE');
  return {
    ...setting,
    total: judged.length,
    passed: judged.filter(({ passed }) => passed).length,
    notApplicable: left.map(({ id, why }) => ({ id, why: why ?? '' })),
    cases: judged.map(({ id, expected, actual, codes }) => ({ id, expected, actual, codes })),
  };
}

export function summaryText({ total, passed, notApplicable }: Summary): string {
  const left = notApplicable.length === 0 ? '' : `, ${notApplicable.length} not applicable`;
  return `${passed} of ${total} as expected${left}`;
}
