import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { EntryId, RepositoryId, Time } from './names.ts';

/** `lifts/<override>.json`: an override that is no longer in force, and the approved change that ended it. */
const Lift = z
  .strictObject({
    schema: z.literal('modelsmith/lift/v1'),
    repository: RepositoryId,
    override: EntryId,
    change: EntryId,
    /** The entry that applied the change. */
    applied: EntryId,
    time: Time,
  })
  .readonly();
export type Lift = z.infer<typeof Lift>;

export const liftDocument = jsonDocument('modelsmith/lift/v1', Lift);
