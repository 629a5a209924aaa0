import * as z from 'zod';
import type { Sha256 } from '../base/digest.ts';

/** The names used on disk. Each is a branded string with one closed spelling. */

type Brand<Name extends string> = string & { readonly __brand: Name };
const branded = <T extends string>(pattern: RegExp, what: string) =>
  z.string().regex(pattern, what) as unknown as z.ZodType<T, string>;

export type RepositoryId = Brand<'RepositoryId'>;
/** 26 random characters of Crockford's base 32; demonstrations start with `demo-`. */
export const RepositoryId = branded<RepositoryId>(
  /^(demo-|drill-)?[0-9a-hjkmnp-tv-z]{26}$/,
  'must be 26 characters of base 32, as `modelsmith init` makes them',
);

export type LineName = Brand<'LineName'>;
export const LineName = branded<LineName>(
  /^[a-z0-9][a-z0-9-]{0,62}$/,
  'must be a line name: a–z, 0–9 and -, at most 63',
);

export type Version = Brand<'Version'>;
const NUMBER = '(?:0|[1-9]\\d{0,8})';
const PRERELEASE = '(?:0|[1-9]\\d{0,8}|\\d*[a-z-][0-9a-z-]{0,31})';
export const Version = branded<Version>(
  new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRERELEASE}(?:\\.${PRERELEASE}){0,7})?$`),
  'must be a semantic version in lower case without build metadata, such as 1.4.0 or 2.0.0-rc.1',
);

export type IterationId = Brand<'IterationId'>;
/** `line@version`. */
export const IterationId = z.string().transform((text, context): IterationId => {
  const at = text.indexOf('@');
  if (
    at > 0 &&
    LineName.safeParse(text.slice(0, at)).success &&
    Version.safeParse(text.slice(at + 1)).success
  ) {
    return text as IterationId;
  }
  context.addIssue({ code: 'custom', message: 'must be written line@version, such as claims-triage@1.4.0' });
  return z.NEVER;
});

export interface Iteration {
  readonly line: LineName;
  readonly version: Version;
}

export function toIterationId(iteration: Iteration): IterationId {
  return `${iteration.line}@${iteration.version}` as IterationId;
}

export function toIteration(id: IterationId): Iteration {
  const at = id.indexOf('@');
  return { line: id.slice(0, at) as LineName, version: id.slice(at + 1) as Version };
}

export type PrincipalName = Brand<'PrincipalName'>;
export const PrincipalName = branded<PrincipalName>(
  /^[a-z0-9][a-z0-9._-]{0,62}$/,
  'must be a principal name: a–z, 0–9, dot, - and _, at most 63',
);

export type Fingerprint = Brand<'Fingerprint'>;
/** The full fingerprint of a version 4 OpenPGP key: 40 upper-case hexadecimal digits. */
export const Fingerprint = branded<Fingerprint>(
  /^[0-9A-F]{40}$/,
  'must be a full fingerprint of 40 upper-case hexadecimal digits (short key ids can be forged)',
);

export const Sha256Text = branded<Sha256>(
  /^[0-9a-f]{64}$/,
  'must be a SHA-256 in 64 lower-case hexadecimal digits',
);

/** An entry's name: the SHA-256 of its file's text without the line that holds the id. */
export type EntryId = Brand<'EntryId'>;
export const EntryId = branded<EntryId>(
  /^[0-9a-f]{64}$/,
  'must be an entry id: 64 lower-case hexadecimal digits',
);

export type CommitId = Brand<'CommitId'>;
export const CommitId = branded<CommitId>(
  /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/,
  'must be a full commit id in lower-case hexadecimal digits',
);

/** A name of a run, target, alias, dataset and the like: safe in a path. */
export type SafeName = Brand<'SafeName'>;
export const SafeName = branded<SafeName>(
  /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/,
  'must start with a letter or digit and hold only letters, digits, dot, - and _, at most 100',
);

export type CheckName = Brand<'CheckName'>;
/** What a check is called, and in which role its results are signed: `checker:<name>`. */
export const CheckName = branded<CheckName>(
  /^[a-z0-9][a-z0-9-]{0,62}$/,
  'must be the name of a check: a–z, 0–9 and -, at most 63',
);

const SEGMENT = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/;

/** Characters of a path, slashes included. */
export const MAX_PATH_LENGTH = 400;

/** A relative path of safe segments: printable ASCII, no `.` or `..`, nothing hidden. */
export function isSafePath(path: string): boolean {
  return path.length <= MAX_PATH_LENGTH && path.split('/').every(isSafeSegment);
}

/** One name in such a path. */
export function isSafeSegment(name: string): boolean {
  return SEGMENT.test(name);
}

export type SafePath = Brand<'SafePath'>;
export const SafePath = z
  .string()
  .refine(
    isSafePath,
    'must be a relative path of letters, digits, dot, - and _, which cannot leave its folder',
  ) as unknown as z.ZodType<SafePath, string>;

const OPEN_SEGMENT = /^(?!\.{1,2}$)(?!\.git$)[A-Za-z0-9._-]{1,100}$/i;

export type GuardedPath = Brand<'GuardedPath'>;
/** A file or folder of the repository outside the governed names; unlike theirs it may be hidden (`.gitattributes`). */
export const GuardedPath = z
  .string()
  .refine(
    (text) => text.length <= 400 && text.split('/').every((segment) => OPEN_SEGMENT.test(segment)),
    'must be a relative path of letters, digits, dot, - and _',
  ) as unknown as z.ZodType<GuardedPath, string>;

/** A point in time: `YYYY-MM-DDTHH:MM:SSZ`, whole seconds, UTC. */
export type Time = Brand<'Time'>;
export const Time = z
  .string()
  .refine(
    (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && toTime(toSeconds(text as Time)) === text,
    'must be a time in UTC such as 2026-03-02T09:30:00Z',
  ) as unknown as z.ZodType<Time, string>;

/** @returns whole seconds since 1970-01-01T00:00:00Z; NaN for a day that does not exist. */
export function toSeconds(time: Time): number {
  return Date.parse(time) / 1000;
}

export function toTime(seconds: number): Time {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 200_000_000_000) return '' as Time;
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z') as Time;
}
