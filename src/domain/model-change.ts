import * as z from 'zod';
import { Label } from './text.ts';

/** Words in which requests say what changed, and policies what may change. */

export const MUTATIONS = [
  'adapter-update',
  'full-finetune',
  'quantization',
  'merge',
  'prompt',
  'tool',
  'code',
  'data',
] as const;
export const Mutation = z.enum(MUTATIONS);
export type Mutation = z.infer<typeof Mutation>;

/** What a change may touch. A flag that is not declared counts as whatever is riskier. */
export const CHANGE_FLAGS = [
  'affects-production-traffic',
  'autonomous-planning',
  'code-execution',
  'cross-jurisdiction',
  'expands-permissions',
  'modifies-base',
  'modifies-code',
  'modifies-data-lineage',
  'modifies-evaluator',
  'network-access',
  'new-tools',
  'offline-only',
  'personal-data',
  'policy-semantics',
  'sensitive-task',
] as const;
export const ChangeFlag = z.enum(CHANGE_FLAGS);
export type ChangeFlag = z.infer<typeof ChangeFlag>;

const PERMISSION = /^(?:exec|(?:network|tool|data):[A-Za-z0-9*][A-Za-z0-9*._-]{0,100})$/;

/** `network:<host>`, `tool:<name>`, `exec`, `data:<class>`: what a model may touch when it runs. */
export const NamedPermission = Label.refine(
  (text) => PERMISSION.test(text),
  'must be exec, network:<host>, tool:<name> or data:<class>',
);

export const STAR_LAST =
  'must have a * at most as its last character, where it stands for anything that follows';

/** Elsewhere a `*` would be read as itself, and mean what nobody who writes it means. */
export function isStarLast(permission: string): boolean {
  return !permission.slice(0, -1).includes('*');
}

export const Permission = NamedPermission.refine(isStarLast, STAR_LAST);

/** Whether a permission of a policy speaks of one that is asked for: a `*` at its end stands for anything. */
export function coversPermission(pattern: string, permission: string): boolean {
  return pattern.endsWith('*') ? permission.startsWith(pattern.slice(0, -1)) : pattern === permission;
}

/** Whether something is allowed by both: what a policy names may be asked for as a part of more. */
export function overlapPermission(pattern: string, permission: string): boolean {
  return coversPermission(pattern, permission) || coversPermission(permission, pattern);
}
