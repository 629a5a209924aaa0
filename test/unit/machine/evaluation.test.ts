import { describe, expect, test } from 'vitest';
import { erroredRun, evaluateIt, exportIt, moveTo } from '../support/acts.ts';
import { encode } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { at, bundleAt, done, hour, refusals, worldOf } from '../support/world.ts';
import { toTime } from '../../../src/domain/names.ts';
import { proveAcknowledgements } from '../../../src/machine/acknowledgement.ts';
import { gateRules } from '../../../src/machine/gate-rule.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { runsVerdict } from '../../../src/machine/verdict.ts';
import { linesOf, locksOf, reportOf } from '../../../src/machine/world.ts';

const id = 'f'.repeat(64);
const candidate = treeAt('candidate');
const accept = moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 9 });
const model = { name: 'hf', arguments: 'x', base: 'org/base', adapter: 'adapter' };

describe('one run', () => {
  test.each([
    ['as it must be', {}, {}, []],
    ['another artifact', {}, { artifact: id }, ['EVAL_OTHER_MODEL']],
    ['another lock', {}, { lock: id }, ['EVAL_OTHER_YARDSTICK']],
    ['another report', {}, { report: id }, ['FILE_DIFFERS']],
    ['files not listed', {}, { files: [] }, ['FILE_DIFFERS']],
    ['another base', { report: { model: { ...model, base: 'org/other' } } }, {}, ['EVAL_OTHER_MODEL']],
    ['no adapter', { report: { model: { ...model, adapter: undefined } } }, {}, ['EVAL_OTHER_MODEL']],
    ['another revision', { report: { model: { ...model, baseRevision: 'main' } } }, {}, ['EVAL_OTHER_MODEL']],
    [
      'another commit',
      { report: { model: { ...model, baseSha: 'c'.repeat(40) } } },
      {},
      ['EVAL_OTHER_MODEL'],
    ],
    ['the pinned commit', { report: { model: { ...model, baseSha: 'b'.repeat(40) } } }, {}, []],
    ['an hour after training ended', { report: { date: at(4) } }, {}, []],
    ['ten minutes before training ended', { report: { date: toTime(hour(3) - 600) } }, {}, []],
    [
      'begun before training ended',
      { report: { date: toTime(hour(3) - 601) } },
      {},
      ['EVAL_BEFORE_TRAINING_END'],
    ],
    ['no raw file', { report: { raw: [] } }, {}, ['EVIDENCE_MISSING']],
    ['samples left out', { rows: { samples: { original: 100, effective: 99 } } }, {}, ['EVAL_INCOMPLETE']],
    ['another task version', { rows: { version: '2.0' } }, {}, ['EVAL_OTHER_YARDSTICK', 'EVAL_UNSCORABLE']],
    ['no task hash', { rows: { hash: undefined } }, {}, ['EVAL_OTHER_YARDSTICK', 'EVAL_UNSCORABLE']],
    ['a value beyond its range', { a: '51.3' }, {}, ['EVAL_UNSCORABLE']],
  ])('%s', (_what, spec, changes, codes) => {
    expect(refusals(candidate, evaluateIt(spec, changes))).toEqual(codes);
  });

  test('another harness version', () => {
    const harness = { name: 'lm-eval', version: '0.4.8', configSha256: '0'.repeat(64) };
    expect(refusals(candidate, evaluateIt({ report: { harness } }))).toEqual(['EVAL_OTHER_YARDSTICK']);
  });

  test('no report, or one that is none', () => {
    const { act, by } = evaluateIt()(candidate);
    expect(refusals(candidate, () => ({ by, act: { ...act, report: null } as never }))).toEqual([
      'EVIDENCE_MISSING',
    ]);
    expect(refusals(candidate, () => ({ by, act: { ...act, report: encode('{}') } as never }))).toEqual([
      'FILE_DIFFERS',
    ]);
  });

  test('a task that was not run', () => {
    const rows = (evaluateIt()(candidate).act as { report: Uint8Array }).report;
    const report = JSON.parse(new TextDecoder().decode(rows)) as { tasks: unknown[] };
    expect(refusals(candidate, evaluateIt({ report: { tasks: report.tasks.slice(0, 1) } }))).toEqual([
      'EVAL_OTHER_YARDSTICK',
      'EVAL_UNSCORABLE',
    ]);
  });

  test('recorded scores that are not those computed', () => {
    const { act } = evaluateIt()(candidate);
    if (act.kind !== 'evaluate' || act.evaluation.status !== 'complete') throw new Error();
    const { scores } = act.evaluation;
    const extra = { id: 'c', value: '1', score: '1', baseline: '1', regressed: false };
    for (const change of [
      { core: '0.9' },
      { heldOut: '0.9' },
      { regressions: 1 },
      { verdict: 'fail', shortfalls: ['CORE_BELOW'] },
      { tasks: scores.tasks.slice(0, 1) },
      { tasks: [...scores.tasks, extra] },
    ])
      expect(refusals(candidate, evaluateIt({}, { scores: { ...scores, ...change } }))).toEqual([
        'SCORE_DIFFERS',
      ]);
  });
});

describe('the runs together', () => {
  const three = { line: { runs: 3 } };

  test('nothing is decided before the last, and the worst decides', () => {
    const two = done(treeAt('candidate', three), evaluateIt({ run: 'r1' }), evaluateIt({ run: 'r2' }));
    expect(runsVerdict(bundleAt(two))).toBe('pending');
    expect(refusals(two, accept)).toEqual(['CRITERIA_NOT_MET']);
    const good = done(two, evaluateIt({ run: 'r3' }));
    expect(refusals(good, accept)).toEqual([]);
    const bad = done(two, evaluateIt({ run: 'r3', a: '0.1' }));
    expect(runsVerdict(bundleAt(bad))).toBe('fail');
    expect(refusals(bad, accept)).toEqual(['CRITERIA_NOT_MET']);
    expect(refusals(bad, evaluateIt({ run: 'r4' }))).toEqual(['EVAL_ALREADY_DECIDED']);
    expect(refusals(good, evaluateIt({ run: 'r4' }))).toEqual(['EVAL_ALREADY_DECIDED']);
  });

  test('an errored run does not count and may be repeated', () => {
    const errored = done(candidate, erroredRun('r1'));
    expect(runsVerdict(bundleAt(errored))).toBe('pending');
    expect(refusals(errored, evaluateIt({ run: 'r2' }))).toEqual([]);
    expect(refusals(errored, evaluateIt({ run: 'r1' }))).toEqual(['EVAL_RUN_REPEATED']);
  });

  test('an errored run brings no report', () => {
    const { act, by } = erroredRun()(candidate);
    expect(refusals(candidate, () => ({ by, act: { ...act, report: encode('x') } as never }))).toEqual([
      'FILE_NOT_EVIDENCE',
    ]);
  });

  test('the same output under another name is not another run', () => {
    const one = done(treeAt('candidate', three), evaluateIt({ run: 'r1', raw: 'same' }));
    expect(refusals(one, evaluateIt({ run: 'r2', raw: 'same' }))).toEqual(['EVAL_RUN_REPEATED']);
  });
});

describe('export', () => {
  const accepted = treeAt('eval-accepted');
  const { act } = exportIt()(accepted);
  if (act.kind !== 'export') throw new Error();
  const { manifest } = act.export;

  test.each([
    ['another artifact', { artifact: id }],
    ['another manifest', { manifest: { ...manifest, sha256: id } }],
    ['another media type', { manifest: { ...manifest, mediaType: 'text/plain' } }],
    ['another size', { manifest: { ...manifest, size: 1 } }],
  ])('%s', (_what, changes) => {
    expect(refusals(accepted, exportIt(changes))).toEqual(['EXPORT_DIFFERS']);
  });

  test('is made once, and before the move', () => {
    expect(refusals(treeAt('handedOver'), exportIt())).toEqual(['ALREADY_EXPORTED']);
    const move = moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 });
    expect(refusals(accepted, move)).toEqual(['CRITERIA_NOT_MET']);
  });
});

describe('what can be read of a world', () => {
  const tree = treeAt('production-validated');

  test('lines, locks and reports', () => {
    expect(linesOf(tree)).toEqual(['triage']);
    expect(locksOf(tree, 'triage' as never)).toHaveLength(1);
    expect(reportOf(bundleAt(tree), 'run-1')?.tasks).toHaveLength(2);
    expect(reportOf(bundleAt(tree), 'run-2')).toBeNull();
  });

  test('at the end of the road nothing is missing and nothing is open', () => {
    expect(standingOf(worldOf(tree), bundleAt(tree), hour(12))).toMatchObject({
      edge: null,
      gates: [],
      blocked: [],
    });
  });

  test('the proofs beside the acknowledgements', () => {
    const world = worldOf(treeAt('customer-deployed'));
    const bundle = bundleAt(world.tree);
    const proofs = gateRules(world.law, bundle).flatMap((rule) => proveAcknowledgements(world, bundle, rule));
    expect(proofs.map((proof) => [proof.acknowledgement, proof.holds])).toEqual([
      ['artifact-is-intended', true],
      ['rollback-is-understood', true],
      ['meets-domain-standard', true],
      ['representative-sample', true],
      ['bundle-is-complete', true],
      ['rubric-was-locked', true],
      ['thresholds-unchanged', true],
    ]);
    expect(proofs[2]?.proof).toContain('senior adjuster');
  });
});
