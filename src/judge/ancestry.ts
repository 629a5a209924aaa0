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

/** Walks down from both commits as far as something is not common yet, as `git merge-base` does. */
export function ancestryOf(graph: Graph, first: string, second: string): Ancestry {
  const flags = new Map<string, number>();
  const queue = new PlaceQueue(graph);
  const mark = (id: string, flag: number): void => {
    const before = flags.get(id) ?? 0;
    if ((before & flag) === flag) return;
    if (before === 0) queue.push(id);
    flags.set(id, before | flag);
  };
  mark(first, FIRST);
  mark(second, SECOND);
  const bases: string[] = [];
  const onlyFirst: string[] = [];
  const onlySecond: string[] = [];
  // Parents lie lower than children, so a commit is taken only after everything that could still mark it.
  for (let id = queue.pop(); id !== null; id = queue.pop()) {
    const flag = flags.get(id) ?? 0;
    const common = (flag & FIRST) !== 0 && (flag & SECOND) !== 0;
    if (common && (flag & BELOW) === 0) bases.push(id);
    else if (flag === FIRST) onlyFirst.push(id);
    else if (flag === SECOND) onlySecond.push(id);
    const passed = common ? FIRST | SECOND | BELOW : flag;
    if (common && queue.every((other) => ((flags.get(other) ?? 0) & BELOW) !== 0)) break;
    for (const parent of graph.parentsOf(id)) mark(parent, passed);
  }
  return { bases, onlyFirst, onlySecond };
}

/** Hands out the id with the highest place. Branches are short, so a sorted list does. */
class PlaceQueue {
  private readonly graph: Graph;
  private readonly ids: string[] = [];

  constructor(graph: Graph) {
    this.graph = graph;
  }

  push(id: string): void {
    const place = this.graph.placeOf(id);
    let at = this.ids.length;
    while (at > 0 && this.graph.placeOf(this.ids[at - 1] ?? '') > place) at -= 1;
    this.ids.splice(at, 0, id);
  }

  pop(): string | null {
    return this.ids.pop() ?? null;
  }

  every(test: (id: string) => boolean): boolean {
    return this.ids.every(test);
  }
}
