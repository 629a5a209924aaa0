import { CannotTell } from '../../base/errors.ts';
import type { PrincipalName } from '../../domain/names.ts';
import { holderOfKey, isKeyEnded, type Law } from '../../machine/law.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { openWorkspace } from '../shared/opening/workspace.ts';
import { checkLines } from './check-lines.ts';
import { handOver, ownJson } from './hand-over.ts';
import { keyChecks } from './key-checks.ts';
import { ownCertificate } from './own-certificate.ts';
import type { EnrolInput } from './input.ts';
import { proposeKey } from './propose-key.ts';

/**
 * With a key of one's own. Who is enrolled already proposes it; nobody else can sign anything, so a newcomer gets the
 * certificate as a file to hand over.
 */
export async function enrolMyself(
  context: Context,
  input: EnrolInput,
  common: CommonOptions,
): Promise<Outcome> {
  const law = await lawHere(context, common);
  const me = law === null ? null : await enrolledHere(context, law, common);
  if (me !== null && input.id !== undefined && input.id !== me)
    throw new CannotTell('USAGE', `your key here is ${me}'s, and this would be a key for ${input.id}`, {
      remedy: `modelsmith signer enroll ${input.id} <certificate file> --role <role>`,
    });
  const own = await ownCertificate(context, {
    key: input.key ?? null,
    fresh: input.new,
    keyFile: common.keyFile,
    dryRun: common.dryRun,
  });
  if (own === null)
    return {
      kind: 'yes',
      json: { enrolled: me, made: false, dryRun: true, commit: null },
      text: () => 'dry run: would ask for your name and address and have GnuPG make a key',
    };
  const holder = law === null ? null : holderOfKey(law, own.fingerprint);
  if (holder !== null) {
    const ended = isKeyEnded(holder.key);
    const { id } = holder.principal;
    return {
      kind: ended ? 'no' : 'yes',
      json: { enrolled: id, ended, ...ownJson(own), dryRun: common.dryRun, commit: null },
      text: () =>
        ended
          ? `${own.fingerprint} is a key of ${id} that was ended here\nnext: modelsmith signer enroll --me --new`
          : `${own.fingerprint} is enrolled here already, as ${id}; there is nothing to do\nnext: modelsmith doctor --sign`,
    };
  }
  const checks = await keyChecks(context, own);
  if (checks.some(({ state }) => state === 'bad'))
    return {
      kind: 'no',
      json: { enrolled: me, ...ownJson(own), checks, dryRun: common.dryRun, commit: null },
      text: ({ columns, color }) =>
        [
          `this key cannot be enrolled: ${escapeShown(own.userIds[0] ?? own.fingerprint)}`,
          ...checkLines(checks, columns, color),
        ].join('\n'),
    };
  if (me === null)
    return await handOver(context, own, checks, {
      id: input.id ?? null,
      output: input.output ?? null,
      role: input.role,
      dryRun: common.dryRun,
      law,
    });
  return await proposeKey(context, { ...input, id: me }, common, own);
}

/** Null where there is no repository, or none that can be believed: a newcomer may have neither. */
async function lawHere(context: Context, common: CommonOptions): Promise<Law | null> {
  try {
    const { verification, world } = await openWorkspace(context, { ...common, dryRun: true });
    return verification.findings.length === 0 ? world.law : null;
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    if (error.code !== 'NO_REPOSITORY')
      context.terminal.say(`not looked at the repository here: ${escapeShown(error.message)}`);
    return null;
  }
}

/** The one whose enrolled key is in this GnuPG. A key file is the key to enroll, not the one that signs. */
async function enrolledHere(
  context: Context,
  law: Law,
  { as, keyFile }: CommonOptions,
): Promise<PrincipalName | null> {
  if ((keyFile ?? context.environment['MODELSMITH_KEY_FILE'] ?? null) !== null) return null;
  const ids = (await context.signing.secretKeys()).flatMap((key) => {
    const holder = holderOfKey(law, key);
    return holder === null || isKeyEnded(holder.key) ? [] : [holder.principal.id];
  });
  const [id, ...others] = [...new Set(ids)].filter((each) => as === null || each === as);
  if (others.length === 0) return id ?? null;
  throw new CannotTell('NO_SIGNER', 'keys of several enrolled principals are here; say which you are', {
    facts: [id ?? '', ...others],
    remedy: `add --as ${String(id)}`,
  });
}
