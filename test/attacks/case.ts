import type { Site } from './site.ts';
import type { LawName } from './world.ts';

export type Verdict = 'OK' | 'FAIL' | 'CANNOT';

/** What a case is about that a bare repository does not have. */
export type BareLacks = 'work tree' | 'repository';

/** What the real command is to look at. */
export interface Target {
  readonly directory: string;
  /** A branch, ref or full commit id; what is checked out where not given. */
  readonly revision?: string;
  /** `<commit>:<fingerprint>`. */
  readonly root: string;
  /** More words for the command line of `verify`. */
  readonly options?: readonly string[];
  /** Over the environment the command gets. */
  readonly env?: NodeJS.ProcessEnv;
  /** Looked at after the verdict. @returns what is wrong, or null. */
  readonly check?: (output: string) => string | null;
}

/** Where a case builds: throw-away copies of honest histories. */
export interface Bench {
  readonly format: 'sha1' | 'sha256';
  /** A repository of its own with an honest history under a law. */
  site(law?: LawName): Promise<Site>;
}

/** One attack, or one honest thing that must not be taken for one. */
export interface AttackCase {
  /** `<scenario>.<variant>`, stable. */
  readonly id: string;
  readonly title: string;
  readonly expected: Verdict;
  /** FAIL: a finding code that must be among those found. CANNOT: the exit code. */
  readonly code?: string;
  /** Such a case cannot be put to a bare repository; it is counted as not applicable there. */
  readonly bareLacks?: BareLacks;
  build(bench: Bench): Promise<Target>;
}

export function attack(
  id: string,
  title: string,
  code: string,
  build: (bench: Bench) => Promise<Target>,
): AttackCase {
  return { id, title, expected: 'FAIL', code, build };
}

export function honest(id: string, title: string, build: (bench: Bench) => Promise<Target>): AttackCase {
  return { id, title, expected: 'OK', build };
}

export function undecidable(
  id: string,
  title: string,
  exit: number,
  build: (bench: Bench) => Promise<Target>,
): AttackCase {
  return { id, title, expected: 'CANNOT', code: String(exit), build };
}

export function notBare(bareLacks: BareLacks, made: AttackCase): AttackCase {
  return { ...made, bareLacks };
}
