import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes. Begun last they would run alone, while the other worker has nothing left to do. */
const HEAVIEST = [
  'test/attacks/',
  'test/real/fast-path.',
  'test/real/sync.',
  'test/real/expert-guide.',
  'test/real/cli.',
  'test/real/server.',
  'test/real/drill.',
  'test/real/review-cut-short.',
  'test/real/confidential.',
  'test/real/race.',
  'test/real/small-teams.',
  'test/real/reconcile.',
  'test/real/reconcile-meanwhile.',
  'test/real/changes.',
  'test/real/interrupt.',
  'test/real/hosting-walks.',
  'test/real/hosting.',
  'test/properties/',
  'test/real/repair.',
  'test/real/override-card.',
  'test/differential/',
];

/** Pure tests come last, and all together: a worker stays as long as the next file is of the same kind. */
const PURE = 'test/unit/';

export class HeaviestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = HEAVIEST.findIndex((part) => moduleId.includes(part));
      if (found >= 0) return found;
      return HEAVIEST.length + (moduleId.includes(PURE) ? 1 : 0);
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
