/** A commit graph in which every parent has a lower place than its children. */
export interface Graph {
  parentsOf(id: string): readonly string[];
  placeOf(id: string): number;
}

export interface Ancestry {
  /** The latest common ancestors: those that are not ancestors of another one. */
  readonly bases: readonly string[];
  /** Reachable from the first commit and not from the second, latest first. */
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

const FIRST = 1;
const SECOND = 2;
/** An ancestor of a base: common too, and of no interest. */
const BELOW = 4;

interface Mark {
  readonly id: string;
  readonly place: number;
  flag: number;
}

/** Walks down from both commits as far as something is not common yet, as `git merge-base` does. */
export function ancestryOf(graph: Graph, first: string, second: string): Ancestry {
  const marks = new Map<string, Mark>();
  /** Lowest place first. Branches are short, so a sorted list does. */
  const queue: Mark[] = [];
  const mark = (id: string, flag: number): void => {
    const known = marks.get(id);
    if (known !== undefined) {
      known.flag |= flag;
      return;
    }
    const fresh: Mark = { id, place: graph.placeOf(id), flag };
    marks.set(id, fresh);
    queue.splice(queue.findLastIndex(({ place }) => place <= fresh.place) + 1, 0, fresh);
  };
  mark(first, FIRST);
  mark(second, SECOND);
  const bases: string[] = [];
  const onlyFirst: string[] = [];
  const onlySecond: string[] = [];
  // Parents lie lower than children, so a commit is taken only after everything that could still mark it.
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { id, flag } = next;
    const common = (flag & FIRST) !== 0 && (flag & SECOND) !== 0;
    if (common && (flag & BELOW) === 0) bases.push(id);
    else if (flag === FIRST) onlyFirst.push(id);
    else if (flag === SECOND) onlySecond.push(id);
    const passed = common ? FIRST | SECOND | BELOW : flag;
    if (common && queue.every((other) => (other.flag & BELOW) !== 0)) break;
    for (const parent of graph.parentsOf(id)) mark(parent, passed);
  }
  return { bases, onlyFirst, onlySecond };
}
