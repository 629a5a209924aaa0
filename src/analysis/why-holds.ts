import type { FlagStanding } from '../machine/change-flags.ts';
import { whenHolds, type Case } from '../machine/when-holds.ts';
import type { When } from '../domain/when.ts';

/** A condition with what came of it, part by part. */
export interface Held {
  /** What is asked, such as `flag personal-data`. */
  readonly what: string;
  /** Null where nobody says; a rule then applies. */
  readonly holds: boolean | null;
  /** What shows it, in words; null where that is plain. */
  readonly because: string | null;
  readonly parts: readonly Held[];
}

/** Goes through a condition as the machine does. @param flags what is so about each flag of the change. */
export function whyHolds(when: When, of: Case, flags: readonly FlagStanding[]): Held {
  const holds = whenHolds(when, of);
  const plain = (what: string, because: string | null = null): Held => ({ what, holds, because, parts: [] });
  const parts = (what: string, inner: readonly When[]): Held => ({
    what,
    holds,
    because: null,
    parts: inner.map((part) => whyHolds(part, of, flags)),
  });
  if ('all' in when) return parts('all of', when.all);
  if ('any' in when) return parts('any of', when.any);
  if ('not' in when) return parts('not', [when.not]);
  if ('flag' in when)
    return plain(`flag ${when.flag}`, flagBecause(flags.find(({ flag }) => flag === when.flag)));
  if ('licenceTier' in when) return plain(`licence tier ${when.licenceTier}`, `it is ${of.licenceTier}`);
  if ('line' in when) return plain(`line ${when.line}`, `it is ${of.line}`);
  if ('mutation' in when) return plain(`mutation ${when.mutation}`, `it is ${of.mutation ?? 'not known'}`);
  const asked = of.permissions ?? [];
  return plain(
    `permission ${when.permission}`,
    `it asks for ${asked.length === 0 ? 'none' : asked.join(', ')}`,
  );
}

/** Who says so: the request, or what the evidence shows whatever it says. */
export function flagBecause(standing: Pick<FlagStanding, 'declared' | 'fact'> | undefined): string {
  if (standing === undefined) return 'nobody says';
  const { declared, fact } = standing;
  if (fact !== null) return fact;
  return declared === null ? 'nobody says' : `the request says ${declared ? 'yes' : 'no'}`;
}
