import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes. Begun last they would run alone, while the other worker has nothing left to do. */
const HEAVIEST = [
  'test/attacks/',
  'test/properties/',
  'test/real/sync.',
  'test/real/race.',
  'test/real/cli.',
  'test/real/repair.',
  'test/real/override-card.',
  'test/real/changes.',
  'test/real/server.',
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
