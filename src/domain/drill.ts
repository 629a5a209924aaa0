import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { entryHeader, isStrictlySorted } from './entry.ts';
import { CommitId, PrincipalName, RepositoryId, Time, toSeconds } from './names.ts';
import { OVERRIDE_ACTS, OverrideAct } from './override-acts.ts';
import { Label, Text } from './text.ts';

/** Before any override: the copy is made and pushed, and the hook there is seen to refuse an edit that nobody signed. */
const BEFORE = ['copy', 'guard'] as const;
/** Of each override: it is signed, pushed, seen to stop what it is for, and lifted. */
const OF_OVERRIDE = ['impose', 'accept', 'obey', 'lift'] as const;

const MOST_MS = 7 * 24 * 60 * 60 * 1000;

const Step = z
  .strictObject({
    step: z.enum([...BEFORE, ...OF_OVERRIDE]),
    override: OverrideAct.optional(),
    /** How long it took, in milliseconds. */
    ms: z.int().min(0).max(MOST_MS),
  })
  .readonly();
export type DrillStep = z.infer<typeof Step>;

/** What is done in a drill of these overrides, in this order. */
export function drillSteps(overrides: readonly OverrideAct[]): readonly Omit<DrillStep, 'ms'>[] {
  return [
    ...BEFORE.map((step) => ({ step })),
    ...overrides.flatMap((override) => OF_OVERRIDE.map((step) => ({ step, override }))),
  ];
}

/**
 * `drills/<id>.json`: a person pulled the brakes on a copy of this repository, and what came of it. It is the word of who
 * signed it: nothing here proves that the copy ever was.
 */
export const Drill = z
  .strictObject({
    schema: z.literal('modelsmith/drill/v1'),
    ...entryHeader('drill'),
    /** The overrides to be drilled. */
    overrides: z
      .array(OverrideAct)
      .min(1)
      .max(OVERRIDE_ACTS.length)
      .refine(isStrictlySorted, 'must be sorted, each once')
      .readonly(),
    /** The tip of the history that the copy was made of. */
    tip: CommitId,
    /** The id that the copy was given. */
    copy: RepositoryId,
    /** Whether the copy was pushed to a folder made for it, or to where the person said. */
    remote: z.enum(['own', 'given']),
    /** The version of the tool. */
    tool: Label,
    started: Time,
    /** The steps taken; of a drill that failed the last one is where. */
    steps: z.array(Step).min(1).max(100).readonly(),
    /** Whose approvals ended the overrides in the copy. */
    liftedBy: z
      .array(PrincipalName)
      .max(1000)
      .refine(isStrictlySorted, 'must be sorted, each once')
      .readonly(),
    outcome: z.enum(['passed', 'failed']),
    /** Why it failed. */
    failure: Text.optional(),
  })
  .superRefine(checkDrill)
  .readonly();
export type Drill = z.infer<typeof Drill>;

export const drillDocument = jsonDocument('modelsmith/drill/v1', Drill);

interface Told {
  readonly repository: string;
  readonly copy: string;
  readonly time: Time;
  readonly started: Time;
  readonly overrides: readonly OverrideAct[];
  readonly steps: readonly DrillStep[];
  readonly outcome: 'passed' | 'failed';
  readonly failure?: string | undefined;
}

/** What a report says of itself has to fit together. */
function checkDrill(drill: Told, context: z.RefinementCtx): void {
  const { repository, copy, time, started, overrides, steps, outcome, failure } = drill;
  const complain = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (!copy.startsWith('drill-')) complain('copy', 'must start with drill-: a drill is made on a copy');
  if (copy === repository) complain('copy', 'is this repository, and a drill is made on a copy');
  const planned = drillSteps(overrides);
  const inOrder = steps.every(
    ({ step, override }, index) => planned[index]?.step === step && planned[index].override === override,
  );
  if (!inOrder) complain('steps', 'are not those of a drill of these overrides, in their order');
  else if (outcome === 'passed' && steps.length < planned.length)
    complain('steps', `end after ${steps.length} of ${planned.length}, so it did not pass`);
  if ((outcome === 'failed') !== (failure !== undefined))
    complain('failure', 'says why a drill failed: with every one that did, and with no other');
  const spent = steps.reduce((sum, { ms }) => sum + ms, 0);
  const seconds = toSeconds(time) - toSeconds(started);
  if (seconds < 0) complain('started', 'is later than the end of the drill');
  else if (spent > (seconds + 1) * 1000)
    complain('steps', `took ${spent} ms together, longer than from ${started} to ${time}`);
}
