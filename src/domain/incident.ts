import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { entryHeader, idSet, isStrictlySorted } from './entry.ts';
import { CommitId, EntryId } from './names.ts';
import { Label, Text } from './text.ts';

/** Commits that changed nothing, and why: the codes are for people, the verifier finds them again by itself. */
const SetAside = z.strictObject({ commit: CommitId, codes: z.array(Label).max(200).readonly() }).readonly();

/**
 * `incidents/<id>.json`: a repair. It names the valid commits the history goes on from and those that are set aside,
 * restores what is in force, and does nothing else.
 */
export const Incident = z
  .strictObject({
    schema: z.literal('modelsmith/incident/v1'),
    ...entryHeader('repair'),
    base: z.array(CommitId).min(1).max(64).refine(isStrictlySorted, 'must be sorted, each once').readonly(),
    setAside: z
      .array(SetAside)
      .max(100_000)
      .refine(
        (commits) => isStrictlySorted(commits.map(({ commit }) => commit)),
        'must be sorted by commit, each once',
      )
      .readonly(),
    /** Where the valid commits do not combine: for each disputed strand the one whose side stands. */
    stands: z
      .array(z.strictObject({ strand: Label, commit: CommitId }).readonly())
      .max(10_000)
      .refine(
        (strands) => isStrictlySorted(strands.map(({ strand }) => strand)),
        'must be sorted by strand, each once',
      )
      .readonly(),
    /** Valid entries that are lost by that choice. */
    lost: idSet(),
    reason: Text,
  })
  .readonly();
export type Incident = z.infer<typeof Incident>;

export const incidentDocument = jsonDocument('modelsmith/incident/v1', Incident);

/** `incidents/<id>.seconded.json`: a second person agrees to a repair that had to choose. */
export const SecondedIncident = z
  .strictObject({
    schema: z.literal('modelsmith/incident-seconded/v1'),
    ...entryHeader('second'),
    incident: EntryId,
    reason: Text,
  })
  .readonly();
export type SecondedIncident = z.infer<typeof SecondedIncident>;

export const secondedIncidentDocument = jsonDocument('modelsmith/incident-seconded/v1', SecondedIncident);
