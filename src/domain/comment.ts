import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { entryHeader } from './entry.ts';
import { IterationId, Time } from './names.ts';
import { Text } from './text.ts';

/** Words about an iteration. `reliedOn` names the entries it speaks of; none: of the iteration as a whole. */
export const Comment = z
  .strictObject({
    schema: z.literal('modelsmith/comment/v1'),
    ...entryHeader('comment'),
    iteration: IterationId,
    reason: Text,
  })
  .readonly();
export type Comment = z.infer<typeof Comment>;

/** A manager's wish that the open gates of an iteration be decided by a time. It waives nothing. */
export const Expedite = z
  .strictObject({
    schema: z.literal('modelsmith/comment/v1'),
    ...entryHeader('expedite'),
    iteration: IterationId,
    due: Time,
    reason: Text,
  })
  .readonly();
export type Expedite = z.infer<typeof Expedite>;

/** `comments/<id>.json` of a bundle: what is said beside the decisions. No gate depends on it. */
export const CommentEntry = z.discriminatedUnion('act', [Comment, Expedite]);
export type CommentEntry = z.infer<typeof CommentEntry>;

export const commentDocument = jsonDocument('modelsmith/comment/v1', CommentEntry);
