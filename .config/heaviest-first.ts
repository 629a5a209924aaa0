import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes. Begun last they would run alone, while the other worker has nothing left to do. */
const HEAVIEST = [
  'test/attacks/',
  'test/real/sync.',
  'test/real/expert-guide.',
  'test/real/cli.',
  'test/real/server.',
  'test/real/drill.',
  'test/real/review-cut-short.',
  'test/real/confidential.',
  'test/real/race.',
  'test/real/small-teams.',
  'test/real/changes.',
  'test/real/interrupt.',
  'test/real/hosting-walks.',
  'test/real/hosting.',
  'test/properties/',
  'test/real/repair.',
  'test/real/override-card.',
  'test/differential/',
];

export class HeaviestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = HEAVIEST.findIndex((part) => moduleId.includes(part));
      return found < 0 ? HEAVIEST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
