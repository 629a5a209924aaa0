import { CannotTell } from '../../base/errors.ts';
import { toTime, type Fingerprint } from '../../domain/names.ts';
import { holderOfKey, isKeyEnded, type Law } from '../../machine/law.ts';
import type { OwnKey } from '../../ports/signing.ts';
import type { Context } from '../shared/context.ts';
import { certificateInForce } from '../shared/opening/key-ends.ts';
import { endOfKey, longerLife } from '../shared/opening/own-key-ends.ts';
import { bad, ok, unknown, warn, type Finding } from './finding.ts';

/** Private keys at hand, and whose they are where a law says so. */
export async function keys(
  context: Context,
  law: Law | null,
  keyFile: string | null,
): Promise<readonly Finding[]> {
  return keyFile === null ? await inGnuPg(context, law) : await inFile(context, law, keyFile);
}

const FIND_IT = 'insert the card and run gpg --card-status, or use the machine that has the key';
const ENROL = 'modelsmith signer enroll --me';

async function inGnuPg(context: Context, law: Law | null): Promise<readonly Finding[]> {
  const { signing } = context;
  const own = await signing.ownKeys();
  const able = own.filter(({ fault }) => fault === null);
  const enrolled = own.filter(({ primary }) => law !== null && holderOfKey(law, primary) !== null);
  const findings: Finding[] = [];
  const { signingKey } = await signing.preferences();
  if (own.length === 0)
    return [
      ...(signingKey === null ? [] : [preference(law, own, signingKey)]),
      warn(
        'keys',
        'GnuPG has no private key; reading and verifying need none',
        `${ENROL}   (makes one, and asks first)`,
      ),
    ];
  for (const key of law === null ? able : enrolled) findings.push(...(await about(context, law, key)));
  const alive = enrolled.some(({ primary, fault }) => {
    const holder = law === null ? null : holderOfKey(law, primary);
    return fault === null && holder !== null && !isKeyEnded(holder.key);
  });
  if (law !== null && !alive)
    findings.push(
      enrolled.length > 0
        ? bad(
            'keys',
            'no enrolled key of yours can sign',
            `see the remedies above; or a new key: ${ENROL} --new`,
          )
        : warn(
            'keys',
            able.length === 1
              ? 'your key is not enrolled, so you can read and verify here, and sign nothing'
              : `none of your ${able.length} keys that can sign is enrolled, so you can read and verify here, and sign nothing`,
            ENROL,
          ),
    );
  return [...findings, preference(law, own, signingKey)];
}

async function about(context: Context, law: Law | null, key: OwnKey): Promise<readonly Finding[]> {
  const { primary, fault, userIds } = key;
  if (law === null) return [ok('key', `${primary} in GnuPG, ${userIds[0] ?? 'without a name'}`)];
  const enrolment = owner(law, primary, 'in GnuPG', 'key');
  if (enrolment.state !== 'ok') return [enrolment];
  return [
    fault === null ? enrolment : unable(key, fault),
    ...(await life(context, law, primary)),
    ...(await difference(context, law, primary)),
    ...(key.card === null ? [] : [await card(context, key.card)]),
  ];
}

function unable({ primary }: OwnKey, fault: NonNullable<OwnKey['fault']>): Finding {
  const remedies = {
    expired: `gpg --quick-set-expire ${primary} 2y, then have the certificate refreshed here`,
    revoked: `a new key: ${ENROL} --new`,
    disabled: `gpg --edit-key ${primary} enable`,
    'cannot sign': `a new key: ${ENROL} --new`,
    'private part is elsewhere': FIND_IT,
  };
  const words = {
    expired: 'has expired in your GnuPG',
    revoked: 'is revoked in your GnuPG',
    disabled: 'is disabled in your GnuPG',
    'cannot sign': 'has no part that signs',
    'private part is elsewhere': 'is here without its private part',
  };
  return bad('key', `${primary} ${words[fault]}`, remedies[fault]);
}

/** By the certificate in force, which others judge by. */
async function life(context: Context, law: Law, key: Fingerprint): Promise<readonly Finding[]> {
  const check = 'key life';
  const own = await endOfKey(context, law, key);
  if (own === null) return [ok(check, 'ends in no less than 60 days, as far as is recorded here')];
  const { end } = own;
  return end.kind === 'ended'
    ? [bad(check, 'it has ended, as far as is recorded here: nothing it signs counts', longerLife(own))]
    : [
        warn(
          check,
          `ends on ${toTime(end.at).slice(0, 10)}, in ${end.days} days, as far as is recorded here`,
          longerLife(own),
        ),
      ];
}

/** What is enrolled is a copy: what has happened to the key at home since is not in it. */
async function difference(
  { signing, verifier }: Context,
  law: Law,
  key: Fingerprint,
): Promise<readonly Finding[]> {
  const check = 'certificate';
  const certificate = certificateInForce(law, key);
  if (certificate === null) return [];
  const holder = holderOfKey(law, key)?.principal.id ?? '';
  try {
    const fault = await verifier.refreshFault(certificate, await signing.gpgCertificate(key));
    if (fault === null)
      return [
        warn(
          check,
          'the one in your GnuPG is newer than the one recorded here',
          `gpg --armor --export-options export-minimal --export ${key} > ${holder}.asc, and a colleague runs: modelsmith signer refresh ${holder} --certificate ${holder}.asc`,
        ),
      ];
    // In words, since nothing but people goes by it.
    return fault === 'it says nothing new'
      ? [ok(check, 'the one recorded here is as new as yours')]
      : [
          warn(
            check,
            `the one in your GnuPG is another than the one recorded here: ${fault}`,
            'sign with a key recorded here, or have the certificate proposed: modelsmith policy propose',
          ),
        ];
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return [unknown(check, error.message)];
  }
}

async function card({ signing }: Context, serial: string): Promise<Finding> {
  const check = 'card';
  switch (await signing.touchPolicy(serial)) {
    case 'absent':
      return bad(
        check,
        `the smartcard ${serial} with your key is not inserted`,
        'insert it; gpg --card-status shows it',
      );
    case 'unknown':
      return unknown(check, `the smartcard ${serial} does not tell whether it wants a touch`);
    case 'off':
      return warn(check, 'signs without a touch once its PIN was given', 'gpg --edit-card: admin, uif 1 on');
    case 'on':
      return ok(check, 'wants a touch for every signature');
    case 'cached':
      return ok(check, 'wants a touch, which then lasts for some seconds');
  }
}

/** Which key `user.signingkey` means, and whether that is one that counts here. */
function preference(law: Law | null, own: readonly OwnKey[], signingKey: string | null): Finding {
  const check = 'user.signingkey';
  const able = own.filter(({ fault }) => fault === null);
  const counting = able.filter(({ primary }) => {
    const holder = law === null ? null : holderOfKey(law, primary);
    return holder !== null && !isKeyEnded(holder.key);
  });
  const set = `git config --global user.signingkey ${(counting[0] ?? able[0])?.primary ?? '<fingerprint>'}`;
  if (signingKey === null)
    return able.length < 2 || counting.length === 1
      ? ok(check, able.length < 2 ? 'not set; there is one key' : 'not set; one key is enrolled')
      : warn(check, 'not set, and there are several keys', set);
  const wanted = signingKey.replace(/^0x|!$/g, '').toUpperCase();
  const meant = own.find(({ primary }) => primary.endsWith(wanted));
  const elsewhere = law?.signers.principals.find(({ keys: all }) =>
    all.some(({ fingerprint }) => fingerprint.endsWith(wanted)),
  );
  if (meant === undefined && elsewhere !== undefined)
    return bad(
      check,
      `${signingKey} is enrolled as ${elsewhere.id}, and its private part is not here`,
      FIND_IT,
    );
  if (meant === undefined) return warn(check, `${signingKey} is the primary fingerprint of no key here`, set);
  if (meant.fault !== null) return warn(check, `${meant.primary} cannot sign: ${meant.fault}`, set);
  if (counting.length > 0 && !counting.includes(meant))
    return warn(
      check,
      `${meant.primary} is not enrolled here; modelsmith takes ${counting.map(({ primary }) => primary).join(' or ')}`,
      set,
    );
  return ok(check, meant.primary);
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
      ...warnings.map((open) => warn(check, open, `chmod 600 ${file}`)),
      ...(law === null || holderOfKey(law, signer.primary) === null
        ? []
        : await life(context, law, signer.primary)),
    ];
  } catch (error) {
    if (error === closed) return [ok(check, `${file} is protected; its passphrase will be asked`)];
    if (!(error instanceof CannotTell)) throw error;
    return [
      bad(
        check,
        `${file}: ${error.message}`,
        error.remedy ?? 'name another file with --key-file or MODELSMITH_KEY_FILE',
      ),
    ];
  }
}

function owner(law: Law | null, key: Fingerprint, where: string, check: string): Finding {
  if (law === null) return ok(check, `${key} ${where}`);
  const holder = holderOfKey(law, key);
  if (holder === null) return bad(check, `${key} ${where} is not enrolled here`, ENROL);
  const { principal } = holder;
  if (isKeyEnded(holder.key))
    return warn(
      check,
      `${key} of ${principal.id} has been ended`,
      `use your new key, or have one enrolled: ${ENROL} --new`,
    );
  const roles = [...new Set(principal.roles.map((grant) => grant.role))].join(', ') || 'no role';
  return ok(check, `${key} ${where} is ${principal.id} (${roles})`);
}
