import type { Law } from './law.ts';
import type { Bundle } from './world.ts';

const known = new WeakMap<Bundle, { readonly law: Law; readonly found: Map<string, unknown> }>();

/**
 * What follows from a law and a bundle alone, computed once for as long as that law is asked about. A bundle is a value: whoever
 * wants another one makes another one.
 * @param what names the question with everything else it depends on.
 */
export function once<T>(law: Law, bundle: Bundle, what: string, compute: () => T): T {
  const before = known.get(bundle);
  const { found } = before?.law === law ? before : { found: new Map<string, unknown>() };
  if (before?.law !== law) known.set(bundle, { law, found });
  if (found.has(what)) return found.get(what) as T;
  const value = compute();
  found.set(what, value);
  return value;
}
