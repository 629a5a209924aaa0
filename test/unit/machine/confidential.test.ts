import { describe, expect, it, test } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { MOST_ERASURES, recordDocument } from '../../../src/domain/record.ts';
import { fileAt, withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { confidentialIn, isErased } from '../../../src/machine/confidential.ts';
import { gateRule } from '../../../src/machine/gate-rule.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { statementOf } from '../../../src/machine/statement.ts';
import {
  addBaseline,
  addEvidence,
  deprecateIt,
  erroredRun,
  evaluateIt,
  type FileSpec,
} from '../support/acts.ts';
import { erase, message, READER, standIn, type StandInSpec } from '../support/confidential.ts';
import { encode, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { at, bundleAt, decision, done, hour, refusals, reportBytes, worldOf } from '../support/world.ts';

const OWNER: LawChanges = { people: { dan: { roles: [{ role: 'data-owner', lines: ['*'] }] } } };
const CLOSED: LawChanges = { ...OWNER, line: { transcripts: 'confidential' } };
const LIVE = 'attachments/live.jsonl';
const candidate = treeAt('candidate', OWNER);
const bring = (files: FileSpec, hours = 5.5) => addEvidence(files, {}, hours);
const held = done(candidate, bring(standIn(LIVE)));
const evidenceOf = (tree: TreeFolder) =>
  statementOf(
    worldOf(tree).law,
    bundleAt(tree),
    gateRule(worldOf(tree).law, bundleAt(tree), 'operator-signoff'),
  ).evidence.map(({ path }) => path as string);
const baselineWith = (beside: FileSpec, report: object = {}) => {
  const raw = encode('baseline at 0');
  return addBaseline(
    {},
    0,
    reportBytes({ a: '0.75', b: '0.65', raw, of: 'org/base', changes: report }),
    beside,
  );
};
const isThere = (tree: TreeFolder, path: string) => fileAt(bundleAt(tree).folder, path) !== null;

describe('what stands for a confidential file', () => {
  it('comes with its ciphertext', () => {
    expect(confidentialIn(bundleAt(held))).toMatchObject([{ path: LIVE, erased: null }]);
  });

  it('comes without one where the content is kept outside', () => {
    const tree = done(candidate, bring(standIn(LIVE, { ciphertext: null })));
    expect(confidentialIn(bundleAt(tree))).toMatchObject([{ path: LIVE }]);
    expect(confidentialIn(bundleAt(tree))[0]?.file.sealed).toBeUndefined();
  });

  it('lies beside the output of a run too', () => {
    const tree = done(candidate, evaluateIt({ beside: standIn('samples_a.jsonl') }));
    expect(confidentialIn(bundleAt(tree)).map(({ path }) => path)).toEqual([
      'eval-transcripts/run-1/raw/samples_a.jsonl',
    ]);
  });

  const both = standIn(LIVE);
  const sealed = { [`${LIVE}.pgp`]: message() };
  const only = (spec: StandInSpec, keep: FileSpec = sealed): FileSpec => ({
    ...standIn(LIVE, { ...spec, ciphertext: spec.ciphertext === undefined ? message() : spec.ciphertext }),
    ...keep,
  });
  test.each<[string, FileSpec, string]>([
    ['a ciphertext that nothing stands for', sealed, 'CONFIDENTIAL_UNSOUND'],
    [
      'a stand-in whose ciphertext is not there',
      { [`${LIVE}.confidential.json`]: both[`${LIVE}.confidential.json`] ?? '' },
      'EVIDENCE_MISSING',
    ],
    [
      'another ciphertext than it says',
      { ...both, [`${LIVE}.pgp`]: message([READER], [1, 7]) },
      'FILE_DIFFERS',
    ],
    ['a ciphertext of which it says nothing', only({ ciphertext: null }), 'CONFIDENTIAL_UNSOUND'],
    [
      'what is in the clear as its ciphertext',
      standIn(LIVE, { ciphertext: encode('live input') }),
      'CONFIDENTIAL_UNSOUND',
    ],
    [
      'a ciphertext with something behind it',
      standIn(LIVE, { ciphertext: new Uint8Array([...message(), ...encode('live')]) }),
      'CONFIDENTIAL_UNSOUND',
    ],
    [
      'other recipients than the ciphertext has',
      standIn(LIVE, { recipients: ['F'.repeat(16)] }),
      'CONFIDENTIAL_UNSOUND',
    ],
    [
      'another size of the ciphertext',
      only({
        changes: {
          sealed: {
            size: 3,
            sha256: (JSON.parse(String(both[`${LIVE}.confidential.json`])) as { sealed: { sha256: string } })
              .sealed.sha256,
            recipients: [READER],
          },
        },
      }),
      'FILE_DIFFERS',
    ],
    ['the name of another file', standIn(LIVE, { changes: { name: 'other.jsonl' } }), 'CONFIDENTIAL_UNSOUND'],
    [
      'more content than anybody opens',
      standIn(LIVE, { changes: { size: 64 * 1024 * 1024 + 1 } }),
      'CONFIDENTIAL_UNSOUND',
    ],
    ['a stand-in', standIn(`${LIVE}.confidential.json`), 'CONFIDENTIAL_UNSOUND'],
    ['the file in the clear beside it', { ...both, [LIVE]: 'live input' }, 'CONFIDENTIAL_UNSOUND'],
    ['a text that is no stand-in', { [`${LIVE}.confidential.json`]: '{}\n' }, 'DOCUMENT_UNSOUND'],
  ])('is refused with %s', (_what, files, code) => {
    expect(refusals(candidate, bring(files))).toContain(code);
  });

  it('keeps its file from coming in in the clear afterwards', () => {
    expect(refusals(held, bring({ [LIVE]: 'live input' }, 6))).toEqual(['CONFIDENTIAL_UNSOUND']);
  });

  it('does not take the place of a file in the clear', () => {
    const open = done(candidate, bring({ [LIVE]: 'live input' }));
    expect(refusals(open, bring(standIn(LIVE), 6))).toEqual(['CONFIDENTIAL_UNSOUND']);
  });

  it('is replaced with its ciphertext, and not without', () => {
    expect(
      refusals(held, bring(standIn(LIVE, { text: 'more', ciphertext: message([READER], [1, 8]) }), 6)),
    ).toEqual([]);
    expect(refusals(held, bring(standIn(LIVE, { text: 'more', ciphertext: null }), 6))).toEqual([
      'CONFIDENTIAL_UNSOUND',
    ]);
  });

  it('is what people sign for, and its ciphertext is not', () => {
    expect(evidenceOf(held)).toContain(`${LIVE}.confidential.json`);
    expect(evidenceOf(held)).not.toContain(`${LIVE}.pgp`);
  });

  it('means nothing among what a tool wrote', () => {
    const paths = evidenceOf(done(candidate, evaluateIt({ beside: { 'notes.txt': 'x' } })));
    expect(paths).toContain('eval-transcripts/run-1/raw/notes.txt');
  });
});

describe('a line with confidential transcripts', () => {
  const line = treeAt('candidate', CLOSED);

  it('takes no transcript in the clear', () => {
    expect(refusals(line, evaluateIt({ beside: { 'samples_a.jsonl': '{}' } }))).toEqual([
      'CONFIDENTIAL_IN_CLEAR',
    ]);
  });

  it('takes none that a report claims to be made from', () => {
    const beside = { 'samples_a.JSONL': '{}' };
    const [own, more] = [encode('output of run-1 of 1.0.0'), encode('{}')];
    const raw = [
      { path: 'results.json', size: own.length, sha256: sha256(own) },
      { path: 'samples_a.JSONL', size: more.length, sha256: sha256(more) },
    ];
    expect(refusals(candidate, evaluateIt({ beside, report: { raw } }))).toEqual([]);
    expect(refusals(line, evaluateIt({ beside, report: { raw } }))).toEqual(['CONFIDENTIAL_IN_CLEAR']);
  });

  it('takes them sealed, or by digest', () => {
    expect(refusals(line, evaluateIt({ beside: standIn('samples_a.jsonl') }))).toEqual([]);
    expect(refusals(line, evaluateIt({ beside: standIn('samples_a.jsonl', { ciphertext: null }) }))).toEqual(
      [],
    );
  });

  it('takes the output that scores are read from', () => {
    expect(refusals(line, evaluateIt())).toEqual([]);
  });

  it('takes nothing in the clear of a run that errored', () => {
    expect(refusals(line, erroredRun())).toEqual(['CONFIDENTIAL_IN_CLEAR']);
  });

  it('takes a baseline of nothing but its output', () => {
    expect(refusals(treeAt('law', CLOSED), addBaseline())).toEqual([]);
  });

  const outside = standIn('x.jsonl', { ciphertext: null });
  test.each<[string, FileSpec, string]>([
    ['a transcript in the clear', { 'x.jsonl': '{}' }, 'CONFIDENTIAL_IN_CLEAR'],
    ['one in the clear under the name of a ciphertext', { 'x.jsonl.pgp': '{}' }, 'CONFIDENTIAL_UNSOUND'],
    ['one in the clear under the name of a stand-in', { 'x.confidential.json': '{}' }, 'DOCUMENT_UNSOUND'],
    ['one beside its ciphertext', standIn('results.json'), 'CONFIDENTIAL_UNSOUND'],
  ])('takes no baseline with %s', (_what, beside, code) => {
    expect(refusals(treeAt('law', CLOSED), baselineWith(beside))).toContain(code);
    expect(refusals(treeAt('law', CLOSED), baselineWith(outside))).toEqual([]);
  });

  it('reads scores from nothing that is sealed', () => {
    const name = 'results.json.pgp';
    const beside = standIn('results.json');
    const raw = [{ path: name, size: message().length, sha256: sha256(message()) }];
    for (const law of [candidate, line])
      expect(refusals(law, evaluateIt({ report: { raw }, beside, hours: 7 }))).toContain(
        'CONFIDENTIAL_UNSOUND',
      );
    expect(
      refusals(
        treeAt('law', CLOSED),
        baselineWith(standIn('more.json'), { raw: [{ ...raw[0], path: 'more.json.pgp' }] }),
      ),
    ).toContain('CONFIDENTIAL_UNSOUND');
  });
});

describe('erasing', () => {
  it('takes the ciphertext out and leaves what was signed as it was', () => {
    const before = evidenceOf(held);
    const after = done(held, erase([LIVE]));
    expect(isThere(after, `${LIVE}.pgp`)).toBe(false);
    expect(isThere(after, `${LIVE}.confidential.json`)).toBe(true);
    expect(evidenceOf(after)).toEqual(before);
    expect(confidentialIn(bundleAt(after))).toMatchObject([{ path: LIVE, erased: { principal: 'dan' } }]);
  });

  it('leaves decisions counting', () => {
    const files = standIn(LIVE);
    const tree = done(
      treeAt('artifact-exported', OWNER),
      bring(files, 7.5),
      decision('approve', 'operator-signoff', 'kim', 8),
      erase([LIVE], 9),
    );
    expect(standingOf(worldOf(tree), bundleAt(tree), hour(10)).blocked).toEqual([]);
  });

  it('says so of content that is kept outside', () => {
    const outside = done(candidate, bring(standIn(LIVE, { ciphertext: null })), erase([LIVE]));
    expect(confidentialIn(bundleAt(outside))).toMatchObject([{ path: LIVE, erased: { time: at(12) } }]);
  });

  it('can be done in the end, and at several files at once', () => {
    const two = standIn('attachments/more.jsonl', { text: 'more' });
    const last = done(treeAt('candidate', OWNER), bring({ ...standIn(LIVE), ...two }));
    const gone = done(last, erase([LIVE, 'attachments/more.jsonl'], 30));
    expect(confidentialIn(bundleAt(gone)).every(({ erased }) => erased !== null)).toBe(true);
  });

  it('is for data owners alone', () => {
    expect(refusals(held, erase([LIVE], 12, {}, 'kim', 'operator'))).toEqual(['ROLE_CANNOT']);
    expect(refusals(held, erase([LIVE], 12, {}, 'kim', 'data-owner'))).toEqual(['ROLE_NOT_HELD']);
    expect(refusals(held, erase([LIVE], 12, {}, 'ci', 'pipeline'))).toContain('HUMAN_REQUIRED');
  });

  test.each<[string, (tree: TreeFolder) => ReturnType<ReturnType<typeof erase>>, string]>([
    ['a file that is not confidential', erase(['model-card.md']), 'ERASE_UNKNOWN'],
    [
      'another content than there is',
      erase([LIVE], 12, { files: [{ path: LIVE, size: 10, sha256: 'a'.repeat(64) }] }),
      'FILE_DIFFERS',
    ],
    ['nothing', erase([]), 'EVIDENCE_MISSING'],
  ])('refuses %s', (_what, step, code) => {
    expect(refusals(held, step)).toEqual([code]);
  });

  it('is done once', () => {
    expect(refusals(done(held, erase([LIVE])), erase([LIVE], 13))).toEqual(['ERASE_UNKNOWN']);
  });

  it('is not undone by bringing the same again', () => {
    const gone = done(held, erase([LIVE]));
    expect(refusals(gone, bring(standIn(LIVE), 13))).toEqual(['CONFIDENTIAL_UNSOUND']);
    expect(refusals(gone, bring(standIn(LIVE, { text: 'another' }), 13))).toEqual([]);
  });

  test.each<[string, FileSpec]>([
    ['under another name', standIn('attachments/again.jsonl')],
    ['by digest alone under another name', standIn('attachments/again.jsonl', { ciphertext: null })],
    ['in the clear under another name', { 'attachments/again.jsonl': 'live input' }],
    ['as a document', { 'risk-assessment.md': 'live input' }],
  ])('is not undone by bringing the same %s', (_how, files) => {
    expect(refusals(done(held, erase([LIVE])), bring(files, 13))).toEqual(['CONFIDENTIAL_UNSOUND']);
  });

  it('is not undone by a run that brings the same', () => {
    const gone = done(held, erase([LIVE]));
    expect(refusals(gone, evaluateIt({ hours: 13, beside: standIn('samples_a.jsonl') }))).toEqual([
      'CONFIDENTIAL_UNSOUND',
    ]);
  });

  it('is told of the ciphertext that is gone, and of nothing else', () => {
    const gone = bundleAt(done(held, erase([LIVE])));
    expect(isErased(gone, `${LIVE}.pgp`)).toBe(true);
    expect(isErased(gone, `${LIVE}.confidential.json`)).toBe(false);
    expect(isErased(gone, 'attachments/other.pgp')).toBe(false);
    expect(isErased(bundleAt(held), `${LIVE}.pgp`)).toBe(false);
  });

  it('has room where machines brought all they could, and leaves some to the steps of people', () => {
    const { record } = bundleAt(held);
    const [entry] = record.evidence;
    const files = Array.from({ length: 100 }, (_each, index) => ({
      path: `attachments/${String(index).padStart(3, '0')}${'x'.repeat(90)}/${'y'.repeat(100)}`,
      size: 1,
      sha256: 'a'.repeat(64),
    }));
    const filled = (most: number): TreeFolder =>
      withFile(
        held,
        'promotions/triage/1.0.0/promotion-record.json',
        encode(
          recordDocument.print({
            ...record,
            evidence: Array.from({ length: most }, () => ({ ...entry, files })),
          } as never),
        ),
      );
    expect(refusals(filled(150), bring({ 'attachments/x.txt': 'x' }, 6))).toEqual(['RECORD_FULL']);
    expect(refusals(filled(150), erase([LIVE]))).toEqual([]);
    expect(refusals(filled(220), erase([LIVE]))).toEqual(['RECORD_FULL']);
    expect(refusals(filled(220), deprecateIt())).toEqual([]);
  });

  it('is refused by name where no more fit', () => {
    const record = bundleAt(held).record;
    const [one] = bundleAt(done(held, erase([LIVE]))).record.erasures ?? [];
    const full = { ...record, erasures: Array.from({ length: MOST_ERASURES }, () => one) };
    const tree = withFile(
      held,
      'promotions/triage/1.0.0/promotion-record.json',
      encode(
        recordDocument.print(
          recordDocument.schema.parse({
            ...full,
            erasures: full.erasures.map((entry) => ({ ...entry, files: [] })),
          }),
        ),
      ),
    );
    expect(refusals(tree, erase([LIVE], 13))).toEqual(['DOCUMENT_UNSOUND']);
  });
});
