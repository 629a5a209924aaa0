import { toIterationId, toSeconds, type LineName } from '../domain/names.ts';
import type { Dataset } from '../domain/request.ts';
import { completeRuns } from '../machine/verdict.ts';
import { reportOf, type Bundle } from '../machine/world.ts';
import { reached, type Material } from './material.ts';
import type { Observation } from './observation.ts';
import { isWithin } from './window.ts';

/** What came to customers in the window, and whether it says where it comes from. */
export function completeLineage({ bundles, window }: Material): readonly Observation[] {
  const first = firstReleases(bundles);
  return bundles.flatMap((bundle): readonly Observation[] => {
    const released = reached(bundle, 'customer-deployed');
    if (released === null || !isWithin(window, released)) return [];
    const missing = missingLineage(bundle, first);
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
function missingLineage(bundle: Bundle, first: ReadonlyMap<LineName, number>): readonly string[] {
  const { change, lineage, time } = bundle.record.request;
  const isSuccessor = (first.get(bundle.iteration.line) ?? Infinity) < toSeconds(time);
  const seedless = completeRuns(bundle).filter(
    ({ run }) => (reportOf(bundle, run)?.seeds ?? []).length === 0,
  );
  return [
    ...(change.parent === undefined && isSuccessor ? ['the parent it was made from'] : []),
    ...(lineage.datasets.length === 0 ? ['any data set'] : []),
    ...lineage.datasets.flatMap(missingOf),
    ...(lineage.training.codeCommit === undefined ? ['the commit of the training code'] : []),
    ...seedless.map(({ run }) => `the seeds of the evaluation ${run}`),
  ];
}

/** When each line first came to customers. */
function firstReleases(bundles: readonly Bundle[]): ReadonlyMap<LineName, number> {
  const first = new Map<LineName, number>();
  for (const bundle of bundles) {
    const { line } = bundle.iteration;
    const released = reached(bundle, 'customer-deployed') ?? Infinity;
    first.set(line, Math.min(released, first.get(line) ?? Infinity));
  }
  return first;
}

function missingOf({ name, licence, jurisdiction, personalData, retention }: Dataset): readonly string[] {
  return [
    ...(licence === undefined ? ['licence'] : []),
    ...(jurisdiction === undefined ? ['jurisdiction'] : []),
    ...(personalData === undefined ? ['whether there is personal data'] : []),
    ...(retention === undefined ? ['retention'] : []),
  ].map((what) => `${what} of the data set ${name}`);
}
