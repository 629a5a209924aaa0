import { describe, expect, test } from 'vitest';
import {
  addBaseline,
  artifactOf,
  WHOLE_MODEL,
  CHANGE,
  deprecateIt,
  evaluateIt,
  lockNow,
  requestIt,
  trained,
} from '../support/acts.ts';
import { withFile } from '../../../src/domain/tree.ts';
import { lockedContent } from '../../../src/machine/acts/lock.ts';
import { decide } from '../../../src/machine/decide.ts';
import { lawOf, ruleOfLine } from '../../../src/machine/law.ts';
import { encode, lawTree, rubricText } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { actorOf, at, done, refusals, reportBytes, worldOf } from '../support/world.ts';
import { reportOf, rubricOf } from './score-cases.ts';

const id = 'f'.repeat(64);

describe('baseline', () => {
  const raw = encode('baseline at 0');
  test.each([
    ['a report that is not listed', { report: id }, undefined, ['FILE_DIFFERS']],
    ['another line', { line: 'other' }, undefined, ['LINE_UNKNOWN']],
    ['a report that is none', {}, encode('{}'), ['DOCUMENT_UNSOUND']],
    ['files that are not listed', { files: [] }, undefined, ['FILE_DIFFERS']],
    [
      'too few samples run',
      {},
      reportBytes({ raw, of: 'org/base', rows: { samples: { original: 100, effective: 99 } } }),
      ['EVAL_INCOMPLETE'],
    ],
    ['the scores of a candidate on that base', {}, reportBytes({ raw }), ['BASELINE_OTHER_MODEL']],
    [
      'raw files that are not there',
      {},
      reportBytes({ raw: encode('other'), of: 'org/base' }),
      ['FILE_DIFFERS'],
    ],
  ])('%s', (_what, changes, report, codes) => {
    expect(refusals(treeAt('law'), addBaseline(changes, 0, report))).toEqual(codes);
  });

  test('no raw file at all', () => {
    const changes = { files: [] };
    const report = reportBytes({ raw, of: 'org/base', changes: { raw: [] } });
    const { act, by } = addBaseline(changes, 0, report)(treeAt('law'));
    expect(refusals(treeAt('law'), () => ({ by, act: { ...act, files: [] } as never }))).toEqual([
      'EVIDENCE_MISSING',
    ]);
  });

  test('is written once', () => {
    expect(refusals(treeAt('baseline'), addBaseline())).toEqual(['ENTRY_ALTERED']);
  });
});

describe('lock', () => {
  test.each([
    ['another line', { line: 'other' }, ['LINE_UNKNOWN']],
    ['lower thresholds', { thresholds: { core: '0.1', heldOut: '0.6', maxRegressions: 0 } }],
    ['more runs', { runs: 2 }],
    ['another harness', { harness: { name: 'lm-eval', version: '0.4.8' } }],
    ['another rubric', { rubric: { name: 'claims', sha256: id } }],
    ['fewer tasks', { tasks: [{ task: 'task-a', version: '1.0', hash: 'h' }] }],
  ] as const)('%s', (_what, changes, codes: readonly string[] = ['LOCK_DIFFERS_FROM_POLICY']) => {
    expect(refusals(treeAt('baseline'), lockNow(changes))).toEqual(codes);
  });

  test('a baseline that is not there', () => {
    const changes = { baseline: { id, report: id }, reliedOn: [id] };
    expect(refusals(treeAt('baseline'), lockNow(changes))).toEqual(['BASELINE_UNKNOWN']);
  });

  test('a comparator, which nothing is measured by', () => {
    const tree = done(treeAt('law'), addBaseline({ comparator: true }));
    expect(refusals(tree, lockNow())).toEqual(['BASELINE_IS_COMPARATOR']);
  });

  test.each([
    ['as it was evaluated', 1, []],
    ['ten minutes before', 1 - 1 / 6, []],
    ['before the baseline was evaluated', 1 - 1 / 5, ['BASELINE_AFTER_LOCK']],
  ])('made %s', (_what, hours, codes) => {
    const report = reportBytes({ raw: encode('baseline at 0'), of: 'org/base', changes: { date: at(1) } });
    expect(refusals(done(treeAt('law'), addBaseline({}, 0, report)), lockNow({}, hours))).toEqual(codes);
  });

  test('is written once', () => {
    expect(refusals(treeAt('locked'), lockNow())).toEqual(['ENTRY_ALTERED']);
  });

  test('by a law that lacks the rubric of the line', () => {
    const tree = treeAt('baseline');
    const { act, by } = lockNow()(tree);
    const law = { ...worldOf(tree).law, rubrics: new Map() };
    expect(decide({ law, tree }, act, actorOf(tree, by.name, by.hours))).toMatchObject({
      reasons: [{ code: 'RUBRIC_UNKNOWN' }],
    });
  });

  test('lists each task once, by its name, in whatever order the report has them', () => {
    const names = ['t', 't b'];
    const rubric = rubricOf(names.map((task, at) => ({ id: `r${at}`, task, group: GROUPS[at] })));
    const rows = names.flatMap((task) => ['acc', 'f1'].map((metric) => ({ task, metric, value: '0.5' })));
    const report = reportOf(rows);
    expect(report.tasks.map(({ task }) => task)).toEqual(['t b', 't b', 't', 't']);
    const rule = ruleOfLine(lawOf(lawTree()), 'triage' as never);
    if (rule === null) throw new Error();
    const { tasks } = lockedContent(rule, id as never, rubric, id as never, report);
    expect(tasks.map(({ task }) => task)).toEqual(names);
  });

  const GROUPS = ['core', 'held-out'];

  test('a baseline that the rubric cannot score', () => {
    const raw = encode('baseline at 0');
    const tree = done(treeAt('law'), addBaseline({}, 0, reportBytes({ raw, a: '51.3', of: 'org/base' })));
    expect(refusals(tree, lockNow())).toEqual(['EVAL_UNSCORABLE']);
  });
});

describe('request', () => {
  test.each([
    ['as it must be', {}, []],
    ['a lock that is not there', { lock: id }, ['LOCK_UNKNOWN']],
    ['somebody unknown', { onBehalfOf: 'zoe' }, ['ON_BEHALF_OF_UNKNOWN']],
    ['an automation as the person', { onBehalfOf: 'ci' }, ['ON_BEHALF_OF_UNKNOWN']],
    ['training before the lock', trained(0.5, 3), ['TRAINING_BEFORE_LOCK']],
    ['training at the time of the lock', trained(1, 3), []],
    ['training that ended before it began', trained(3, 2), ['TRAINING_TIMES']],
    ['training that ends after the request', trained(2, 5), ['TRAINING_TIMES']],
    ['a mutation', { change: { ...CHANGE, mutation: 'merge' } }, ['MUTATION_NOT_ALLOWED']],
    ['a model that is told to be an adapter', { artifact: WHOLE_MODEL }, ['MUTATION_NOT_OF_ARTIFACT']],
    [
      'a GGUF file that is told to be an adapter',
      { artifact: { ...WHOLE_MODEL, format: 'gguf' } },
      ['MUTATION_NOT_OF_ARTIFACT'],
    ],
    [
      'an adapter that is told to be a model, where no such change is allowed',
      { change: { ...CHANGE, mutation: 'full-finetune' } },
      ['MUTATION_NOT_ALLOWED', 'MUTATION_NOT_OF_ARTIFACT'],
    ],
    ['a capability', { change: { ...CHANGE, capabilities: ['browse'] } }, ['CAPABILITY_NOT_ALLOWED']],
    ['a permission', { change: { ...CHANGE, permissions: ['exec'] } }, ['PERMISSION_PROHIBITED']],
    ['a parent that is not there', { change: { ...CHANGE, parent: '0.9.0' } }, ['PARENT_UNKNOWN']],
    ['a digest not of its files', { artifact: { ...artifactOf(), digest: id } }, ['ARTIFACT_DIGEST_FALSE']],
  ])('%s', (_what, changes, codes) => {
    expect(refusals(treeAt('locked'), requestIt(changes))).toEqual(codes);
  });

  test('a line without a rule', () => {
    const tree = treeAt('locked');
    const { act, by } = requestIt()(tree);
    const other = { ...act, iteration: { line: 'other', version: '1.0.0' } } as never;
    expect(refusals(tree, () => ({ act: other, by }))).toEqual(['LINE_UNKNOWN']);
  });

  test('a rubric that is not the locked one', () => {
    const tree = treeAt('locked');
    const { act, by } = requestIt()(tree);
    const other = { ...act, rubric: encode(rubricText({ title: 'Another' })) } as never;
    expect(refusals(tree, () => ({ act: other, by }))).toEqual(['FILE_DIFFERS']);
  });

  test('the same version a second time', () => {
    expect(refusals(treeAt('candidate'), requestIt())).toEqual(['ITERATION_EXISTS']);
  });

  test('a parent that is governed', () => {
    const changes = { change: { ...CHANGE, parent: '1.0.0' }, artifact: artifactOf('other') };
    expect(refusals(treeAt('candidate'), requestIt(changes, '1.0.1'))).toEqual([]);
  });

  test('a person whose key is retired', () => {
    const people = { may: { keys: [{ fingerprint: 'D'.repeat(40), retired: { reason: 'left' } }] } };
    const tree = treeAt('locked');
    expect(refusals(tree, requestIt({ onBehalfOf: 'may' }))).toEqual([]);
    expect(() => treeAt('locked', { people })).toThrow();
  });

  test('not the newest lock before training began', () => {
    const tree = done(treeAt('locked'), lockNow({}, 1.5));
    const [older] = refusals(tree, requestIt());
    expect(older).toBeUndefined();
    const old = requestIt()(treeAt('locked')).act;
    if (old.kind !== 'request') throw new Error();
    expect(refusals(tree, requestIt({ lock: old.request.lock, reliedOn: [old.request.lock] }))).toEqual([
      'LOCK_NOT_NEWEST',
    ]);
    const later = done(treeAt('locked'), lockNow({}, 2.5));
    expect(refusals(later, requestIt({ lock: old.request.lock, reliedOn: [old.request.lock] }))).toEqual([]);
  });

  test('as many may wait as the ceiling says', () => {
    const law = { line: { populationCeiling: 2 } };
    const one = treeAt('candidate', law);
    const two = done(one, requestIt({ artifact: artifactOf('two') }, '1.0.1'));
    const three = requestIt({ artifact: artifactOf('three') }, '1.0.2');
    expect(refusals(two, three)).toEqual(['POPULATION_CEILING']);
    const failed = done(two, evaluateIt({ version: '1.0.1', a: '0.1', b: '0.1', hours: 5 }));
    expect(refusals(failed, three)).toEqual([]);
    const accepted = treeAt('eval-accepted', { line: { populationCeiling: 1 } });
    expect(refusals(accepted, three)).toEqual(['POPULATION_CEILING']);
    // A folder without a record is no iteration.
    const stray = withFile(one, 'promotions/triage/9.0.0/attachments/x.txt', encode('x'));
    expect(refusals(stray, requestIt({ artifact: artifactOf('two') }, '1.0.1'))).toEqual([]);
    const gone = treeAt('artifact-exported', { line: { populationCeiling: 1 } });
    expect(refusals(gone, three)).toEqual([]);
  });

  test('weights that failed are not measured anew', () => {
    const failed = done(treeAt('candidate'), evaluateIt({ a: '0.1', hours: 5 }));
    expect(refusals(failed, requestIt({}, '1.0.1'))).toEqual(['ARTIFACT_ALREADY_REQUESTED']);
    expect(refusals(failed, requestIt({ artifact: artifactOf('other') }, '1.0.1'))).toEqual([]);
  });

  test('one failing run of several decides against the weights already', () => {
    const failing = done(treeAt('candidate', { line: { runs: 3 } }), evaluateIt({ a: '0.1', hours: 5 }));
    expect(refusals(failing, requestIt({}, '1.0.1'))).toEqual(['ARTIFACT_ALREADY_REQUESTED']);
  });

  test('the same weights are one iteration at a time, and free again once that is retired unfailed', () => {
    expect(refusals(treeAt('candidate'), requestIt({}, '1.0.1'))).toEqual(['ARTIFACT_ALREADY_REQUESTED']);
    const retired = done(treeAt('candidate'), deprecateIt());
    expect(refusals(retired, requestIt({}, '1.0.1', 30))).toEqual([]);
    const failed = done(treeAt('candidate'), evaluateIt({ a: '0.1', hours: 5 }), deprecateIt());
    expect(refusals(failed, requestIt({}, '1.0.1', 30))).toEqual(['ARTIFACT_ALREADY_REQUESTED']);
  });

  test('a person requests for herself', () => {
    const tree = treeAt('locked');
    const { act } = requestIt({ principal: 'may', key: keyOfMay, role: 'model-owner', onBehalfOf: 'may' })(
      tree,
    );
    expect(refusals(tree, () => ({ act, by: { name: 'may', role: 'model-owner', hours: 4 } }))).toEqual([]);
  });
});

const keyOfMay = Buffer.from('may_').toString('hex').toUpperCase().repeat(5).slice(0, 40);
