import { CannotTell } from '../../base/errors.ts';
import { keyringOf } from '../../evidence/certificates.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { meaningOf, SIGNATURE_MEANINGS } from '../shared/explaining/fault-meanings.ts';
import { findWho } from '../shared/opening/who.ts';
import type { Workspace } from '../shared/opening/workspace.ts';
import { bad, ok, unknown, type Finding } from './finding.ts';

/**
 * Signs something by the very way commits are signed, and holds it against what is in force. What is signed can never be
 * taken for a commit: it does not begin like one.
 */
export async function trial(
  context: Context,
  workspace: Workspace | null,
  options: Pick<CommonOptions, 'as' | 'keyFile'>,
): Promise<Finding> {
  const check = 'trial signature';
  if (workspace === null)
    return unknown(
      check,
      'there is no repository here that a signature could be held against',
      'add -C <folder>',
    );
  const { world, valid } = workspace;
  const random = Buffer.from(context.random(32)).toString('hex');
  const payload = new TextEncoder().encode(
    `modelsmith doctor: a trial signature, worth nothing\n${random}\n`,
  );
  try {
    const { principal, signer } = await findWho(context, world.law, options);
    const signature = await signer.sign(payload);
    const verdict = await context.verifier.verify(payload, signature, keyringOf(world.tree), valid.clock);
    if (verdict.kind === 'good')
      return ok(
        check,
        `made as ${principal.id} with ${verdict.algorithm} key ${verdict.key}, and it counts here`,
      );
    const known = meaningOf(SIGNATURE_MEANINGS, verdict.fault);
    return bad(
      check,
      `${verdict.fault}: the signature ${known?.meaning ?? 'does not count here'}`,
      known?.remedy ?? 'see the checks above',
    );
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return bad(check, [error.message, ...error.facts].join('; '), error.remedy ?? 'see the checks above');
  }
}
