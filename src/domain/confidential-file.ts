import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { isStrictlySorted } from './entry.ts';
import { isSafeSegment, Sha256Text } from './names.ts';
import { MOST_RECIPIENTS } from './sealed-message.ts';

/** Bytes of content that is sealed: more than one file of a repository may have, nobody could open. */
export const MOST_SEALED_BYTES = 64 * 1024 * 1024;

/**
 * A file that not everybody may read is in a bundle by its stand-in: who it is by digest, and where it is sealed there, its
 * ciphertext beside. People sign for the stand-in, so the content can be erased and what they signed stays what it was.
 */
export const ConfidentialFile = z
  .strictObject({
    schema: z.literal('modelsmith/confidential-file/v1'),
    /** Name of the file it stands for, in the folder of the stand-in. */
    name: z.string().refine(isSafeSegment, 'must be the name of a plain file'),
    size: z.int().min(1),
    sha256: Sha256Text,
    /** The ciphertext beside, for those who hold the keys; absent where the content is kept outside the repository. */
    sealed: z
      .strictObject({
        size: z.int().min(1),
        sha256: Sha256Text,
        /** Key ids of the encryption keys it is sealed to. */
        recipients: z
          .array(z.string().regex(/^[0-9A-F]{16}$/))
          .min(1)
          .max(MOST_RECIPIENTS)
          .refine(isStrictlySorted, 'must be sorted, each once')
          .readonly(),
      })
      .readonly()
      .optional(),
  })
  .readonly();
export type ConfidentialFile = z.infer<typeof ConfidentialFile>;

export const confidentialFileDocument = jsonDocument('modelsmith/confidential-file/v1', ConfidentialFile);
