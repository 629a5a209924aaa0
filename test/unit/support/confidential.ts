import { sha256 } from '../../../src/base/digest.ts';
import { confidentialFileDocument } from '../../../src/domain/confidential-file.ts';
import { seal } from '../../../src/domain/document.ts';
import { Erasure } from '../../../src/domain/record.ts';
import { sealedFile, standInFile } from '../../../src/domain/paths.ts';
import type { Role } from '../../../src/domain/roles.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { confidentialIn } from '../../../src/machine/confidential.ts';
import type { FileSpec } from './acts.ts';
import { encode, type Person } from './law-files.ts';
import { bundleAt, header, type Signed } from './world.ts';

export const READER = '0123456789ABCDEF';

/** The packets of a message for these key ids, as RFC 9580 frames them; what is encrypted is noise. */
export function message(
  recipients: readonly string[] = [READER],
  body: readonly number[] = [1, 9, 9],
): Uint8Array {
  const keys = recipients.flatMap((id) => {
    const inside = [3, ...Buffer.from(id, 'hex'), 18, 1, 2];
    return [0xc1, inside.length, ...inside];
  });
  return new Uint8Array([...keys, 0xd2, body.length, ...body]);
}

export interface StandInSpec {
  readonly text?: string;
  readonly ciphertext?: Uint8Array | null;
  readonly recipients?: readonly string[];
  /** Over any field of the stand-in. */
  readonly changes?: object;
}

/** What lies in a bundle for a confidential file at that path: its stand-in, and its ciphertext unless that is null. */
export function standIn(path: string, spec: StandInSpec = {}): FileSpec {
  const { text = 'live input', ciphertext = message(), recipients = [READER] } = spec;
  const bytes = encode(text);
  const document = confidentialFileDocument.schema.parse({
    schema: 'modelsmith/confidential-file/v1',
    name: path.split('/').at(-1),
    size: bytes.length,
    sha256: sha256(bytes),
    ...(ciphertext !== null && {
      sealed: { size: ciphertext.length, sha256: sha256(ciphertext), recipients },
    }),
    ...spec.changes,
  });
  return {
    [standInFile(path)]: confidentialFileDocument.print(document),
    ...(ciphertext !== null && { [sealedFile(path)]: ciphertext }),
  };
}

/** An erasure of what lies at those paths, made for the tree it is done in. */
export function erase(
  paths: readonly string[],
  hours = 12,
  changes: object = {},
  name: Person = 'dan',
  role: Role = 'data-owner',
) {
  return (tree: TreeFolder): Signed => {
    const by = { name, role, hours };
    const bundle = bundleAt(tree);
    const known = new Map(confidentialIn(bundle).map(({ path, file }) => [path, file]));
    const erasure = seal(Erasure, {
      ...header('erase', by, [bundle.record.request.id]),
      files: [...paths].sort().map((path) => ({
        path,
        size: known.get(path)?.size ?? 1,
        sha256: known.get(path)?.sha256 ?? '0'.repeat(64),
      })),
      reason: 'asked for by the person it is about',
      ...changes,
    } as never);
    return { by, act: { kind: 'erase', iteration: bundle.iteration, erasure } };
  };
}
