import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { evaluationReportDocument } from '../../../src/domain/evaluation-report.ts';
import { recordDocument } from '../../../src/domain/record.ts';
import { withFile, withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import {
  addBaseline,
  addEvidence,
  artifactOf,
  deprecateIt,
  erroredRun,
  evaluateIt,
  exportIt,
  lockNow,
  moveTo,
  requestIt,
} from '../support/acts.ts';
import { encode, lawTree } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { at, bundleAt, done, hour, refusals, reportBytes, worldOf } from '../support/world.ts';
import { toTime } from '../../../src/domain/names.ts';
import { proveAcknowledgements } from '../../../src/machine/acknowledgement.ts';
import { gateRule, gateRules } from '../../../src/machine/gate-rule.ts';
import { scoreRun } from '../../../src/machine/run-score.ts';
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

  test('a report that is none, by its own digest', () => {
    const { act, by } = evaluateIt({}, { report: sha256(encode('{}')) })(candidate);
    expect(refusals(candidate, () => ({ by, act: { ...act, report: encode('{}') } as never }))).toEqual([
      'DOCUMENT_UNSOUND',
    ]);
  });

  test('the output of another artifact', () => {
    const two = done(
      candidate,
      evaluateIt({ raw: 'same' }),
      requestIt({ artifact: artifactOf('other') }, '1.0.1', 7),
    );
    const again = (raw: string) => evaluateIt({ version: '1.0.1', run: 'r2', raw, hours: 8 });
    expect(refusals(two, again('same'))).toEqual(['EVAL_RUN_REPEATED']);
    expect(refusals(two, again('its own'))).toEqual([]);
  });

  test('a base pinned by a digest is known by its name alone', () => {
    const pin = { kind: 'digest', value: id };
    const tree = done(
      treeAt('locked'),
      requestIt({ base: { name: 'org/base', pin, statedBy: 'submitter' } }),
    );
    const report = { model: { ...model, baseRevision: 'main', baseSha: 'c'.repeat(40) } };
    expect(refusals(tree, evaluateIt({ report }))).toEqual([]);
    expect(refusals(tree, evaluateIt({ report: { model: { ...model, base: 'org/other' } } }))).toEqual([
      'EVAL_OTHER_MODEL',
    ]);
  });

  test('a harness that tells no digest of its prompts is held to none', () => {
    const report = reportBytes({
      ...{ a: '0.75', b: '0.65', raw: encode('baseline at 0') },
      rows: { hash: undefined },
      of: 'org/base',
    });
    const tree = done(treeAt('law'), addBaseline({}, 0, report), lockNow(), requestIt());
    expect(refusals(tree, evaluateIt({ rows: { hash: undefined } }))).toEqual([]);
  });

  test('is scored by the rubric that was locked, or not at all', () => {
    const { report } = evaluateIt()(candidate).act as { report: Uint8Array };
    const parsed = evaluationReportDocument.parse(report, 'report.json');
    if (!parsed.ok) throw new Error();
    const path = 'promotions/triage/1.0.0/rubric.json';
    const found = (tree: TreeFolder) => {
      const result = scoreRun(worldOf(tree), bundleAt(tree), parsed.value);
      return result.kind === 'refused' ? result.reasons : [];
    };
    expect(found(candidate)).toEqual([]);
    expect(found(withFile(candidate, path, encode('{}')))).toMatchObject([{ code: 'FILE_DIFFERS' }]);
    expect(found(withoutFile(candidate, path))).toMatchObject([
      { code: 'FILE_DIFFERS', facts: { found: 'no file' } },
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
    expect(refusals(errored, accept)).toEqual(['CRITERIA_NOT_MET']);
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

  test('a record that holds as many as it takes refuses the next, and so with evidence', () => {
    const one = done(candidate, erroredRun('r1'));
    const { record } = bundleAt(one);
    const many = (most: number, [first]: readonly unknown[]) => Array.from({ length: most }, () => first);
    const holding = (changes: object) =>
      withFile(
        one,
        'promotions/triage/1.0.0/promotion-record.json',
        encode(recordDocument.print({ ...record, ...changes })),
      );
    const runs = (most: number) => holding({ evaluations: many(most, record.evaluations) });
    expect(refusals(runs(99), erroredRun('r2', 5.6, 'other'))).toEqual([]);
    expect(refusals(runs(100), erroredRun('r2', 5.6, 'other'))).toEqual(['RECORD_FULL']);
    const card = addEvidence({ 'model-card.md': '# Model card\n\nAnother.\n' }, {}, 5.6);
    expect(refusals(holding({ evidence: many(1000, record.evidence) }), card)).toEqual(['RECORD_FULL']);
  });

  test('what machines bring leaves room for what people still have to do', () => {
    const one = done(candidate, erroredRun('r1'));
    const { record } = bundleAt(one);
    const [evidence] = record.evidence;
    const files = Array.from({ length: 10 }, (_each, index) => ({
      path: `attachments/${index}${'x'.repeat(90)}/${'y'.repeat(100)}/${'z'.repeat(100)}`,
      size: 1,
      sha256: 'a'.repeat(64),
    }));
    const filled = (most: number): TreeFolder =>
      withFile(
        one,
        'promotions/triage/1.0.0/promotion-record.json',
        encode(
          recordDocument.print({
            ...record,
            evidence: Array.from({ length: most }, () => ({ ...evidence, files })),
          } as never),
        ),
      );
    const card = addEvidence({ 'model-card.md': '# Model card\n\nAnother.\n' }, {}, 5.6);
    expect(refusals(filled(700), card)).toEqual([]);
    for (const step of [card, erroredRun('r2', 5.6, 'other')])
      expect(refusals(filled(900), step)).toEqual(['RECORD_FULL']);
    expect(refusals(filled(900), deprecateIt())).toEqual([]);
  });

  describe('with transcripts beside the output', () => {
    const beside = { 'samples_a.jsonl': '{"doc_id": 0}' };
    const one = done(treeAt('candidate', three), evaluateIt({ run: 'r1', raw: 'first', beside }));
    const second = (spec: object) => evaluateIt({ run: 'r2', ...spec });

    test('who answers alike twice was still asked twice', () => {
      expect(refusals(one, second({ raw: 'second', beside }))).toEqual([]);
      const other = done(one, requestIt({ artifact: artifactOf('other') }, '1.0.1', 7));
      const alike = { version: '1.0.1', run: 'r1', raw: 'third', beside, hours: 8 };
      expect(refusals(other, evaluateIt(alike))).toEqual([]);
    });

    test('an output is known again among them, in either run', () => {
      expect(refusals(one, second({ raw: 'second', beside: { 'a.jsonl': 'first' } }))).toEqual([
        'EVAL_RUN_REPEATED',
      ]);
      expect(refusals(one, second({ raw: beside['samples_a.jsonl'] }))).toEqual(['EVAL_RUN_REPEATED']);
    });

    test('where a report is not there or cannot be read, every file counts', () => {
      const path = 'promotions/triage/1.0.0/eval-transcripts/r1/report.json';
      expect(refusals(withoutFile(one, path), second({ raw: 'second', beside }))).toEqual([
        'EVAL_RUN_REPEATED',
      ]);
      const { act, by } = second({ raw: 'second', beside })(one);
      expect(refusals(one, () => ({ by, act: { ...act, report: encode('{}') } as never }))).toEqual([
        'EVAL_RUN_REPEATED',
        'FILE_DIFFERS',
      ]);
    });

    test('an errored run may have got as far, but is no complete one', () => {
      const log = beside['samples_a.jsonl'];
      expect(refusals(one, erroredRun('r2', 6, log, 'samples_a.jsonl'))).toEqual([]);
      expect(refusals(one, erroredRun('r2', 6, 'first', 'log.txt'))).toEqual(['EVAL_RUN_REPEATED']);
    });

    test('one that would keep a gate shut for ever is refused at once', () => {
      const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n';
      for (const text of ['', pointer])
        expect(refusals(one, second({ beside: { 'samples_a.jsonl': text } }))).toEqual(['EVIDENCE_UNSOUND']);
      expect(refusals(one, erroredRun('r2', 6, ''))).toEqual(['EVIDENCE_UNSOUND']);
    });
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
    const deploy = { from: 'artifact-exported', to: 'customer-deployed' };
    const early = moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 7 }, deploy);
    expect(refusals(accepted, early)).toEqual(['STATE_OTHER']);
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

  test('the standard is that of the locked rubric, whatever the law has by now', () => {
    const tree = lawTree({ rubric: { domainStandard: 'Is it short?' } }, treeAt('customer-deployed'));
    const bundle = bundleAt(tree);
    const rule = gateRule(worldOf(tree).law, bundle, 'domain-validation');
    const [standard] = proveAcknowledgements(worldOf(tree), bundle, rule);
    expect(standard).toMatchObject({ acknowledgement: 'meets-domain-standard', holds: true });
    expect(standard?.proof).toContain('senior adjuster');
  });

  test('what is not so is said not to be so', () => {
    const bare = done(treeAt('locked'), requestIt());
    const late = { ...bundleAt(bare).lock, time: at(20) };
    const world = worldOf(bare);
    const bundle = { ...bundleAt(bare), lock: late };
    const proofs = gateRules(world.law, bundle).flatMap((rule) => proveAcknowledgements(world, bundle, rule));
    expect(proofs.map((proof) => [proof.acknowledgement, proof.holds])).toEqual([
      ['artifact-is-intended', false],
      ['rollback-is-understood', false],
      ['meets-domain-standard', false],
      ['representative-sample', false],
      ['bundle-is-complete', false],
      ['rubric-was-locked', true],
      ['thresholds-unchanged', false],
    ]);
    expect(proofs[3]?.proof).toContain('none');
    const gone = withoutFile(bare, 'promotions/triage/1.0.0/rubric.json');
    const rule = gateRule(world.law, bundle, 'governance-approval');
    expect(proveAcknowledgements(worldOf(gone), bundleAt(gone), rule)[1]).toMatchObject({
      acknowledgement: 'rubric-was-locked',
      holds: false,
    });
  });
});
