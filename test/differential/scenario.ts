import type { Crew, Member } from './crew.ts';

/** Makes signed commits, each with another message, and everything that can be wrong with them. */
export interface Desk {
  readonly crew: Crew;
  /** A commit without signature, never the same twice. */
  payload(message?: string): Buffer;
  /** A signature by the real gpg. `member!` stands for the primary key itself. */
  gpg(member: Member, payload: Buffer, time?: number, more?: readonly string[]): Promise<string>;
  /**
   * A signature by one of the same keys without gpg, which would refuse: it asks nothing.
   * @param part 0 for the primary key, 1 for the first subkey.
   */
  forged(member: Member, payload: Buffer, time?: number, part?: number): Promise<string>;
  /** A whole number from 0 up to `below`, from a seed. */
  random(below: number): number;
}

export interface Scenario {
  /** The class its commits are counted in. */
  readonly name: string;
  /** How many of its commits a round has. */
  readonly times: number;
  /** @returns a whole commit. @param round counts up from 0. */
  make(desk: Desk, round: number): Promise<Buffer>;
}

export function scenario(name: string, make: Scenario['make'], times = 1): Scenario {
  return { name, times, make };
}

/** The commit with a header after its others, folded as git folds it and otherwise byte for byte. */
export function withHeader(payload: Buffer, value: string, name = 'gpgsig'): Buffer {
  const end = payload.indexOf('\n\n');
  const folded = value.replace(/\n$/, '').split('\n').join('\n ');
  return Buffer.concat([
    payload.subarray(0, end),
    Buffer.from(`\n${name} ${folded}`, 'latin1'),
    payload.subarray(end),
  ]);
}

/** One of a list, each in turn. */
export function oneOf<T>(list: readonly T[], round: number): T {
  const found = list[round % list.length];
  if (found === undefined) throw new Error('an empty list');
  return found;
}
