import * as z from 'zod';
import { Sha256Text } from './names.ts';
import { printRegistryPlace, readRegistryPlace } from './registry-place.ts';
import { Label } from './text.ts';

/** The manifest that an artifact was taken from. Whoever submits says so; the digests of the files say what it is. */
export const RequestOrigin = z
  .strictObject({
    /** `oci://<host>/<repository>`; absent where it was a folder of one machine. */
    registry: Label.refine((text) => {
      const read = readRegistryPlace(text, false);
      return read.ok && read.place.kind === 'remote' && printRegistryPlace(read.place) === text;
    }, 'must be oci://<host>/<repository>').optional(),
    manifest: Sha256Text,
  })
  .readonly();
export type RequestOrigin = z.infer<typeof RequestOrigin>;
