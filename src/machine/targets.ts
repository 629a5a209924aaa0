import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { sha256, type Sha256 } from '../base/digest.ts';
import type { LineName, SafeName } from '../domain/names.ts';
import type { NamedTarget, Target } from '../domain/target.ts';
import { ruleOfLine, type Law } from './law.ts';

/**
 * The targets of a line that the policy describes, sorted by name. A policy without a section `targets` describes none: its
 * lines name places of which nothing more is known, and of which no receipt is asked for.
 */
export function targetsOfLine(law: Law, line: LineName): readonly NamedTarget[] {
  const names = [...new Set(ruleOfLine(law, line)?.targets ?? [])].sort();
  return names.flatMap((name) => {
    const target = targetNamed(law, name);
    return target === null ? [] : [{ name, target }];
  });
}

/** @returns null where the policy describes none of that name. */
export function targetNamed({ policy: { targets = {} } }: Law, name: SafeName): Target | null {
  return Object.hasOwn(targets, name) ? (targets[name] ?? null) : null;
}

/** SHA-256 of the RFC 8785 form of a target with its name. */
export function placeDigest({ name, target }: NamedTarget): Sha256 {
  return sha256(canonicalJson({ name, ...target }));
}

/** The targets as people approve them: where the policy describes them with all it says, else by their names. */
export function approvedTargets(law: Law, line: LineName): Json {
  if (law.policy.targets === undefined) return [...(ruleOfLine(law, line)?.targets ?? [])].sort();
  return targetsOfLine(law, line).map(({ name, target }) => ({ name, ...target }));
}
