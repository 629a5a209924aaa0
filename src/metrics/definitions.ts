/** What each number counts, exactly: help, documents and exposition say these words and no others. */
export interface Definition {
  readonly name: string;
  readonly title: string;
  readonly numerator: string;
  readonly denominator: string;
  /** In the words of a share: "1 of 4 decisions". */
  readonly of: string;
  readonly unit: 'things' | 'seconds';
  /** What it can be told apart by, and so what narrows it. */
  readonly by: readonly ('line' | 'role')[];
  /** Whose line and role these are, and what dates it. */
  readonly note: string;
}

export const DEFINITIONS = [
  {
    name: 'approval-latency',
    title: 'approval latency',
    numerator:
      'seconds from when the gate could first be signed to the approval, of all these approvals together',
    denominator: 'approvals signed at gates in the window',
    of: 'approvals',
    unit: 'seconds',
    by: ['line', 'role'],
    note: 'The role is that of the signature. p50 and p90 are nearest ranks. What still waits is not in it: modelsmith queue shows that.',
  },
  {
    name: 'rejected-changes',
    title: 'rejected changes',
    numerator: 'rejections among these decisions',
    denominator:
      'decisions signed in the window: approvals, rejections and change requests at gates, approvals and rejections of proposals to change the law',
    of: 'decisions',
    unit: 'things',
    by: ['line', 'role'],
    note: 'The role is that of the signature; proposals belong to no line. A rejection that was withdrawn later was made.',
  },
  {
    name: 'expired-evidence',
    title: 'expired evidence',
    numerator:
      'approvals, evaluation runs, documents and results of checks that became too old in the window, while a step waited whose gates ask for them',
    denominator:
      'these, and those under a rule of age that were still good in the window when the step was taken, the iteration deprecated, or they were replaced or withdrawn',
    of: 'pieces under a rule of age',
    unit: 'things',
    by: ['line', 'role'],
    note: 'Too old is what the policy in force at that time says. The role is that in which it was signed.',
  },
  {
    name: 'exception-use',
    title: 'exception use',
    numerator: 'uses of exceptions among these: requests that name one or more, and renewals',
    denominator: 'requests and renewals of exceptions signed in the window',
    of: 'requests and renewals',
    unit: 'things',
    by: ['line', 'role'],
    note: 'A renewal is a use, whatever became of it; an exception that nobody used is none. Which reviews are due: modelsmith exception list.',
  },
  {
    name: 'missing-owners',
    title: 'missing owners',
    numerator: 'pairs among these whose role nobody holds',
    denominator:
      'pairs of a line and an owner’s role that a change of the line or of its rules can ask for, at the end of the window',
    of: 'owners asked for',
    unit: 'things',
    by: ['line', 'role'],
    note: 'A state at the end of the window, by the law, grants and overrides in force then: it does not add up over windows. A line is there from its first baseline, lock or request on.',
  },
  {
    name: 'policy-violations',
    title: 'policy violations',
    numerator: 'commits among these with a finding of their own',
    denominator: 'governed commits that were judged, by date in the window',
    of: 'governed commits',
    unit: 'things',
    by: [],
    note: 'Nothing a void commit says of itself is believed: it is dated when a repair or a merge with a repaired history set it aside, until then now, and belongs to no line and no role. What only stands on a void commit is in neither number. A valid commit is dated by the latest signature up to it.',
  },
  {
    name: 'complete-lineage',
    title: 'complete lineage',
    numerator:
      'releases among these that name everything they come from: a parent where the line had been released before; data sets, each with licence, jurisdiction, personal data (yes or no) and retention; the commit of the training code; seeds in every complete evaluation run',
    denominator: 'releases: steps to customer-deployed taken in the window',
    of: 'releases',
    unit: 'things',
    by: ['line'],
    note: 'Pinned base, digests of data, training system, run and times, harness with version and digest of its configuration, rubric and lock are in every record, or it would not be valid.',
  },
  {
    name: 'added-requirements',
    title: 'requirements added',
    numerator:
      'requirements among these that the policy did not make, or made less strictly, when the iteration was submitted',
    denominator:
      'requirements made of steps to customers and to production taken in the window: signatures, owners, evidence, acknowledgements, checks, samples, ages and separation',
    of: 'requirements',
    unit: 'things',
    by: ['line'],
    note: 'Both by the policy in force at the one time and at the other, for the same iteration.',
  },
  {
    name: 'below-reading-floor',
    title: 'below the reading floor',
    numerator:
      'approvals among these that came sooner than the reading floor – 30 seconds, and a minute for every 600 words of the Markdown documents they state – after the gate could be signed and the last of those documents was brought',
    denominator: 'approvals signed at gates in the window',
    of: 'approvals',
    unit: 'things',
    by: ['line', 'role'],
    note: 'A sign that nobody read, not a proof: who knew the documents before needs less. Documents replaced since have no words, so the floor errs to the low side.',
  },
] as const satisfies readonly Definition[];

export type MetricName = (typeof DEFINITIONS)[number]['name'];

export function definitionOf(name: MetricName): Definition {
  const found: Definition | undefined = DEFINITIONS.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`nothing is called ${name}`);
  return found;
}
