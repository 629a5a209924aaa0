import * as z from 'zod';
import { idSet } from './entry.ts';
import { LinePattern } from './line-pattern.ts';
import { Fingerprint, PrincipalName, Time } from './names.ts';
import { isHumanRole, Role, WHOLE_REPOSITORY } from './roles.ts';
import { Label, Text } from './text.ts';

/** `policy/signers.yaml`: who may sign, with which keys, in which roles. */

const Key = z
  .strictObject({
    fingerprint: Fingerprint,
    /** No act of the key is valid from the commit on that writes this. */
    retired: z.strictObject({ reason: Text }).readonly().optional(),
    /** As retired, and every earlier act of the key is tainted, except the entries listed in `keeps`. */
    compromised: z.strictObject({ reason: Text, keeps: idSet() }).readonly().optional(),
  })
  .readonly();
export type SignerKey = z.infer<typeof Key>;

const Grant = z
  .strictObject({
    role: Role,
    lines: z.array(LinePattern).min(1).readonly(),
    from: Time.optional(),
    until: Time.optional(),
  })
  .readonly();
export type Grant = z.infer<typeof Grant>;

const base = {
  id: PrincipalName,
  name: Label,
  email: Label.refine((text) => !/[<>\s]/.test(text), 'must be a plain address').optional(),
  keys: z.array(Key).min(1).max(20).readonly(),
  roles: z.array(Grant).max(100).readonly(),
};
const Human = z.strictObject({ kind: z.literal('human'), ...base }).readonly();
const Automation = z
  .strictObject({
    kind: z.literal('automation'),
    /** The human who answers for it. */ owner: PrincipalName,
    ...base,
  })
  .readonly();

export const Principal = z.discriminatedUnion('kind', [Human, Automation]);
export type Principal = z.infer<typeof Principal>;

export const Signers = z
  .strictObject({
    schema: z.literal('modelsmith/signers/v1'),
    principals: z.array(Principal).min(1).max(10_000).readonly(),
  })
  .superRefine((signers, context) => {
    const complain = (index: number, message: string): void =>
      context.addIssue({ code: 'custom', path: ['principals', index], message });
    const ids = new Set<string>();
    const keys = new Set<string>();
    const humans = new Set(signers.principals.filter((p) => p.kind === 'human').map((p) => p.id));
    signers.principals.forEach((principal, index) => {
      if (ids.has(principal.id)) complain(index, `names ${principal.id} a second time`);
      ids.add(principal.id);
      for (const { fingerprint } of principal.keys) {
        if (keys.has(fingerprint))
          complain(index, `lists the key ${fingerprint} a second time; a key belongs to one principal`);
        keys.add(fingerprint);
      }
      if (principal.kind === 'automation' && !humans.has(principal.owner)) {
        complain(index, `is owned by ${principal.owner}, who is no human in this file`);
      }
      for (const { role, lines } of principal.roles) {
        if (WHOLE_REPOSITORY.includes(role) && !lines.includes('*' as LinePattern))
          complain(index, `holds ${role} for some lines; it concerns all of them, so its lines are "*"`);
        if (isHumanRole(role) !== (principal.kind === 'human')) {
          complain(
            index,
            `holds ${role}, which is no role of ${principal.kind === 'human' ? 'a human' : 'an automation'}`,
          );
        }
      }
      const recovers = principal.roles.some((grant) => grant.role === 'recovery');
      if (recovers && principal.roles.some((grant) => grant.role !== 'recovery')) {
        complain(index, 'holds the role recovery beside others; it must be held alone');
      }
    });
  })
  .readonly();
export type Signers = z.infer<typeof Signers>;
