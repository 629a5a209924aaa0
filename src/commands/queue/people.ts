import type { LineName } from '../../domain/names.ts';
import { isHumanRole, type Role } from '../../domain/roles.ts';
import { holdersOf, holdsRole, principalNamed, type Law } from '../../machine/law.ts';
import { requestersOf } from '../../machine/requesters.ts';
import type { Bundle } from '../../machine/world.ts';
import type { PersonOut } from '../shared/views/queue-output.ts';

/** Who can act, at what time, on what line. */
export interface Scope {
  readonly law: Law;
  /** Null: on any. */
  readonly line: LineName | null;
  /** Seconds since 1970. */
  readonly at: number;
}

/** People by name, each with those of the roles he holds. */
export function peopleNamed(
  { law, line, at }: Scope,
  names: readonly string[],
  roles: readonly Role[],
  commandOf: (principal: string) => string,
): readonly PersonOut[] {
  return names.map((principal) => {
    const found = principalNamed(law, principal);
    const held = found === null ? [] : roles.filter((role) => holdsRole(found, role, line, at));
    return { principal, roles: held, command: commandOf(principal) };
  });
}

/** Everybody who holds one of the roles on the line. */
export function peopleInRoles(
  scope: Scope & { readonly line: LineName },
  roles: readonly Role[],
  command: string,
): readonly PersonOut[] {
  const { law, line, at } = scope;
  const names = holdersOf(law, roles, line, at).map(({ id }) => id);
  return peopleNamed(scope, names, roles, () => command);
}

/** The people behind a request, with every role they hold for the line. */
export function requestingPeople(scope: Scope, bundle: Bundle, command: string): readonly PersonOut[] {
  return withOwnRoles(scope, [...requestersOf(bundle, scope.law)].sort(), command);
}

/** People by name, each with all roles he holds. Who is not enrolled, and machines, are left out. */
export function withOwnRoles(scope: Scope, names: readonly string[], command: string): readonly PersonOut[] {
  const { law, line, at } = scope;
  return names.flatMap((principal) => {
    const found = principalNamed(law, principal);
    if (found?.kind !== 'human') return [];
    const roles = found.roles.map(({ role }) => role).filter((role) => isHumanRole(role));
    const held = [...new Set(roles)].filter((role) => holdsRole(found, role, line, at));
    return [{ principal, roles: held, command }];
  });
}
