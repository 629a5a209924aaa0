import * as z from 'zod';
import { Push } from '../../domain/own-settings.ts';

const SECONDS = 'must be seconds from 5 to 86400';

export const Input = z.object({
  targets: z.string().optional(),
  registry: z.string().nullable().default(null),
  plainHttp: z.boolean().default(false),
  push: Push.optional(),
  watch: z
    .union(
      [z.literal(true), z.coerce.number(SECONDS).int(SECONDS).min(5, SECONDS).max(86_400, SECONDS)],
      SECONDS,
    )
    .optional(),
});
export type Input = z.infer<typeof Input>;
