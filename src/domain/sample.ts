import * as z from 'zod';
import { isStrictlySorted } from './entry.ts';
import { SafeName, Sha256Text } from './names.ts';
import { Label, Text } from './text.ts';

/** More in one decision would make the readable log of decisions larger than a file may be. */
export const MOST_ITEMS = 1000;
const MOST_CHARACTERS_OF_A_NOTE = 500;

/** How the items were chosen that an expert judged: drawn, every one there is, or picked by the expert. */
export const SampleMethod = z.enum(['random', 'all', 'listed']);
export type SampleMethod = z.infer<typeof SampleMethod>;

/** What an expert says about one item. */
export const Note = Text.refine(
  (text) => text.length <= MOST_CHARACTERS_OF_A_NOTE,
  `must be at most ${MOST_CHARACTERS_OF_A_NOTE} characters`,
);

/** One input with its output, and whether the output meets the domain standard of the rubric. */
export const JudgedItem = z
  .strictObject({
    /** The run whose transcripts hold it; absent for an input that the expert brought. */
    run: SafeName.optional(),
    task: Label,
    item: Label,
    /** Digest of the item's line in the transcripts, without the end of line. */
    sha256: Sha256Text.optional(),
    verdict: z.enum(['met', 'not-met', 'not-judged']),
    note: Note.optional(),
  })
  .refine(
    ({ run, sha256 }) => (run === undefined) === (sha256 === undefined),
    'must name run and sha256 together, or neither',
  )
  .readonly();
export type JudgedItem = z.infer<typeof JudgedItem>;

/** What an expert judged before deciding: the items and each verdict. */
export const Sample = z
  .strictObject({
    method: SampleMethod,
    /** What items at random were drawn with (`machine/sample-check.ts` says which it is): anybody draws them again. */
    seed: Sha256Text.optional(),
    /** Items there were to choose from; for items drawn and for all. */
    population: z.int().min(1).max(10_000_000).optional(),
    items: z
      .array(JudgedItem)
      .min(1)
      .max(MOST_ITEMS)
      .refine(
        (items) => isStrictlySorted(items.map(itemKey)),
        'must be sorted by run, task and item, each item once',
      )
      .readonly(),
  })
  .superRefine(checkMethod)
  .readonly();
export type Sample = z.infer<typeof Sample>;

/** `<run>/<task>/<item>`: what an item is called where it is drawn. */
export function itemKey({
  run = '',
  task,
  item,
}: {
  readonly run?: string | undefined;
  readonly task: string;
  readonly item: string;
}): string {
  return `${run}/${task}/${item}`;
}

/** How many items were chosen, judged, found to meet the standard, and found not to. */
export interface SampleCounts {
  readonly size: number;
  readonly judged: number;
  readonly met: number;
  readonly notMet: number;
}

export function countsOf({ items }: Sample): SampleCounts {
  const met = items.filter(({ verdict }) => verdict === 'met').length;
  const notMet = items.filter(({ verdict }) => verdict === 'not-met').length;
  return { size: items.length, judged: met + notMet, met, notMet };
}

interface Drawn {
  readonly method: SampleMethod;
  readonly seed?: string | undefined;
  readonly population?: number | undefined;
  readonly items: readonly JudgedItem[];
}

/** Each method records what it takes to choose the same items again. */
function checkMethod({ method, seed, population, items }: Drawn, context: z.RefinementCtx): void {
  const refuse = (key: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message });
  if ((seed !== undefined) !== (method === 'random')) refuse('seed', 'goes with items drawn at random');
  if ((population === undefined) !== (method === 'listed'))
    refuse('population', 'goes with items drawn at random and with all items');
  if (method === 'listed') return;
  if (items.some(({ run }) => run === undefined)) refuse('items', 'must all lie in the transcripts');
  const size = items.length;
  if (population !== undefined && (method === 'all' ? population !== size : population < size))
    refuse('population', `cannot be ${population} with ${size} items`);
}
