import type { Fingerprint } from '../domain/names.ts';
import { LAW_STRAND } from '../domain/strands.ts';
import { EMPTY_TREE } from '../domain/tree.ts';
import { ancestryOf, type Graph } from '../judge/ancestry.ts';
import { combine, oneSide, WHOLE, type Base } from '../judge/combine.ts';
import { overridesOf, withOverrides } from '../judge/keep-brakes.ts';
import type { Combination, Lineage, VoidCommit } from '../judge/in-force.ts';
import type { Judgement, JudgedParent } from '../judge/judgement.ts';
import { holdTogether, type Meeting } from '../judge/judge-merge.ts';
import { guardedPathsOf } from '../machine/law.ts';

export interface JudgedCommit extends JudgedParent {
  readonly parents: readonly string[];
  readonly judgement: Judgement;
  /** When it says it was signed, by whoever: seconds since 1970; null without a sound signature. */
  readonly signedAt: number | null;
  /** The key that made that signature; it may be a subkey. */
  readonly signedWith?: Fingerprint | null;
}

/** The commits judged so far, each after its parents, and how they hang together. */
export class JudgedHistory implements Lineage {
  readonly judged = new Map<string, JudgedCommit>();
  private readonly places = new Map<string, number>();
  private readonly root: string;
  private readonly order: string[] = [];
  /** So many of the first were let go of. */
  private light = 0;
  private readonly graph: Graph = {
    parentsOf: (id) =>
      id === this.root
        ? []
        : (this.judged.get(id)?.parents ?? []).filter((parent) => this.places.has(parent)),
    placeOf: (id) => this.places.get(id) ?? -1,
  };

  constructor(root: string) {
    this.root = root;
  }

  add(commit: JudgedCommit): void {
    this.places.set(commit.id, this.order.length);
    this.order.push(commit.id);
    this.judged.set(commit.id, commit);
  }

  /** Lets go of what lies in the first so many commits: of them nothing is asked any more but that they are there. */
  letGoBefore(length: number): void {
    for (; this.light < length; this.light += 1) {
      const id = this.order[this.light] ?? '';
      const commit = this.judged.get(id);
      if (commit !== undefined) this.judged.set(id, new LightCommit(commit));
    }
  }

  /** How many were judged so far. */
  get length(): number {
    return this.order.length;
  }

  /** Lets go of all but the first so many. */
  forgetAfter(length: number): void {
    for (const id of this.order.splice(length)) {
      this.places.delete(id);
      this.judged.delete(id);
    }
  }

  meeting(first: JudgedParent, second: JudgedParent): Meeting {
    if (!this.judged.has(first.id) || !this.judged.has(second.id))
      return {
        sides: [
          { parent: first, commits: [] },
          { parent: second, commits: [] },
        ],
        bases: [],
      };
    const { bases, onlyFirst, onlySecond } = ancestryOf(this.graph, first.id, second.id);
    const valid = (ids: readonly string[]) =>
      ids.flatMap((id) => this.judged.get(id) ?? []).filter((commit) => !commit.void);
    return {
      sides: [
        { parent: first, commits: valid(onlyFirst) },
        { parent: second, commits: valid(onlySecond) },
      ],
      bases: this.basesOf(bases),
    };
  }

  /** The latest common ancestors of two commits that were judged. */
  commonAncestors(first: string, second: string): readonly string[] {
    return ancestryOf(this.graph, first, second).bases;
  }

  latest(ids: readonly string[]): readonly string[] {
    const unique = [...new Set(ids)].sort();
    return unique.filter((id) => !unique.some((other) => other !== id && this.isAncestor(id, other)));
  }

  isAncestor(id: string, of: string): boolean {
    const place = this.graph.placeOf(id);
    if (place < 0) return false;
    const seen = new Set<string>();
    const stack = [of];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next === id) return true;
      if (seen.has(next) || this.graph.placeOf(next) < place) continue;
      seen.add(next);
      stack.push(...this.graph.parentsOf(next));
    }
    return false;
  }

  combine(ids: readonly string[], choice: ReadonlyMap<string, string> = new Map()): Combination | null {
    const commits = ids.map((id) => this.judged.get(id));
    const known = commits.filter((commit) => commit !== undefined);
    const [first] = known;
    if (first === undefined || known.length !== commits.length) return null;
    const trees = known.map(({ tree }) => tree);
    const clock = Math.max(...known.map((commit) => commit.clock));
    if (known.length === 1) {
      return {
        tree: first.tree,
        guarded: first.guarded,
        disputed: [],
        moved: [new Set()],
        trees,
        law: first.tree,
        clock,
      };
    }
    const paths = [...new Set(trees.flatMap(guardedPathsOf))].sort();
    const bases = (one: number, other: number): readonly Base[] =>
      this.basesOf(ancestryOf(this.graph, ids[one] ?? '', ids[other] ?? '').bases);
    const sides = { trees, guarded: known.map(({ guarded }) => guarded), bases };
    const chosen = new Map([...choice].map(([strand, id]) => [strand, ids.indexOf(id)]));
    const combined = combine(sides, paths, chosen);
    const apart = known.some((a, index) =>
      known.slice(index + 1).some((b) => !holdTogether(this.meeting(a, b))),
    );
    const law = combined.disputed.includes(LAW_STRAND)
      ? null
      : trees.map(overridesOf).reduce(withOverrides, combined.tree);
    if (!apart) return { ...combined, trees, law, clock };
    // A law may be among what is barred.
    const whole = oneSide(sides, chosen.get(WHOLE) ?? 0);
    return { ...combined, ...whole, disputed: [WHOLE], trees, law: null, clock };
  }

  voidAncestry(id: string): readonly VoidCommit[] {
    const found: VoidCommit[] = [];
    const seen = new Set<string>();
    const stack = [id];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const commit = this.judged.get(next);
      if (commit === undefined || !commit.void || seen.has(next)) continue;
      seen.add(next);
      const { parents, judgement } = commit;
      found.push({
        id: next,
        codes: judgement.reasons.map(({ code }) => code),
        governed: judgement.kind !== 'ungoverned',
        bears: !['ungoverned', 'merge'].includes(judgement.kind) && judgement.imposed.size === 0,
        first: !parents.some((parent) => this.judged.get(parent)?.void === true),
      });
      stack.push(...parents);
    }
    return found;
  }

  /** What sides have in common at a void commit is what was in force there. */
  private basesOf(ids: readonly string[]): readonly Base[] {
    return ids.flatMap((id) => {
      const commit = this.judged.get(id);
      if (commit === undefined) return [];
      const { void: isVoid, force, tree, guarded, ends } = commit;
      if (!isVoid) return [{ tree, guarded, ...(ends !== undefined && { ends }) }];
      return force.laws.map((each) => ({ tree: each, guarded: force.guarded }));
    });
  }
}

/** A commit of which only its place is left. To ask for more is a mistake of this program, and no empty tree. */
class LightCommit implements JudgedCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly void: boolean;
  readonly clock: number;
  readonly signedAt: number | null;
  readonly judgement: Judgement;

  constructor({ id, parents, void: isVoid, clock, signedAt, judgement }: JudgedCommit) {
    this.id = id;
    this.parents = parents;
    this.void = isVoid;
    this.clock = clock;
    this.signedAt = signedAt;
    this.judgement = { ...judgement, acts: NO_ACTS, imposed: NONE_IMPOSED };
  }

  get tree(): never {
    return this.gone('tree');
  }

  get guarded(): never {
    return this.gone('guarded files');
  }

  get force(): never {
    return this.gone('law');
  }

  get ends(): never {
    return this.gone('keys');
  }

  private gone(what: string): never {
    throw new Error(`the ${what} of ${this.id} was let go of`);
  }
}

const NO_ACTS: Judgement['acts'] = [];
const NONE_IMPOSED: Judgement['imposed'] = new Map();

/** A parent beside the root's line. It has nothing governed, else it is reported by itself. */
export function outsideParent(id: string): JudgedParent {
  return {
    id,
    tree: EMPTY_TREE,
    guarded: new Map(),
    void: false,
    clock: 0,
    force: {
      bases: [],
      tree: EMPTY_TREE,
      guarded: new Map(),
      laws: [],
      brakeLaws: [],
      clock: 0,
      since: new Map(),
    },
  };
}
