import * as z from 'zod';
import { entryHeader } from './entry.ts';
import { LineName, Version } from './names.ts';
import { AliasName } from './states.ts';
import { Text } from './text.ts';

/** Puts an alias at an iteration and keeps it there: from then on only people who sign for the alias itself move it. */
export const Pin = z
  .strictObject({
    ...entryHeader('pin'),
    line: LineName,
    alias: AliasName,
    /** Where it points from then on. */
    version: Version,
    reason: Text,
  })
  .readonly();
export type Pin = z.infer<typeof Pin>;

/** Lets steps of iterations move the alias again. It moves nothing itself. */
export const Unpin = z
  .strictObject({
    ...entryHeader('unpin'),
    line: LineName,
    alias: AliasName,
    /** Where it was kept, and stays until something moves it. */
    version: Version,
    reason: Text,
  })
  .readonly();
export type Unpin = z.infer<typeof Unpin>;
