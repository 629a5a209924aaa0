import { CannotTell } from '../../base/errors.ts';
import type { Fingerprint } from '../../domain/names.ts';
import { keyringOf } from '../../evidence/certificates.ts';
import { holderOfKey, principalNamed } from '../../machine/law.ts';
import type { Desk } from '../shared/opening/write.ts';

/** A certificate that may be a later version of one in force. */
export interface LaterVersion {
  readonly key: Fingerprint;
  readonly principal: string;
  readonly bytes: Uint8Array;
  /** Why it is none, in words; null where it is one. */
  readonly fault: string | null;
}

const MAX_CERTIFICATE_BYTES = 256 * 1024;
/** Asking for everybody's, these are no refusals: nothing is there to bring. */
const NOTHING_NEW = 'it says nothing new';

/**
 * From the file, or from GnuPG: the keys of the principal or, where none is named, all enrolled ones it knows a newer
 * version of. @throws CannotTell where the file is no certificate of anybody enrolled, or GnuPG knows no key of his.
 */
export async function laterVersions(
  desk: Desk,
  id: string | null,
  file: string | null,
): Promise<readonly LaterVersion[]> {
  if (file !== null) return [await fromFile(desk, id, file)];
  const { law } = desk.workspace.world;
  const person = id === null ? null : principalNamed(law, id);
  if (id !== null && person === null)
    throw new CannotTell('NO_INPUT', `${id} is not enrolled here`, { remedy: 'modelsmith signer list' });
  const everybody = law.signers.principals;
  const keys = (person === null ? everybody : [person]).flatMap((principal) =>
    principal.keys.map(({ fingerprint }) => fingerprint),
  );
  const found: LaterVersion[] = [];
  const unknown: Fingerprint[] = [];
  for (const key of keys) {
    // A key at work does not refresh itself; asked for everybody's, it is left to others.
    if (person === null && key === desk.who.signer.primary) continue;
    const armored = await exported(desk, key);
    if (armored === null) unknown.push(key);
    else found.push(await versionOf(desk, key, armored));
  }
  if (person !== null && found.length === 0)
    throw new CannotTell('NO_SIGNER', `your GnuPG knows no key of ${person.id}`, {
      facts: unknown,
      remedy: `modelsmith signer refresh ${person.id} --certificate <file>`,
    });
  return person === null
    ? found.filter(({ fault }) => fault === null)
    : found.filter(({ fault }) => found.length === 1 || fault !== NOTHING_NEW);
}

async function fromFile(desk: Desk, id: string | null, file: string): Promise<LaterVersion> {
  const { context, workspace } = desk;
  const bytes = await context.files.read(file, MAX_CERTIFICATE_BYTES);
  const armored = new TextDecoder().decode(bytes);
  const facts = await context.verifier.inspect(armored);
  if (facts.kind === 'unusable')
    throw new CannotTell('BAD_DATA', `${file} is no usable certificate: ${facts.reason}`);
  const holder = holderOfKey(workspace.world.law, facts.primary);
  if (holder !== null && id !== null && holder.principal.id !== id)
    throw new CannotTell('USAGE', `${file} holds a key of ${holder.principal.id}, not of ${id}`);
  return await versionOf(desk, facts.primary, armored);
}

async function versionOf(desk: Desk, key: Fingerprint, armored: string): Promise<LaterVersion> {
  const { law, tree } = desk.workspace.world;
  const certificate = keyringOf(tree).find(({ fingerprint }) => fingerprint === key);
  const fault =
    certificate === undefined
      ? 'its key is not enrolled'
      : await desk.context.verifier.refreshFault(certificate, armored);
  const principal = holderOfKey(law, key)?.principal.id ?? 'nobody';
  return { key, principal, bytes: new TextEncoder().encode(armored), fault };
}

async function exported({ context }: Desk, key: Fingerprint): Promise<string | null> {
  try {
    return await context.signing.gpgCertificate(key);
  } catch (error) {
    if (error instanceof CannotTell) return null; // not in this GnuPG, or no GnuPG
    throw error;
  }
}
