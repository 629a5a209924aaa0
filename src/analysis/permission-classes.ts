import type { LineRule } from '../domain/line-rule.ts';
import { coversPermission, NamedPermission, overlapPermission } from '../domain/model-change.ts';
import type { When } from '../domain/when.ts';
import type { Law } from '../machine/law.ts';
import { freshText, toNamed } from './fresh-text.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const LONGEST = 100;
const PERSONAL = 'data:personal*';
/** What the evidence shows of flags depends on these, whatever the policy says. */
const KINDS = ['exec', 'network:*', PERSONAL];

/** Sets of permissions that neither conditions nor flags tell apart, by one of them. */
export interface PermissionClass {
  readonly permissions: readonly string[];
  /** Which of the permissions that conditions name they answer to. */
  readonly asked: string;
}

/** One set of permissions for each answer that conditions and flags can give; null where there are more than `most`. */
export function permissionClasses(law: Law, rule: LineRule, most: number): readonly PermissionClass[] | null {
  const asked = [...new Set((law.policy.risk?.rules ?? []).flatMap(({ when }) => permissionsIn(when)))];
  const told = [...asked, ...KINDS];
  const setOf = (permissions: readonly string[]): PermissionClass => ({
    permissions,
    asked: answers(permissions).slice(0, asked.length),
  });
  const answers = (permissions: readonly string[]): string =>
    told
      .map((pattern) => (permissions.some((each) => overlapPermission(pattern, each)) ? '1' : '0'))
      .join('');
  const allowed = candidates([...told, ...(rule.permissions ?? []), ...rule.prohibitedPermissions]).filter(
    (permission) => mayAsk(rule, permission),
  );
  const singles = new Map(allowed.map((permission) => [answers([permission]), permission]));
  const found = new Map<string, PermissionClass>([[answers([]), setOf([])]]);
  for (const permission of singles.values())
    for (const { permissions } of [...found.values()]) {
      const more = [...permissions, permission];
      const key = answers(more);
      if (!found.has(key)) found.set(key, setOf(more));
      if (found.size > most) return null;
    }
  return [...found.values()];
}

/** As a request is held against the rule. */
function mayAsk({ permissions, prohibitedPermissions }: LineRule, permission: string): boolean {
  return (
    !prohibitedPermissions.some((pattern) => overlapPermission(pattern, permission)) &&
    (permissions === undefined || permissions.some((pattern) => coversPermission(pattern, permission)))
  );
}

/** What is named behind the kind begins with none but a letter or digit. */
function lettersBehind(text: string): string {
  return text.endsWith(':') ? LETTERS : `${LETTERS}-._`;
}

/** At least one permission for every set of patterns that some permission answers to. */
function candidates(patterns: readonly string[]): readonly string[] {
  const named = patterns.map(toNamed);
  const texts = [...new Set(named.map(({ text }) => text))].sort();
  const shared = texts.slice(1).map((text, index) => sharedStart(texts[index] ?? '', text));
  const all = [...texts, ...shared, 'tool:', 'data:'].flatMap((text) => {
    const fresh = freshText(text, named, lettersBehind, LONGEST);
    return [text, `${text}*`, ...(fresh === null ? [] : [fresh])];
  });
  return [...new Set(all)].filter((permission) => NamedPermission.safeParse(permission).success);
}

function sharedStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}

function permissionsIn(when: When): readonly string[] {
  if ('all' in when) return when.all.flatMap(permissionsIn);
  if ('any' in when) return when.any.flatMap(permissionsIn);
  if ('not' in when) return permissionsIn(when.not);
  return 'permission' in when ? [when.permission] : [];
}
