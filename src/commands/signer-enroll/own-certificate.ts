import { CannotTell } from '../../base/errors.ts';
import type { Fingerprint } from '../../domain/names.ts';
import { Label } from '../../domain/text.ts';
import type { OwnKey } from '../../ports/signing.ts';
import type { CertificateFacts } from '../../ports/signatures.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { demandYes } from '../shared/terminal/prompts.ts';
import { keyLine } from './key-words.ts';

/** A key of whoever runs the command, with its public part. */
export interface OwnCertificate {
  readonly fingerprint: Fingerprint;
  readonly userIds: readonly string[];
  /** Armored, with nobody's signatures but its own. */
  readonly armored: string;
  readonly facts: CertificateFacts;
  /** Serial number of the smartcard it is on; null where it is on none. */
  readonly card: string | null;
  readonly made: boolean;
}

export interface Choice {
  /** The end of a fingerprint. */
  readonly key: string | null;
  readonly fresh: boolean;
  readonly keyFile: string | null;
  readonly dryRun: boolean;
}

/** `null`: a key would have to be made, and this is a dry run. @throws CannotTell NO_SIGNER, NOT_PERMITTED. */
export async function ownCertificate(context: Context, choice: Choice): Promise<OwnCertificate | null> {
  const file = choice.keyFile ?? context.environment['MODELSMITH_KEY_FILE'] ?? null;
  if (file !== null) return await fromKeyFile(context, file);
  const { signing } = context;
  if ((await signing.gpgVersion()) === null)
    throw new CannotTell('TOOL_MISSING', 'GnuPG is not installed, so there is no key here to enroll', {
      remedy:
        'install GnuPG 2.2 or newer (apt install gnupg, brew install gnupg), or name a key file with --key-file',
    });
  const own = (await signing.ownKeys()).filter(({ fault }) => fault === null);
  if (!choice.fresh) {
    const picked = await pick(context, own, choice.key);
    if (picked !== null) return await certificateOf(context, picked, false);
  }
  if (choice.dryRun) return null;
  const primary = await make(context);
  const made = (await signing.ownKeys()).find((key) => key.primary === primary);
  if (made === undefined) throw new Error('GnuPG made a key and does not list it');
  return await certificateOf(context, made, true);
}

async function fromKeyFile(context: Context, file: string): Promise<OwnCertificate> {
  const given = context.environment['MODELSMITH_KEY_PASSPHRASE'];
  const { signer, certificate } = await context.signing.keyFile(
    context.files.absolute(file),
    () => (given === undefined ? context.terminal.secret(`passphrase of ${file}: `) : Promise.resolve(given)),
    context.now(),
  );
  const facts = await context.verifier.inspect(certificate);
  const userIds = facts.kind === 'certificate' ? facts.userIds : [];
  return { fingerprint: signer.primary, userIds, armored: certificate, facts, card: null, made: false };
}

async function certificateOf(context: Context, key: OwnKey, made: boolean): Promise<OwnCertificate> {
  const armored = await context.signing.gpgCertificate(key.primary);
  const facts = await context.verifier.inspect(armored);
  return { fingerprint: key.primary, userIds: key.userIds, armored, facts, card: key.card, made };
}

/** @returns null where a key is to be made. */
async function pick(context: Context, own: readonly OwnKey[], wanted: string | null): Promise<OwnKey | null> {
  const { terminal } = context;
  if (wanted !== null) {
    const [found, ...others] = own.filter(({ primary }) => primary.endsWith(wanted));
    if (found !== undefined && others.length === 0) return found;
    throw new CannotTell('NO_SIGNER', `your GnuPG has no one key ${wanted} that can sign`, {
      facts: own.map(({ primary, userIds }) => `${primary}  ${userIds[0] ?? ''}`),
      remedy: 'name one of these with --key, or make a new key with --new',
    });
  }
  const [only] = own;
  if (only === undefined) return null;
  if (!terminal.interactive) {
    if (own.length === 1) return only;
    throw new CannotTell('NO_SIGNER', 'there are several keys here; say which one you mean', {
      facts: own.map(({ primary, userIds }) => `${primary}  ${userIds[0] ?? ''}`),
      remedy: `add --key ${only.primary}`,
    });
  }
  terminal.say(own.length === 1 ? 'this key is in your GnuPG:' : 'these keys are in your GnuPG:');
  for (const [index, key] of own.entries()) {
    const { facts } = await certificateOf(context, key, false);
    terminal.say(`  ${index + 1}  ${keyLine(key, facts)}`);
  }
  for (;;) {
    const answer = (
      await terminal.ask(
        `which one will you sign with? (1${own.length === 1 ? '' : `–${own.length}`}, or new)`,
      )
    ).trim();
    if (answer === 'new') return null;
    const chosen = own[Number(answer) - 1];
    if (chosen !== undefined) return chosen;
    terminal.say(`${escapeShown(answer)} is none of them`);
  }
}

const ADDRESS = /^[^\s<>@]+@[^\s<>@]+$/;

/** Asks first: it is the person who makes the key, and the agent who asks for its passphrase. */
async function make(context: Context): Promise<Fingerprint> {
  const { terminal, signing } = context;
  const command = 'gpg --quick-generate-key "Your Name <you@example.org>" ed25519 sign 2y';
  if (!terminal.interactive)
    throw new CannotTell('NO_SIGNER', 'GnuPG has no key here that can sign', {
      remedy: `make one: ${command}`,
    });
  terminal.say('a new Ed25519 key for two years; name and address in it will be public');
  const name = await asked(context, 'what is your full name?', (text) =>
    Label.safeParse(text).success && !/[<>()]/.test(text) && text.length >= 5
      ? null
      : 'five letters at least, and no brackets',
  );
  const address = await asked(context, 'what is your e-mail address?', (text) =>
    Label.safeParse(text).success && ADDRESS.test(text) ? null : 'that is no address',
  );
  const userId = `${name} <${address}>`;
  terminal.say(`the key will be for ${escapeShown(userId)}`);
  await demandYes(context, 'make it? GnuPG then asks for a passphrase', 'no key was made');
  return await signing.makeKey(userId);
}

async function asked(
  { terminal }: Context,
  question: string,
  fault: (text: string) => string | null,
): Promise<string> {
  for (;;) {
    const text = (await terminal.ask(question)).trim();
    const wrong = fault(text);
    if (wrong === null) return text;
    terminal.say(wrong);
  }
}
