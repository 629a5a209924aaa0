import * as z from 'zod';
import { PrincipalName } from '../../domain/names.ts';
import { Label } from '../../domain/text.ts';
import { Grants } from '../shared/changes/grant-option.ts';
import { Why } from '../shared/terminal/why.ts';

export const EnrolInput = z
  .object({
    id: PrincipalName.optional(),
    certificate: z.string().optional(),
    me: z.boolean().default(false),
    key: z
      .string()
      .transform((text) => text.replace(/^0x|\s/gi, '').toUpperCase())
      .refine(
        (text) => /^([0-9A-F]{16}|[0-9A-F]{40})$/.test(text),
        'must be a fingerprint, or its last 16 digits',
      )
      .optional(),
    new: z.boolean().default(false),
    output: z.string().optional(),
    name: Label.optional(),
    email: Label.optional(),
    role: Grants,
    automation: z.boolean().default(false),
    owner: PrincipalName.optional(),
    reason: Why.optional(),
  })
  .refine((input) => input.automation === (input.owner !== undefined), {
    path: ['owner'],
    message: 'belongs to --automation: the human who answers for it',
  })
  .refine((input) => !input.automation || input.certificate !== undefined, {
    path: ['certificate'],
    message: 'must be given for a machine: the file with its public key',
  })
  .refine((input) => input.certificate === undefined || !(input.me || input.new || input.key !== undefined), {
    path: ['me'],
    message: 'takes a key of your own, so no certificate file belongs to it',
  });
export type EnrolInput = z.infer<typeof EnrolInput>;
