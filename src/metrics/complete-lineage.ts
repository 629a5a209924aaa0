import { toIterationId, toSeconds } from '../domain/names.ts';
import type { Dataset } from '../domain/request.ts';
import { completeRuns } from '../machine/verdict.ts';
import { reportOf, type Bundle } from '../machine/world.ts';
import { reached, type Material } from './material.ts';
import type { Observation } from './observation.ts';
import { isWithin } from './window.ts';

/** What came to customers in the window, and whether it says where it comes from. */
export function completeLineage({ bundles, window }: Material): readonly Observation[] {
  return bundles.flatMap((bundle): readonly Observation[] => {
    const released = reached(bundle, 'customer-deployed');
    if (released === null || !isWithin(window, released)) return [];
    const missing = missingLineage(bundle, bundles);
    const about = toIterationId(bundle.iteration);
    return [
      {
        metric: 'complete-lineage',
        line: bundle.iteration.line,
        role: null,
        counted: missing.length === 0 ? 1 : 0,
        of: 1,
        named: missing.map((what) => ({ about, what: `does not name ${what}` })),
      },
    ];
  });
}

/** What a valid record may leave out. The rest – base, digests, run and times, harness, rubric, lock – is always there. */
function missingLineage(bundle: Bundle, all: readonly Bundle[]): readonly string[] {
  const { change, lineage } = bundle.record.request;
  const seedless = completeRuns(bundle).filter(
    ({ run }) => (reportOf(bundle, run)?.seeds ?? []).length === 0,
  );
  return [
    ...(change.parent === undefined && followsRelease(bundle, all) ? ['the parent it was made from'] : []),
    ...(lineage.datasets.length === 0 ? ['any data set'] : []),
    ...lineage.datasets.flatMap(missingOf),
    ...(lineage.training.codeCommit === undefined ? ['the commit of the training code'] : []),
    ...seedless.map(({ run }) => `the seeds of the evaluation ${run}`),
  ];
}

/** Whether another iteration of the line had come to customers when this one was submitted. */
function followsRelease({ iteration, record }: Bundle, all: readonly Bundle[]): boolean {
  const submitted = toSeconds(record.request.time);
  return all.some((other) => {
    const released = other.iteration.line === iteration.line ? reached(other, 'customer-deployed') : null;
    return released !== null && released < submitted;
  });
}

function missingOf({ name, licence, jurisdiction, personalData, retention }: Dataset): readonly string[] {
  return [
    ...(licence === undefined ? ['licence'] : []),
    ...(jurisdiction === undefined ? ['jurisdiction'] : []),
    ...(personalData === undefined ? ['whether there is personal data'] : []),
    ...(retention === undefined ? ['retention'] : []),
  ].map((what) => `${what} of the data set ${name}`);
}
