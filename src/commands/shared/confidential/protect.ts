import * as z from 'zod';
import { sha256 } from '../../../base/digest.ts';
import { CannotTell } from '../../../base/errors.ts';
import { confidentialFileDocument, type ConfidentialFile } from '../../../domain/confidential-file.ts';
import type { LineName } from '../../../domain/names.ts';
import { sealedFile, standInFile } from '../../../domain/paths.ts';
import { keyringOf } from '../../../evidence/certificates.ts';
import type { NewFile } from '../../../machine/act.ts';
import { isKeyEnded, principalNamed, ruleOfLine } from '../../../machine/law.ts';
import type { World } from '../../../machine/world.ts';
import type { Certificate } from '../../../ports/signatures.ts';
import type { OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';

/** How a file that not everybody may read goes into a bundle. */
const PROTECTIONS = ['seal', 'outside'] as const;
export const Protection = z.enum(PROTECTIONS).nullable().default(null);
export type Protection = (typeof PROTECTIONS)[number];

export const CONFIDENTIAL_OPTION: OptionSpec = {
  flags: '--confidential <how>',
  values: PROTECTIONS,
  description:
    'seal: encrypted for the evidence readers of the line; outside: by digest alone, and you keep the content',
};

/** What is to be done with transcripts where nothing is said: what the line asks for. */
export function usualProtection({ law }: World, line: LineName): Protection | null {
  return ruleOfLine(law, line)?.transcripts === 'confidential' ? 'seal' : null;
}

/**
 * Puts a stand-in in the place of each file, and its ciphertext beside where it is sealed.
 * @throws CannotTell NO_INPUT where the line has no reader who can be encrypted to, or one who cannot.
 */
export async function protect(
  { sealing, now }: Pick<Context, 'sealing' | 'now'>,
  world: World,
  line: LineName,
  files: readonly NewFile[],
  how: Protection,
): Promise<readonly NewFile[]> {
  if (files.length === 0) return [];
  const readers = how === 'seal' ? await readersOf(sealing, world, line, now()) : [];
  const made: NewFile[] = [];
  for (const { path, bytes } of files) {
    // An empty file keeps no secret, and is refused for being empty.
    if (bytes.length === 0) {
      made.push({ path, bytes });
      continue;
    }
    const sealed = how === 'seal' ? await sealing.seal(bytes, readers, now()) : null;
    const document: ConfidentialFile = {
      schema: 'modelsmith/confidential-file/v1',
      name: path.split('/').at(-1) ?? path,
      size: bytes.length,
      sha256: sha256(bytes),
      ...(sealed !== null && {
        sealed: {
          size: sealed.bytes.length,
          sha256: sha256(sealed.bytes),
          recipients: sealed.recipients,
        },
      }),
    };
    made.push({
      path: standInFile(path),
      bytes: new TextEncoder().encode(confidentialFileDocument.print(document)),
    });
    if (sealed !== null) made.push({ path: sealedFile(path), bytes: sealed.bytes });
  }
  return made;
}

/** The certificates of everybody who shall be able to read. One who cannot would find out years later. */
async function readersOf(
  sealing: Context['sealing'],
  { law, tree }: World,
  line: LineName,
  now: number,
): Promise<readonly Certificate[]> {
  const names = ruleOfLine(law, line)?.evidenceReaders ?? [];
  if (names.length === 0)
    throw new CannotTell('NO_INPUT', `the line ${line} names nobody who may read sealed files`, {
      remedy: `name them in policy/policy.yaml (evidenceReaders of ${line}), or use --confidential outside`,
    });
  const keyring = keyringOf(tree);
  const found: Certificate[] = [];
  for (const name of names) {
    const keys = (principalNamed(law, name)?.keys ?? []).filter((key) => !isKeyEnded(key));
    const certificates = keyring.filter(({ fingerprint }) =>
      keys.some((key) => key.fingerprint === fingerprint),
    );
    const able: Certificate[] = [];
    for (const certificate of certificates)
      if ((await sealing.readerKey(certificate, now)) !== null) able.push(certificate);
    if (able.length === 0) throw cannotRead(name, keys[0]?.fingerprint);
    found.push(...able);
  }
  return found;
}

function cannotRead(name: string, key: string | undefined): CannotTell {
  return new CannotTell('NO_INPUT', `${name} is to read this and has no key to encrypt to`, {
    facts: [
      'The certificate in policy/keys/ holds no encryption subkey that is alive.',
      ...(key === undefined ? [] : [`${name} makes one: gpg --quick-add-key ${key} cv25519 encr`]),
    ],
    remedy: `record the certificate with the subkey (modelsmith signer enroll ${name} --certificate <file>), or use --confidential outside`,
  });
}
