import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { Fingerprint, PrincipalName } from '../../domain/names.ts';
import { isKeyEnded, principalNamed } from '../../machine/law.ts';
import type { Command } from '../shared/command.ts';
import { proposePolicy } from '../shared/changes/propose-policy.ts';
import { required } from '../shared/opening/required.ts';
import { SignersEdit } from '../shared/changes/signers-edit.ts';
import { openDesk } from '../shared/opening/write.ts';
import { Why } from '../shared/terminal/why.ts';

const Input = z.object({
  id: PrincipalName,
  key: Fingerprint.optional(),
  reason: required('why this is to change').pipe(Why),
});

/** Proposes that somebody, or one key of somebody, signs no more. */
export const signerRetire: Command<z.infer<typeof Input>> = {
  name: 'signer retire',
  group: 'policy',
  summary: 'propose that somebody, or one key of theirs, signs no more',
  description:
    'What was signed before stays valid. Without --key all keys are retired and all roles end. For a stolen key use an\n' +
    'override: it works at once, and taints what the thief may have signed.',
  arguments: [{ name: '<id>', description: 'the short name in the evidence' }],
  options: [
    { flags: '--key <fingerprint>', description: 'only this key; roles and other keys stay' },
    { flags: '--reason <text>', description: 'why; recorded and signed' },
  ],
  examples: [
    'modelsmith signer retire omar --reason "Left the company"',
    'modelsmith signer retire omar --key <FINGERPRINT> --reason "Replaced by a card"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { id, key, reason }, common) => {
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const keys = principalNamed(world.law, id)?.keys ?? [];
    const ending = keys.filter(
      (each) => !isKeyEnded(each) && (key === undefined || each.fingerprint === key),
    );
    if (ending.length === 0)
      throw new CannotTell(
        'NO_INPUT',
        keys.length === 0 ? `${id} is not enrolled here` : `${id} has no such key in use`,
        { facts: keys.map(({ fingerprint }) => fingerprint), remedy: 'modelsmith signer list' },
      );
    const edit = new SignersEdit(world);
    for (const { fingerprint } of ending) edit.retireKey(id, fingerprint, reason);
    if (key === undefined) edit.dismiss(id);
    const headline = `${id} cannot be retired so`;
    return await proposePolicy(desk, common, { files: edit.files(), reason, headline });
  },
};
