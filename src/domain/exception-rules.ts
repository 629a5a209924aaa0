import * as z from 'zod';
import { isStrictlySorted } from './entry.ts';
import { OWNER_ROLES } from './risk-rules.ts';

/** What a waived rule is about: it says who has to approve. Rules of privacy are never waived. */
export const WAIVED_KINDS = ['quality', 'security', 'versioning'] as const;
export type WaivedKind = (typeof WAIVED_KINDS)[number];

/** Longer than this is no emergency. */
const MOST_DAYS = 90;

/** Roles that a policy can have approve exceptions. */
const APPROVING = [...OWNER_ROLES, 'governance-approver', 'policy-approver'] as const;
const ApprovingRole = z.enum(APPROVING);
export type ApprovingRole = z.infer<typeof ApprovingRole>;

/** Whose approval no policy can do without. */
const LEAST: { readonly [K in WaivedKind]: readonly ApprovingRole[] } = {
  quality: ['evaluation-owner', 'model-owner'],
  security: ['security-owner'],
  versioning: ['model-owner'],
};

function approvals(kind: WaivedKind) {
  return z
    .array(ApprovingRole)
    .refine(isStrictlySorted, 'must be sorted, each once')
    .refine(
      (roles) => LEAST[kind].every((role) => roles.includes(role)),
      `must name ${LEAST[kind].join(' and ')}, which no policy can do without`,
    )
    .refine(
      (roles) => kind !== 'security' || !roles.includes('model-owner'),
      'must not name model-owner, who has no say in what security is waived',
    )
    .readonly()
    .default([...LEAST[kind]]);
}

/** `exceptions` of a policy. Left out, nothing is ever waived. */
export const ExceptionRules = z
  .strictObject({
    /** How long an exception may last, from its opening. */
    maxDays: z.int().min(1).max(MOST_DAYS),
    /** How long after its end its review may take at most. */
    reviewDays: z.int().min(1).max(MOST_DAYS),
    /** Roles of which each takes a person of its own, by what the waived rules are about. */
    approvals: z
      .strictObject({
        quality: approvals('quality'),
        security: approvals('security'),
        versioning: approvals('versioning'),
      })
      .readonly()
      .prefault({}),
  })
  .readonly();
export type ExceptionRules = z.infer<typeof ExceptionRules>;
