import type { Problem } from '../base/problem.ts';
import { liftDocument } from '../domain/lift.ts';
import { matchesLine } from '../domain/line-pattern.ts';
import type { EntryId, LineName, PrincipalName, Time } from '../domain/names.ts';
import { parseOverride, type Override } from '../domain/override.ts';
import type { Principal, SignerKey, Signers } from '../domain/signers.ts';
import { fileAt, filesUnder, type TreeFolder } from '../domain/tree.ts';

/** The overrides of a tree that no approved change has lifted. */
export function overridesInForce(tree: TreeFolder): {
  readonly overrides: readonly Override[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const overrides: Override[] = [];
  const lifted = liftedOverrides(tree, problems);
  for (const [name, file] of filesUnder(tree, 'overrides')) {
    const result = parseOverride(file.bytes, `overrides/${name}`);
    // One of two that were given the same name lies under another, and is known by that.
    const id = name.replace(/\.json$/, '') as EntryId;
    if (!result.ok) problems.push(...result.problems);
    else if (!lifted.has(id) || isForEver(result.value)) overrides.push({ ...result.value, id });
  }
  return { overrides, problems };
}

/** The overrides that had been signed by then and not lifted, as far as a tree that was judged tells. */
export function overridesThen(tree: TreeFolder, then: Time): readonly Override[] {
  const lifted = liftedOverrides(tree, [], then);
  return filesUnder(tree, 'overrides').flatMap(([name, file]) => {
    const result = parseOverride(file.bytes, `overrides/${name}`);
    if (!result.ok || result.value.time > then) return [];
    const id = name.replace(/\.json$/, '') as EntryId;
    return lifted.has(id) && !isForEver(result.value) ? [] : [{ ...result.value, id }];
  });
}

/** @param until leaves out what was lifted later. */
function liftedOverrides(tree: TreeFolder, problems: Problem[], until?: Time): ReadonlySet<EntryId> {
  const lifted = new Set<EntryId>();
  for (const [name, file] of filesUnder(tree, 'lifts')) {
    const lift = liftDocument.parse(file.bytes, `lifts/${name}`);
    if (!lift.ok) problems.push(...lift.problems);
    else if (until === undefined || lift.value.time <= until) lifted.add(lift.value.override);
  }
  return lifted;
}

/** What a thief had in hand stays out of use. */
export function isForEver(override: Override): boolean {
  return override.act === 'revoke-signer' && override.as === 'compromised';
}

/** The brake in force on new locks and requests of a line; null where none is. */
export function stopOf(overrides: readonly Override[], line: LineName): Override | null {
  return (
    overrides.find(
      (override) =>
        override.act === 'stop-candidates' && override.lines.some((pattern) => matchesLine(pattern, line)),
    ) ?? null
  );
}

/** What disables one of these capabilities on a line; null where nothing does. */
export function disablementOf(
  overrides: readonly Override[],
  line: LineName,
  capabilities: readonly string[],
): Extract<Override, { act: 'disable' }> | null {
  for (const override of overrides) {
    if (
      override.act === 'disable' &&
      capabilities.includes(override.capability) &&
      override.lines.some((pattern) => matchesLine(pattern, line))
    )
      return override;
  }
  return null;
}

/** When what disabled one of these capabilities on a line was lifted, the last time; null where nothing ever was. */
export function lastLiftOf(tree: TreeFolder, line: LineName, capabilities: readonly string[]): Time | null {
  const times = filesUnder(tree, 'lifts').flatMap(([name, file]) => {
    const lift = liftDocument.parse(file.bytes, `lifts/${name}`);
    const path = lift.ok ? `overrides/${lift.value.override}.json` : null;
    const override = path === null ? null : fileAt(tree, path);
    const parsed = override === null || path === null ? null : parseOverride(override.bytes, path);
    return lift.ok && parsed?.ok === true && disablementOf([parsed.value], line, capabilities) !== null
      ? [lift.value.time]
      : [];
  });
  return times.sort().at(-1) ?? null;
}

/** What holds an alias where it is; null where nothing does. */
export function freezeOf(
  overrides: readonly Override[],
  line: LineName,
  alias: string,
): Extract<Override, { act: 'freeze' }> | null {
  for (const override of overrides)
    if (override.act === 'freeze' && override.line === line && override.alias === alias) return override;
  return null;
}

/**
 * The signers as they are with the overrides in force: revoked keys are ended, suspended people hold no role. People who
 * are there for recovery cannot be touched: they are the way back when an override was itself the attack.
 */
export function signersUnder(signers: Signers, overrides: readonly Override[]): Signers {
  if (!overrides.some(({ act }) => act === 'revoke-signer' || act === 'suspend-signer')) return signers;
  const suspended = suspendedBy(overrides);
  return {
    ...signers,
    principals: signers.principals.map((principal): Principal => {
      if (isForRecovery(principal)) return principal;
      const keys = principal.keys.map((key) => keyUnder(key, overrides));
      return { ...principal, keys, ...(suspended.has(principal.id) && { roles: [] }) };
    }),
  };
}

export function suspendedBy(overrides: readonly Override[]): ReadonlySet<PrincipalName> {
  return new Set(
    overrides.flatMap((override) => (override.act === 'suspend-signer' ? [override.signer] : [])),
  );
}

export function isForRecovery(principal: Principal): boolean {
  return principal.roles.some((grant) => grant.role === 'recovery');
}

/** Reported twice as compromised, a key keeps only what both reports keep: a second report must not clear a first. */
function keyUnder(key: SignerKey, overrides: readonly Override[]): SignerKey {
  return overrides.reduce((result, override) => {
    if (override.act !== 'revoke-signer' || !override.keys.includes(key.fingerprint)) return result;
    const { reason, keeps, as } = override;
    if (as === 'retired') return { ...result, retired: result.retired ?? { reason } };
    const { compromised } = result;
    return {
      ...result,
      compromised:
        compromised === undefined
          ? { reason, keeps }
          : { ...compromised, keeps: compromised.keeps.filter((id) => keeps.includes(id)) },
    };
  }, key);
}
