import * as z from 'zod';
import { LinePattern } from './line-pattern.ts';
import { SafeName, Sha256Text } from './names.ts';

/** Who may attest by signing a model that it was trained under a lock: keys of OpenSSF Model Signing. */
export const Trainers = z
  .array(
    z
      .strictObject({
        id: SafeName,
        lines: z.array(LinePattern).min(1).max(1000).readonly(),
        /** SHA-256 of the public key in DER. */
        key: Sha256Text,
      })
      .readonly(),
  )
  .min(1)
  .max(200)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'must name each trainer once')
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, 'must name each key once')
  .readonly();
