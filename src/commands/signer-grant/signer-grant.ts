import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { PrincipalName } from '../../domain/names.ts';
import { Role } from '../../domain/roles.ts';
import { principalNamed } from '../../machine/law.ts';
import type { Command } from '../shared/command.ts';
import { Grants, GRANT_OPTION } from '../shared/changes/grant-option.ts';
import { proposePolicy } from '../shared/changes/propose-policy.ts';
import { SignersEdit } from '../shared/changes/signers-edit.ts';
import { openDesk } from '../shared/opening/write.ts';
import { Why } from '../shared/terminal/why.ts';

const Input = z
  .object({
    id: PrincipalName,
    role: Grants,
    revoke: z.array(Role).default([]),
    reason: Why.optional(),
  })
  .refine((input) => input.role.length + input.revoke.length > 0, {
    path: ['role'],
    message: 'or --revoke must be given',
  });

/** Proposes that somebody enrolled holds other roles. */
export const signerGrant: Command<z.infer<typeof Input>> = {
  name: 'signer grant',
  group: 'policy',
  summary: 'propose that somebody gets roles, or loses them',
  arguments: [{ name: '<id>', description: 'the short name in the evidence' }],
  options: [
    GRANT_OPTION,
    { flags: '--revoke <role>', description: 'a role to take away, for all lines', repeat: true },
    { flags: '--reason <text>', description: 'why; recorded and signed' },
  ],
  examples: [
    'modelsmith signer grant omar --role team-lead',
    'modelsmith signer grant omar --revoke operator --role operator@claims-* --reason "Only claims from now on"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { id, role, revoke, reason }, common) => {
    const own = { ...common, role: null };
    const desk = await openDesk(context, own);
    const { world } = desk.workspace;
    if (principalNamed(world.law, id) === null)
      throw new CannotTell('NO_INPUT', `${id} is not enrolled here`, { remedy: 'modelsmith signer list' });
    const edit = new SignersEdit(world);
    for (const each of revoke)
      if (edit.revoke(id, each) === 0)
        throw new CannotTell('NO_INPUT', `${id} does not hold ${each}`, { remedy: 'modelsmith signer list' });
    edit.grant(id, role);
    const gained = role.map(({ role: name }) => name).join(', ');
    const words = [
      ...(gained === '' ? [] : [`gets ${gained}`]),
      ...(revoke.length === 0 ? [] : [`loses ${revoke.join(', ')}`]),
    ];
    return await proposePolicy(desk, own, {
      files: edit.files(),
      reason: reason ?? `${id} ${words.join(' and ')}`,
      headline: `the roles of ${id} cannot be changed so`,
    });
  },
};
