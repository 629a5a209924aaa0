import { CannotTell } from '../../base/errors.ts';
import type { Command } from '../shared/command.ts';
import { GRANT_OPTION } from '../shared/changes/grant-option.ts';
import { enrolMyself } from './enrol-myself.ts';
import { EnrolInput } from './input.ts';
import { proposeKey } from './propose-key.ts';

/** Proposes that somebody may sign, or may sign with one more key; or gets a newcomer's certificate ready for that. */
export const signerEnroll: Command<EnrolInput> = {
  name: 'signer enroll',
  group: 'policy',
  summary: 'propose a new person, a new automation, or one more key for somebody',
  description:
    'Makes a proposal from the policy in force; two people, one of them a policy approver, then approve it. Roles are\n' +
    'named --role here, so the role you act in is chosen by itself.\n\n' +
    'Without a certificate it is about yourself: it finds your key in GnuPG, or makes one, and holds it against the rules\n' +
    'of signing. Who is enrolled already proposes it. Everybody else gets the public certificate as a file to hand to a\n' +
    'policy approver, with the fingerprint to compare and what he types. Private keys never leave GnuPG.',
  arguments: [
    { name: '[id]', description: 'the short name in the evidence, such as nora' },
    { name: '[certificate]', description: 'the file with the public key; without it: a key of your own' },
  ],
  options: [
    { flags: '--certificate <file>', description: 'the public key: gpg --armor --export <FINGERPRINT>' },
    { flags: '--me', description: 'a key of your own, from GnuPG or a key file' },
    { flags: '--key <fingerprint>', description: 'with --me: this key, where you have several' },
    { flags: '--new', description: 'with --me: make a new key, although there is one' },
    { flags: '--output <file>', description: 'with --me: write the certificate there (default: <id>.asc)' },
    { flags: '--name <name>', description: 'full name (default: that of the certificate)' },
    { flags: '--email <address>', description: 'address (default: that of the certificate)' },
    GRANT_OPTION,
    { flags: '--automation', description: 'a machine; needs --owner' },
    { flags: '--owner <id>', description: 'the human who answers for the machine' },
    { flags: '--reason <text>', description: 'why; recorded and signed' },
  ],
  examples: [
    'modelsmith signer enroll --me',
    'modelsmith signer enroll nora ./nora.asc --role operator --role domain-expert@claims-*',
    'modelsmith signer enroll omar ./omar-new.asc --reason "A second key, on a card"',
    'modelsmith signer enroll nightly ./nightly.asc --automation --owner ana --role pipeline',
  ],
  writes: true,
  reads: true,
  input: EnrolInput,
  run: async (context, input, common) => {
    const { id, certificate } = input;
    if (certificate === undefined) return await enrolMyself(context, input, common);
    if (id === undefined)
      throw new CannotTell('USAGE', 'the short name of the person must be given', {
        remedy: 'modelsmith signer enroll <name> <certificate file> --role <role>',
      });
    const armored = new TextDecoder().decode(await context.files.read(certificate, MAX_CERTIFICATE_BYTES));
    const facts = await context.verifier.inspect(armored);
    if (facts.kind === 'unusable')
      throw new CannotTell('BAD_DATA', `${certificate} is no usable certificate: ${facts.reason}`, {
        remedy: 'gpg --armor --export <FINGERPRINT> > <file>',
      });
    return await proposeKey(context, { ...input, id }, common, {
      fingerprint: facts.primary,
      userIds: facts.userIds,
      armored,
    });
  },
};

const MAX_CERTIFICATE_BYTES = 256 * 1024;
