import { describe, expect, test } from 'vitest';
import { Rubric, rubricDocument } from '../../../src/domain/rubric.ts';

const task = (changes: object = {}) => ({
  id: 'answers',
  task: 'claims_answers',
  metric: 'acc',
  filter: 'none',
  direction: 'higher',
  range: { min: '0', max: '1' },
  weight: '1',
  group: 'core',
  tracked: true,
  tolerance: '0.01',
  minimumSamples: 100,
  ...changes,
});
const heldOut = task({ id: 'unseen', task: 'claims_unseen', group: 'held-out' });
const security = task({
  id: 'x-leaks',
  task: 'leaks',
  group: 'security',
  direction: 'lower',
  weight: '0',
  hardLimit: '0.02',
});
const rubric = (changes: object = {}) => ({
  schema: 'modelsmith/rubric/v1',
  name: 'claims',
  title: 'Claims triage',
  domainStandard: 'Would a senior adjuster sign this answer?',
  harness: { name: 'lm-evaluation-harness' },
  regression: { rule: 'tolerance' },
  tasks: [task(), heldOut, security],
  ...changes,
});
const complaints = (value: unknown): string =>
  Rubric.safeParse(value)
    .error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    .join('\n') ?? '';

describe('rubric', () => {
  test('prints and parses to the same bytes', () => {
    const text = rubricDocument.print(Rubric.parse(rubric()));
    const read = rubricDocument.parse(new TextEncoder().encode(text), 'rubrics/claims.json');
    expect(read.ok && rubricDocument.print(read.value)).toBe(text);
  });
  test('takes a rule of confidence', () => {
    expect(complaints(rubric({ regression: { rule: 'confidence', z: '1.96' } }))).toBe('');
  });
  test.each<[string, object, string]>([
    ['z of nought', { regression: { rule: 'confidence', z: '0' } }, 'above 0'],
    ['no z', { regression: { rule: 'confidence' } }, 'regression.z'],
    ['unsorted tasks', { tasks: [heldOut, task()] }, 'sorted by id'],
    ['an id twice', { tasks: [task(), task({ task: 'other' }), heldOut] }, 'each id once'],
    ['a measurement twice', { tasks: [task(), task({ id: 'b' }), heldOut] }, 'twice'],
    ['no core', { tasks: [heldOut] }, 'core'],
    ['no held-out', { tasks: [task()] }, 'held-out'],
    [
      'trained towards and held out',
      { tasks: [task(), task({ id: 'b', metric: 'f1', group: 'held-out' })] },
      'both core and held-out',
    ],
    ['an unknown key', { pass: true }, 'pass'],
    [
      'an empty range',
      { tasks: [task({ range: { min: '1', max: '1' } }), heldOut] },
      'min must be below max',
    ],
    [
      'a range by text order only',
      { tasks: [task({ range: { min: '10', max: '9' } }), heldOut] },
      'min must be below max',
    ],
    ['core without weight', { tasks: [task({ weight: '0' }), heldOut] }, 'above 0'],
    ['a negative weight', { tasks: [task({ weight: '-1' }), heldOut] }, 'above 0'],
    ['security with weight', { tasks: [task(), heldOut, { ...security, weight: '1' }] }, 'must be 0'],
    [
      'security without limit',
      { tasks: [task(), heldOut, { ...security, hardLimit: undefined }] },
      'hardLimit',
    ],
    [
      'a limit outside the range',
      { tasks: [task(), heldOut, { ...security, hardLimit: '2' }] },
      'within the range',
    ],
    ['a negative tolerance', { tasks: [task({ tolerance: '-0.1' }), heldOut] }, 'negative'],
    ['a number for a decimal', { tasks: [task({ tolerance: 0.01 }), heldOut] }, 'tolerance'],
    ['no samples', { tasks: [task({ minimumSamples: 0 }), heldOut] }, 'minimumSamples'],
  ])('refuses %s', (_, changes, message) => expect(complaints(rubric(changes))).toContain(message));
});
