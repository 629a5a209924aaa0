import * as z from 'zod';
import { RepositoryId } from './names.ts';

/** What becomes of a decision once it is signed. */
export const Push = z.enum(['direct', 'branch', 'off'], { error: 'must be direct, branch or off' });
export type Push = z.infer<typeof Push>;

/** Where exports go: a folder, or `oci://<host>/<repository>`. */
const Registry = z.string().min(1);

/** `config.yaml` of the person who runs the command: comfort alone, nothing that is judged depends on it. */
export const OwnSettings = z.strictObject({
  schema: z.literal('modelsmith/settings/v1'),
  push: Push.optional(),
  registry: Registry.optional(),
  repositories: z
    .record(RepositoryId, z.strictObject({ push: Push.optional(), registry: Registry.optional() }))
    .optional(),
});
export type OwnSettings = z.infer<typeof OwnSettings>;
