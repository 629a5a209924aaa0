import * as z from 'zod';
import { PrincipalName } from '../../domain/names.ts';
import { Text } from '../../domain/text.ts';
import type { Command } from '../shared/command.ts';
import { impose, REASON_OPTION, REF_OPTION } from './impose.ts';
import { openTipDesk } from '../shared/opening/tip-desk.ts';
import { findWho } from '../shared/opening/who.ts';
import { NEVER_REFUSED } from './never-refused.ts';
import { aboutPerson } from './about-person.ts';

const Input = z.object({ principal: PrincipalName, reason: Text, ref: z.boolean().default(false) });

/** Somebody's signatures do not count for the time being. */
export const suspendSigner: Command<z.infer<typeof Input>> = {
  name: 'override suspend-signer',
  group: 'emergency',
  summary: 'let no act of a person or machine be valid until this is lifted',
  description: `Approvals given before do not open gates meanwhile; objections stand. ${NEVER_REFUSED}`,
  arguments: [{ name: '<principal>', description: 'as signers.yaml names it' }],
  options: [REASON_OPTION, REF_OPTION],
  examples: ['modelsmith override suspend-signer dora --reason "cannot be reached; her laptop is gone"'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { principal, reason, ref }, common) => {
    const desk = await openTipDesk(context, common);
    const who = await findWho(context, desk.world.law, common);
    const about = aboutPerson(desk.world.law, principal);
    return await impose(desk, common, {
      who,
      ref,
      about,
      brake: { act: 'suspend-signer', signer: principal, reason },
    });
  },
};
