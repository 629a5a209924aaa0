import { toTime } from '../../domain/names.ts';
import type { Context } from '../shared/context.ts';
import { keyEnds } from '../shared/opening/key-ends.ts';
import type { OwnCertificate } from './own-certificate.ts';

/** What was looked at before a key is handed over. */
export interface KeyCheck {
  readonly check: 'certificate' | 'life' | 'touch';
  readonly state: 'ok' | 'warn' | 'bad' | 'unknown';
  readonly finding: string;
  readonly remedy: string | null;
}

/** By the same rules that signatures are judged by. */
export async function keyChecks(context: Context, own: OwnCertificate): Promise<readonly KeyCheck[]> {
  return [certificate(own), ...(await life(context, own)), ...(await touch(context, own))];
}

const ANOTHER = 'modelsmith signer enroll --me --new';

function certificate({ facts }: OwnCertificate): KeyCheck {
  const check = 'certificate';
  if (facts.kind === 'unusable')
    return { check, state: 'bad', finding: facts.reason, remedy: `use another key: ${ANOTHER}` };
  if (!facts.canSign)
    return {
      check,
      state: 'bad',
      finding: 'it holds no key that may sign',
      remedy: `use another key: ${ANOTHER}`,
    };
  return { check, state: 'ok', finding: `${facts.algorithm}, strong enough to sign`, remedy: null };
}

async function life(
  context: Context,
  { facts, armored, fingerprint }: OwnCertificate,
): Promise<readonly KeyCheck[]> {
  if (facts.kind === 'unusable') return [];
  const check = 'life';
  const now = context.now();
  const end = (await keyEnds(context.verifier, [{ fingerprint, armored, refreshes: [] }], now)).get(
    fingerprint,
  );
  const remedy = `gpg --quick-set-expire ${fingerprint} 2y, then run this again`;
  if (end?.kind === 'ended')
    return [
      { check, state: 'bad', finding: 'it has expired or is revoked, so nothing it signs counts', remedy },
    ];
  if (end?.kind === 'soon')
    return [
      {
        check,
        state: 'warn',
        finding: `ends on ${toTime(end.at).slice(0, 10)}, in ${end.days} days`,
        remedy,
      },
    ];
  const words = facts.expires === null ? 'never ends' : `ends on ${toTime(facts.expires).slice(0, 10)}`;
  return [{ check, state: 'ok', finding: words, remedy: null }];
}

/** Only a card can tell; what it does not tell is unknown, and nobody is refused for it here. */
async function touch({ signing }: Context, { card }: OwnCertificate): Promise<readonly KeyCheck[]> {
  const check = 'touch';
  if (card === null)
    return [
      { check, state: 'ok', finding: 'not on a smartcard, so there is nothing to touch', remedy: null },
    ];
  const policy = await signing.touchPolicy(card);
  switch (policy) {
    case 'on':
    case 'cached':
      return [
        {
          check,
          state: 'ok',
          finding:
            policy === 'on'
              ? 'the card wants a touch for every signature'
              : 'the card wants a touch, which then lasts a while',
          remedy: null,
        },
      ];
    case 'off':
      return [
        {
          check,
          state: 'warn',
          finding: 'the card signs without a touch once its PIN was given',
          remedy: 'gpg --edit-card: admin, uif 1 on',
        },
      ];
    case 'absent':
    case 'unknown':
      return [
        { check, state: 'unknown', finding: 'the card does not tell whether it wants a touch', remedy: null },
      ];
  }
}
