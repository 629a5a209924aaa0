import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { PrincipalName } from '../../domain/names.ts';
import type { Reason } from '../../domain/reason.ts';
import { keyringOf } from '../../evidence/certificates.ts';
import type { Command } from '../shared/command.ts';
import { brief } from '../shared/terminal/layout.ts';
import { land, openDesk, Plan, written } from '../shared/opening/write.ts';
import { laterVersions } from './later-versions.ts';

const Input = z.object({ id: PrincipalName.optional(), certificate: z.string().optional() });

/** Brings a later version of a certificate: its key's own word that it lives longer, or has ended. */
export const signerRefresh: Command<z.infer<typeof Input>> = {
  name: 'signer refresh',
  group: 'policy',
  summary: 'bring a later version of an enrolled key: a longer life, or its end',
  description:
    'Takes the certificates from your GnuPG, or from a file. Nothing has to be approved: a refresh holds only what the key\n' +
    'itself signed, and no new subkey. Somebody else brings it than the key refreshed, as long as anybody else is alive.',
  arguments: [{ name: '[id]', description: 'whose keys (default: everybody’s that your GnuPG knows)' }],
  options: [
    {
      flags: '--certificate <file>',
      description: 'from this file: gpg --armor --export-options export-minimal --export <FINGERPRINT>',
    },
  ],
  examples: ['modelsmith signer refresh', 'modelsmith signer refresh omar --certificate omar.asc'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { id, certificate }, common) => {
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const headline = 'this cannot refresh a certificate';
    const versions = await laterVersions(desk, id ?? null, certificate ?? null);
    const expired = await context.verifier.ended(keyringOf(world.tree), desk.actor.clock);
    const plan = new Plan(desk);
    const reasons: Reason[] = [];
    for (const version of versions) {
      const no = plan.add(headline, { kind: 'refresh', ...version, expired });
      if (no !== null) reasons.push(...no.reasons);
    }
    if (isNonEmpty(reasons)) return { kind: 'refused', headline, reasons };
    if (plan.acts.length === 0)
      throw new CannotTell('NO_INPUT', 'no certificate here says anything new', {
        remedy: 'gpg --import <file>, or name the file with --certificate',
      });
    const keys = versions.map(({ key }) => key);
    const names = versions.map(({ principal }) => principal).join(', ');
    const report = await land(desk, common, plan, `Refresh the certificate of ${names}`);
    return written(
      report,
      versions.map(({ key, principal }) => `refreshed ${brief(key)} of ${principal}`),
      { keys },
    );
  },
};
