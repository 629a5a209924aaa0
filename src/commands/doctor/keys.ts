import { CannotTell } from '../../base/errors.ts';
import type { Fingerprint } from '../../domain/names.ts';
import { holderOfKey, isKeyEnded, type Law } from '../../machine/law.ts';
import type { Context } from '../shared/context.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

/** Private keys at hand, and whose they are where a law says so. */
export async function keys(
  context: Context,
  law: Law | null,
  keyFile: string | null,
): Promise<readonly Finding[]> {
  return keyFile === null ? await inGnuPg(context, law) : await inFile(context, law, keyFile);
}

async function inGnuPg({ signing }: Context, law: Law | null): Promise<readonly Finding[]> {
  const present = await signing.secretKeys();
  const { signingKey } = await signing.preferences();
  const check = 'keys';
  if (present.length === 0) {
    return [
      warning(
        check,
        'GnuPG has no private key that can sign; reading and verifying need none',
        'gpg --quick-gen-key "<name> <mail>" ed25519 sign never',
      ),
    ];
  }
  const wanted = signingKey?.replace(/^0x|!$/g, '').toUpperCase() ?? null;
  return [
    ...present.map((key) => owner(law, key, 'in GnuPG')),
    ...(law !== null && present.every((key) => holderOfKey(law, key) === null)
      ? [
          warning(
            check,
            'none of these keys is enrolled, so you can read and verify here, and sign nothing',
            'ask a policy approver to enroll one',
          ),
        ]
      : []),
    wanted === null
      ? present.length === 1
        ? ok('user.signingkey', 'not set; there is one key')
        : warning(
            'user.signingkey',
            'not set, and there are several keys',
            'git config --global user.signingkey <fingerprint>',
          )
      : present.some((key) => key.endsWith(wanted))
        ? ok('user.signingkey', wanted)
        : warning(
            'user.signingkey',
            `${wanted} is the primary fingerprint of no key here that can sign`,
            'git config --global user.signingkey <fingerprint>',
          ),
  ];
}

/** A protected key stays closed: nothing is asked here. */
async function inFile(context: Context, law: Law | null, file: string): Promise<readonly Finding[]> {
  const check = 'key file';
  const given = context.environment['MODELSMITH_KEY_PASSPHRASE'];
  const closed = new CannotTell('NOT_PERMITTED', 'protected by a passphrase');
  try {
    const { signer, warnings } = await context.signing.keyFile(
      context.files.absolute(file),
      () => (given === undefined ? Promise.reject(closed) : Promise.resolve(given)),
      context.now(),
    );
    return [
      owner(law, signer.primary, `in ${file}`, check),
      ...warnings.map((open) => warning(check, open, `chmod 600 ${file}`)),
    ];
  } catch (error) {
    if (error === closed) return [ok(check, `${file} is protected; its passphrase will be asked`)];
    if (!(error instanceof CannotTell)) throw error;
    return [
      problem(
        check,
        `${file}: ${error.message}`,
        error.remedy ?? 'name another file with --key-file or MODELSMITH_KEY_FILE',
      ),
    ];
  }
}

function owner(law: Law | null, key: Fingerprint, where: string, check = 'keys'): Finding {
  if (law === null) return ok(check, `${key} ${where}`);
  const holder = holderOfKey(law, key);
  if (holder === null) {
    const finding = `${key} ${where} is not enrolled here`;
    return check === 'keys'
      ? ok(check, finding)
      : problem(check, finding, 'ask a policy approver to enroll it');
  }
  const { principal } = holder;
  if (isKeyEnded(holder.key))
    return warning(
      check,
      `${key} of ${principal.id} has been ended`,
      'use your new key, or have one enrolled',
    );
  const roles = [...new Set(principal.roles.map((grant) => grant.role))].join(', ') || 'no role';
  return ok(check, `${key} ${where} is ${principal.id} (${roles})`);
}
