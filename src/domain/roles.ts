import * as z from 'zod';

/** Roles of people. One person may hold several; an act is always made in one. */
export const HUMAN_ROLES = [
  'model-owner',
  'evaluation-owner',
  'security-owner',
  'data-owner',
  'software-owner',
  'release-owner',
  'auditor',
  'operator',
  'team-lead',
  'domain-expert',
  'governance-approver',
  'ml-manager',
  'policy-approver',
  'override',
  'recovery',
] as const;

export type HumanRole = (typeof HUMAN_ROLES)[number];

/** Roles whose acts concern the whole repository: they are held for every line or not at all. */
export const WHOLE_REPOSITORY: readonly Role[] = ['override', 'recovery'];

/** Roles of machines. None of them passes a human gate. */
export type AutomationRole = 'pipeline' | 'reconciler' | `checker:${string}`;
export type Role = HumanRole | AutomationRole;

const CHECKER = /^checker:[a-z0-9][a-z0-9-]{0,62}$/;

export function isHumanRole(role: Role): role is HumanRole {
  return (HUMAN_ROLES as readonly string[]).includes(role);
}

export const Role = z
  .string()
  .refine(
    (text) =>
      (HUMAN_ROLES as readonly string[]).includes(text) ||
      text === 'pipeline' ||
      text === 'reconciler' ||
      CHECKER.test(text),
    `must be one of ${HUMAN_ROLES.join(', ')}, pipeline, reconciler or checker:<name>`,
  ) as unknown as z.ZodType<Role, string>;
