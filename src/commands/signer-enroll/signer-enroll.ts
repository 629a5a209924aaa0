import { z } from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { PrincipalName } from '../../domain/names.ts';
import { Label, Text } from '../../domain/text.ts';
import type { Principal } from '../../domain/signers.ts';
import { principalNamed } from '../../machine/law.ts';
import type { Command } from '../shared/command.ts';
import { Grants, GRANT_OPTION } from '../shared/grant-option.ts';
import { proposePolicy } from '../shared/propose-policy.ts';
import { required } from '../shared/required.ts';
import { SignersEdit } from '../shared/signers-edit.ts';
import { openDesk } from '../shared/write.ts';

const Input = z
  .object({
    id: PrincipalName,
    certificate: required('a file with the public key; gpg --armor --export <FINGERPRINT> prints it'),
    name: Label.optional(),
    email: Label.optional(),
    role: Grants,
    automation: z.boolean().default(false),
    owner: PrincipalName.optional(),
    reason: Text.optional(),
  })
  .refine((input) => input.automation === (input.owner !== undefined), {
    path: ['owner'],
    message: 'belongs to --automation: the human who answers for it',
  });
type Input = z.infer<typeof Input>;

/** Proposes that somebody may sign, or may sign with one more key. */
export const signerEnroll: Command<Input> = {
  name: 'signer enroll',
  group: 'policy',
  summary: 'propose a new person, a new automation, or one more key for somebody',
  description:
    'Makes a proposal from the policy in force; two people, one of them a policy approver, then approve it. Roles are\n' +
    'named --role here, so the role you act in is chosen by itself.',
  arguments: [{ name: '<id>', description: 'the short name in the evidence, such as nora' }],
  options: [
    { flags: '--certificate <file>', description: 'the public key: gpg --armor --export <FINGERPRINT>' },
    { flags: '--name <name>', description: 'full name (default: that of the certificate)' },
    { flags: '--email <address>', description: 'address (default: that of the certificate)' },
    GRANT_OPTION,
    { flags: '--automation', description: 'a machine; needs --owner' },
    { flags: '--owner <id>', description: 'the human who answers for the machine' },
    { flags: '--reason <text>', description: 'why; recorded and signed' },
  ],
  examples: [
    'modelsmith signer enroll nora --certificate nora.asc --role operator --role domain-expert@claims-*',
    'modelsmith signer enroll omar --certificate omar-new.asc --reason "A second key, on a card"',
    'modelsmith signer enroll nightly --certificate nightly.asc --automation --owner ana --role pipeline',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const { id, certificate, role } = input;
    const armored = new TextDecoder().decode(await context.files.read(certificate, MAX_CERTIFICATE_BYTES));
    const facts = await context.verifier.inspect(armored);
    if (facts.kind === 'unusable')
      throw new CannotTell('BAD_DATA', `${certificate} is no usable certificate: ${facts.reason}`, {
        remedy: 'gpg --armor --export <FINGERPRINT> > <file>',
      });
    const desk = await openDesk(context, { ...common, role: null });
    const { world } = desk.workspace;
    const known = principalNamed(world.law, id);
    if (known === null && role.length === 0)
      throw new CannotTell('USAGE', `${id} is new and has no role; nobody acts without one`, {
        remedy: 'add --role <role>',
      });
    const edit = new SignersEdit(world);
    if (known === null) edit.add({ ...newcomer(input, facts.userIds), id });
    else refuseOtherKind(known, input);
    edit.addKey(id, facts.primary, armored);
    edit.grant(id, role);
    return await proposePolicy(
      desk,
      { ...common, role: null },
      {
        files: edit.files(),
        reason: input.reason ?? (known === null ? `Enrol ${id}` : `One more key for ${id}`),
        headline: `${id} cannot be enrolled so`,
      },
    );
  },
};

const MAX_CERTIFICATE_BYTES = 256 * 1024;

function newcomer({ name, email, automation, owner, id }: Input, userIds: readonly string[]) {
  const [, own, address] = /^(.*?)\s*(?:<([^<>\s]+)>)?$/.exec(userIds[0] ?? '') ?? [];
  const mail = email ?? address;
  return {
    kind: automation ? ('automation' as const) : ('human' as const),
    name: name ?? (own === undefined || own === '' ? id : own),
    ...(mail !== undefined && { email: mail }),
    ...(owner !== undefined && { owner }),
  };
}

function refuseOtherKind({ id, kind }: Principal, { automation, name, email }: Input): void {
  if (automation || name !== undefined || email !== undefined)
    throw new CannotTell(
      'USAGE',
      `${id} is enrolled already, as ${kind === 'human' ? 'a human' : 'an automation'}`,
      {
        remedy: `for one more key: modelsmith signer enroll ${id} --certificate <file>`,
      },
    );
}
