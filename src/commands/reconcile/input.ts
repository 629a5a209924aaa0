import { z } from 'zod';
import { Push } from '../../domain/own-settings.ts';

export const Input = z.object({
  targets: z.string().optional(),
  registry: z.string().nullable().default(null),
  plainHttp: z.boolean().default(false),
  push: Push.optional(),
  watch: z
    .union([z.literal(true), z.coerce.number().int().min(5).max(86_400)], 'must be seconds from 5 to 86400')
    .optional(),
});
export type Input = z.infer<typeof Input>;
