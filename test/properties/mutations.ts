import { withSignature } from '../../src/evidence/commit-bytes.ts';
import { isGovernedName } from '../../src/domain/paths.ts';
import type { KeyName } from '../attacks/people.ts';
import type { MemoryObjects } from './memory-objects.ts';
import type { Dice } from './dice.ts';

/** An honest line of commits, the root first. */
export interface Honest {
  readonly objects: MemoryObjects;
  readonly line: readonly string[];
  /** Seconds since 1970, after the last commit. */
  readonly now: number;
  sign(name: KeyName, payload: Uint8Array, time: number): Promise<string>;
}

/** A history that differs from the honest one somewhere. */
export interface Mutated {
  readonly what: string;
  readonly objects: MemoryObjects;
  readonly tip: string;
  /** What the verifier has seen before, where the attack is to hide it. */
  readonly descends?: string;
}

export type Mutation = (honest: Honest, dice: Dice) => Promise<Mutated> | Mutated;

const SIGNERS = ['ana', 'eli', 'omar', 'otto', 'dora', 'gus', 'mia', 'aud', 'trainer', 'mallory'] as const;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const raw = (words: string): Buffer => Buffer.from(words, 'latin1');
export const treeOf = (objects: MemoryObjects, commit: string): string =>
  /^tree ([0-9a-f]{40})/.exec(text(objects.bytes(commit)))?.[1] ?? '';

/** The commit with another tree and other parents, everything else as it was: its signature too. */
function replanted(objects: MemoryObjects, commit: string, tree: string, parents: readonly string[]): string {
  const old = text(objects.bytes(commit)).replace(/^tree [0-9a-f]{40}\n(?:parent [0-9a-f]{40}\n)*/, '');
  const head = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`)].join('\n');
  return objects.put('commit', raw(`${head}\n${old}`));
}

interface Change {
  readonly path: string;
  readonly words: string;
  readonly blob: string | null;
}

/** One governed file of a tree, damaged: a byte changed, cut off, added, the file gone, or another's bytes in its place. */
function damage(objects: MemoryObjects, tree: string, dice: Dice): Change {
  const files = objects.files(tree).filter(([path]) => isGovernedName(path.split('/')[0] ?? ''));
  const [path, id] = dice.pick(files);
  const bytes = Buffer.from(objects.bytes(id));
  const place = dice.below(Math.max(1, bytes.length));
  const change = (words: string, fresh: Buffer | null): Change => ({
    path,
    words,
    blob: fresh === null ? null : objects.put('blob', fresh),
  });
  switch (dice.below(6)) {
    case 0: {
      const [, other] = dice.pick(files.filter(([, each]) => each !== id));
      return change('got the bytes of another file', objects.bytes(other));
    }
    case 1:
      return change('is gone', null);
    case 2:
      return change('lost its end', bytes.subarray(0, place));
    case 3:
      return change(
        'gained a byte',
        Buffer.concat([bytes.subarray(0, place), raw(' '), bytes.subarray(place)]),
      );
    case 4: {
      const lines = text(bytes).split('\n');
      lines.splice(dice.below(lines.length), 0, dice.pick(lines));
      return change('has a line twice', raw(lines.join('\n')));
    }
    default:
      bytes[place] = (bytes[place] ?? 0) ^ (1 << dice.below(7));
      return change(`has another byte at ${place}`, bytes);
  }
}

/** Changes a file in one commit and carries the change through all that follow, which keep their signatures. */
const rewritten: Mutation = ({ objects: honest, line }, dice) => {
  const objects = honest.fork();
  const at = 1 + dice.below(line.length - 1);
  const change = damage(objects, treeOf(objects, line[at] ?? ''), dice);
  const before = new Map(objects.files(treeOf(objects, line[at] ?? ''))).get(change.path);
  let tip = line[at - 1] ?? '';
  for (const commit of line.slice(at)) {
    const tree = treeOf(objects, commit);
    const same = new Map(objects.files(tree)).get(change.path) === before;
    tip = replanted(
      objects,
      commit,
      same ? (objects.withFile(tree, change.path, change.blob) ?? tree) : tree,
      [tip],
    );
  }
  return { what: `in commit ${at}, ${change.path} ${change.words}`, objects, tip };
};

/** Somebody changes a file at the tip and signs that, or does not. */
const onTop: Mutation = async (history, dice) => {
  const { objects: honest, line, now } = history;
  const objects = honest.fork();
  const parent = line.at(-1) ?? '';
  const change = damage(objects, treeOf(objects, parent), dice);
  const tree = objects.withFile(treeOf(objects, parent), change.path, change.blob);
  const who = dice.pick([null, ...SIGNERS]);
  const person = `someone <someone@example.org> ${now} +0000`;
  const payload = raw(
    `tree ${tree}\nparent ${parent}\nauthor ${person}\ncommitter ${person}\n\nNothing to see\n`,
  );
  const bytes =
    who === null ? payload : withSignature(payload, await history.sign(who, payload, now), 'sha1');
  return {
    what: `on the tip, ${change.path} ${change.words}, signed by ${who ?? 'nobody'}`,
    objects,
    tip: objects.put('commit', bytes),
  };
};

const replant = (objects: MemoryObjects, order: readonly string[]): string =>
  order
    .slice(1)
    .reduce((tip, commit) => replanted(objects, commit, treeOf(objects, commit), [tip]), order[0] ?? '');

const dropped: Mutation = ({ objects: honest, line }, dice) => {
  const objects = honest.fork();
  const at = 1 + dice.below(line.length - 2);
  return {
    what: `commit ${at} is left out`,
    objects,
    tip: replant(
      objects,
      line.filter((_, index) => index !== at),
    ),
  };
};

const swapped: Mutation = ({ objects: honest, line }, dice) => {
  const objects = honest.fork();
  const at = 1 + dice.below(line.length - 2);
  const order = [...line];
  order.splice(at, 2, line[at + 1] ?? '', line[at] ?? '');
  return { what: `commits ${at} and ${at + 1} change places`, objects, tip: replant(objects, order) };
};

const repeated: Mutation = ({ objects: honest, line }, dice) => {
  const objects = honest.fork();
  const at = 1 + dice.below(line.length - 2);
  const commit = line[at] ?? '';
  return {
    what: `commit ${at} comes again at the end`,
    objects,
    tip: replanted(objects, commit, treeOf(objects, commit), [line.at(-1) ?? '']),
  };
};

const rewound: Mutation = ({ objects, line }, dice) => {
  const at = dice.below(line.length - 1);
  return { what: `the tip is commit ${at} again`, objects, tip: line[at] ?? '', descends: line.at(-1) ?? '' };
};

/** A merge of the tip with an older commit that brings something of its own, or drops what the tip had. */
const merged: Mutation = ({ objects: honest, line }, dice) => {
  const objects = honest.fork();
  const tip = line.at(-1) ?? '';
  const at = dice.below(line.length - 1);
  const old = line[at] ?? '';
  const change = damage(objects, treeOf(objects, tip), dice);
  const drops = dice.below(2) === 0;
  const tree = drops
    ? treeOf(objects, old)
    : (objects.withFile(treeOf(objects, tip), change.path, change.blob) ?? '');
  const person = 'web <noreply@example.org> 1700000000 +0000';
  const parents = dice.below(2) === 0 ? [tip, old] : [old, tip];
  const head = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`)].join('\n');
  return {
    what: drops
      ? `a merge of the tip and commit ${at} keeps the latter’s tree`
      : `in a merge with commit ${at}, ${change.path} ${change.words}`,
    objects,
    tip: objects.put('commit', raw(`${head}\nauthor ${person}\ncommitter ${person}\n\nMerge\n`)),
  };
};

export const MUTATIONS: readonly Mutation[] = [
  rewritten,
  rewritten,
  onTop,
  onTop,
  onTop,
  dropped,
  swapped,
  repeated,
  rewound,
  merged,
];
