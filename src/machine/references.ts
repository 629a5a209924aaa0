import { aliasTargets } from '../domain/aliases.ts';
import type { Lock } from '../domain/lock.ts';
import type { Iteration, LineName } from '../domain/names.ts';
import type { Request } from '../domain/request.ts';
import { contestedEntries } from './objections.ts';
import { taintedEntries } from './taint.ts';
import { aliasesOf, bundleOf, isPassed, type Bundle, type World } from './world.ts';

/** An earlier iteration that a change is compared with. */
export interface Reference {
  readonly iteration: Iteration;
  readonly request: Request;
  readonly lock: Lock;
}

/** What a change is compared with; a comparison counts where it shows more than the other. */
export interface References {
  /** What it was made from, where people let that go to customers; null where nothing vouches for it. */
  readonly ancestor: Reference | null;
  /**
   * What served the line when it was asked for, where that is another. Whoever asks names the parent, and could name the one
   * among all that were ever deployed that was allowed most.
   */
  readonly inService: Reference | null;
}

export function referencesOf(world: World, line: LineName, request: Request): References {
  const ancestor = ancestorOf(world, line, request);
  const inService = servingAt(world, line, request);
  const isOther = inService !== null && inService.iteration.version !== ancestor?.iteration.version;
  return { ancestor, inService: isOther ? inService : null };
}

/**
 * The nearest iteration that a change was made from, that people let go to customers, and that nothing stands against. One
 * that nobody approved vouches for nothing: else a pipeline would ask for a permission in one and find it there in the next.
 */
function ancestorOf(world: World, line: LineName, { change, time }: Request): Reference | null {
  const seen = new Set<string>();
  for (let parent = change.parent; parent !== undefined && !seen.has(parent);) {
    seen.add(parent);
    const bundle = bundleOf(world.tree, { line, version: parent });
    if (bundle === null) return null;
    const isDeployed = isPassed(bundle, { to: 'customer-deployed' });
    if (isDeployed && !isRetired(bundle, time) && isClean(world, bundle)) return reference(bundle);
    parent = bundle.record.request.change.parent;
  }
  return null;
}

/** What was taken back before somebody asked is no mark any more: what it was allowed is asked for anew. */
function isRetired({ record }: Bundle, time: string): boolean {
  return record.transitions.some((step) => step.to === 'deprecated' && step.time <= time);
}

/** What a thief may have allowed, or what somebody objects to having allowed, allows nothing to others. */
function isClean(world: World, bundle: Bundle): boolean {
  return taintedEntries(world, bundle).length === 0 && contestedEntries(world, bundle).length === 0;
}

/** What served when somebody asked. As it only ever adds to what is new, it need not be clean. */
function servingAt({ tree }: World, line: LineName, { time }: Request): Reference | null {
  const targets = aliasTargets(aliasesOf(tree, line), time);
  const version = targets.get('serving') ?? targets.get('production') ?? null;
  const bundle = version === null ? null : bundleOf(tree, { line, version });
  return bundle === null ? null : reference(bundle);
}

function reference({ iteration, record, lock }: Bundle): Reference {
  return { iteration, request: record.request, lock };
}
