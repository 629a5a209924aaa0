import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { addEvaluation } from '../../../src/commands/shared/intake/add-evaluation.ts';
import { addEvidence } from '../../../src/commands/shared/intake/add-evidence.ts';
import { addExport } from '../../../src/commands/shared/intake/add-export.ts';
import { exportRegistry } from '../../../src/commands/shared/intake/registry-choice.ts';
import type { OwnSettings } from '../../../src/domain/own-settings.ts';
import { addRequest, type RequestInput } from '../../../src/commands/shared/intake/add-request.ts';
import { addDueStep } from '../../../src/commands/shared/intake/automatic-step.ts';
import { iterationOutcome } from '../../../src/commands/shared/views/iteration-outcome.ts';
import { METADATA_TEMPLATE } from '../../../src/commands/shared/intake/metadata-template.ts';
import { readMetadata } from '../../../src/commands/shared/intake/submission-metadata.ts';
import { itemCountLines, itemsOf } from '../../../src/commands/shared/intake/run-items.ts';
import { Plan, type Desk } from '../../../src/commands/shared/opening/write.ts';
import { planSubmission, type SubmissionInput } from '../../../src/commands/shared/intake/submission.ts';
import { SafeName } from '../../../src/domain/names.ts';
import { EMPTY_TREE, fileAt, namesIn, withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { bundleOf, recordOf } from '../../../src/machine/world.ts';
import { CARD, ROLLBACK } from '../support/acts.ts';
import { encode, rubricText, type Person } from '../support/law-files.ts';
import { at, iterationOf } from '../support/world.ts';
import {
  acts,
  adapter,
  codes,
  COMMON,
  context,
  deskOf,
  file,
  lockedTree,
  METADATA,
  results,
  root,
} from './pipeline-desk.ts';

const it = iterationOf();
const DRY = { ...COMMON, dryRun: true };
let locked: TreeFolder = EMPTY_TREE;
let input: RequestInput;

beforeAll(async () => {
  locked = await lockedTree();
  const metadata = file('metadata.yaml', METADATA);
  input = {
    adapter: adapter('one'),
    origin: null,
    metadata,
    base: null,
    lock: null,
    onBehalfOf: null,
    exception: [],
    modelKey: null,
    modelCa: null,
  };
  file('model-card.md', CARD);
  file('rollback-procedure.md', ROLLBACK);
});

async function requested(tree = locked): Promise<TreeFolder> {
  const plan = new Plan(deskOf(tree));
  expect(codes(await addRequest(deskOf(tree), COMMON, plan, it, input))).toEqual(['allowed']);
  return plan.world.tree;
}

describe('metadata', () => {
  test('the template is what the reader accepts', async () => {
    const metadata = await readMetadata(context, file('template.yaml', METADATA_TEMPLATE));
    expect(metadata.change.flags).toMatchObject({ 'affects-production-traffic': true });
    expect(METADATA_TEMPLATE.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  test('every problem is named with its line', async () => {
    const path = file('bad.yaml', 'change: { mutation: none, summary: x }\nlineage:\n  training: 1\n');
    await expect(readMetadata(context, path)).rejects.toMatchObject({
      code: 'BAD_DATA',
      place: { line: 1, key: 'change.mutation' },
      facts: [expect.stringMatching(/^line 3: lineage\.training /)],
    });
  });

  test('a permission given twice is refused, not merged', async () => {
    const path = file('twice.yaml', METADATA.replace('summary:', 'permissions: [exec, exec], summary:'));
    await expect(readMetadata(context, path)).rejects.toMatchObject({ place: { key: 'change.permissions' } });
  });
});

describe('requesting', () => {
  const ask = async (changes: Partial<RequestInput>, desk: Desk = deskOf(locked)) =>
    await addRequest(desk, COMMON, new Plan(desk), it, { ...input, ...changes });

  test('an automation asks for its owner, lists sorted, by the newest lock', async () => {
    const done = await ask({});
    expect(done).toMatchObject({
      kind: 'requested',
      request: {
        role: 'pipeline',
        onBehalfOf: 'mia',
        artifact: { name: 'one' },
        base: { statedBy: 'adapter-config' },
        change: { flags: [{ name: 'modifies-code' }, { name: 'personal-data' }] },
        lineage: { datasets: [{ name: 'a' }, { name: 'z' }] },
      },
    });
  });

  test('a person asks for herself', async () => {
    expect(await ask({}, deskOf(locked, 'may'))).toMatchObject({
      request: { role: 'model-owner', onBehalfOf: 'may' },
    });
  });

  test('the harness may know the adapter by another name', async () => {
    const metadata = file('named.yaml', `${METADATA}evaluatedAs: step-900\n`);
    expect(await ask({ metadata })).toMatchObject({ request: { artifact: { name: 'step-900' } } });
  });

  test('a floating base is refused until it is stated', async () => {
    const floating = adapter('floating', null);
    expect(codes(await ask({ adapter: floating }))).toEqual(['ARTIFACT_REFUSED']);
    expect(await ask({ adapter: floating, base: `org/base@${'c'.repeat(40)}` })).toMatchObject({
      request: { base: { statedBy: 'submitter', pin: { value: 'c'.repeat(40) } } },
    });
    await expect(ask({ adapter: floating, base: 'org/base' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('training before the lock is refused', async () => {
    const metadata = file('early.yaml', METADATA.replace(at(2), at(0)));
    expect(codes(await ask({ metadata }))).toEqual(['TRAINING_BEFORE_LOCK']);
  });

  test.each<[string, Person, readonly string[]]>([
    ['an operator', 'lee', ['ROLE_NOT_HELD']],
    ['an evaluation owner', 'eva', ['ROLE_NOT_HELD']],
  ])('%s cannot', async (_who, name, expected) => {
    expect(codes(await ask({}, deskOf(locked, name)))).toEqual(expected);
  });

  test('the locked rubric is found in an earlier commit after the policy has moved on', async () => {
    const path = 'policy/rubrics/claims.json';
    const later = withFile(locked, path, encode(rubricText({ title: 'Newer' })));
    const desk = deskOf(later, 'ci', [locked]);
    const plan = new Plan(desk);
    expect(codes(await addRequest(desk, COMMON, plan, it, input))).toEqual(['allowed']);
    expect(fileAt(plan.world.tree, 'promotions/triage/1.0.0/rubric.json')?.sha256).toBe(
      fileAt(locked, path)?.sha256,
    );
    await expect(ask({}, deskOf(later))).rejects.toMatchObject({ code: 'NO_INPUT' });
  });
});

describe('evidence', () => {
  const bring = async (files: readonly string[], name: Person = 'ci', answers: readonly string[] = []) => {
    const desk = deskOf(await requested(), name);
    return await addEvidence(desk, COMMON, new Plan(desk), it, {
      ...{ files, asPath: null, answers, confidential: null },
    });
  };

  test('known documents go by their names, others are attachments', async () => {
    file('plots/loss.png', 'png');
    expect(await bring(['model-card.md', 'plots/loss.png'])).toEqual([
      'model-card.md',
      'attachments/loss.png',
    ]);
  });

  test('an operator brings the rollback procedure and nothing else', async () => {
    expect(await bring(['rollback-procedure.md'], 'kim')).toEqual(['rollback-procedure.md']);
    expect(codes(await bring(['model-card.md'], 'kim'))).toEqual(['EVIDENCE_NOT_YOURS']);
  });

  test('what is not governed, collides or is nameless is a wrong command line', async () => {
    file('docs/README.md', 'x');
    file('other/model-card.md', CARD);
    file('a b.png', 'x');
    for (const files of [['docs/README.md'], ['model-card.md', 'other/model-card.md'], ['a b.png']])
      await expect(bring(files)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('an answer to nothing is refused', async () => {
    expect(codes(await bring(['model-card.md'], 'ci', ['00000000']))).toEqual(['ANSWER_UNKNOWN']);
  });
});

describe('evaluating', () => {
  const run = SafeName.parse('run-1');
  const evaluate = async (
    path: string,
    errored: string | null = null,
    importer: string | null = null,
    transcripts: readonly string[] = [],
  ) => {
    const desk = deskOf(await requested());
    const plan = new Plan(desk);
    const order = { results: path, transcripts, run, importer, errored, confidential: null };
    const done = await addEvaluation(desk, COMMON, plan, it, order);
    expect(addDueStep(desk, COMMON, plan, it)).toBeNull();
    return { done, plan };
  };

  test('a run that clears the lock carries the transition', async () => {
    const { done, plan } = await evaluate(results('good', 'one', 0.8, 0.7));
    expect(done).toMatchObject({ status: 'complete', scores: { core: '0.8', verdict: 'pass' } });
    expect(acts(plan)).toEqual(['evaluate', 'transition']);
  });

  test('a run that fails is recorded and moves nothing', async () => {
    const { done, plan } = await evaluate(results('poor', 'one', 0.8, 0.5));
    expect(done).toMatchObject({ scores: { verdict: 'fail' } });
    expect(acts(plan)).toEqual(['evaluate']);
  });

  test('a result nobody likes is no error, by whatever importer', async () => {
    const poor = results('poor', 'one', 0.8, 0.5);
    expect(codes((await evaluate(poor, 'out of memory')).done)).toEqual(['EVAL_NOT_ERRORED']);
    expect(codes((await evaluate(poor, 'out of memory', 'another')).done)).toEqual(['EVAL_NOT_ERRORED']);
  });

  describe('with transcripts', () => {
    const good = () => results('good', 'one', 0.8, 0.7);
    const line = '{"doc_id":0,"arguments":[["Q",{}]],"resps":[["A"]],"acc":1.0}\n';
    const bring = async (...transcripts: readonly string[]) => {
      const { plan } = await evaluate(good(), null, null, transcripts);
      const bundle = bundleOf(plan.world.tree, it);
      if (bundle === null) throw new Error('there is no bundle');
      return { plan, items: itemsOf(context, bundle, { run, status: 'complete' }) };
    };
    const raw = ({ world }: Plan) =>
      namesIn(world.tree, 'promotions/triage/1.0.0/eval-transcripts/run-1/raw');

    test('files and folders of them are kept beside the output, and their items can be read', async () => {
      file('logs/samples_a_2026-03-02T09-30-00.5.jsonl', line);
      file('logs/notes.txt', 'x');
      const { plan, items } = await bring(file('samples_b.jsonl', `${line}oops\n`), 'logs/');
      expect(raw(plan)).toEqual(['good.json', 'samples_a_2026-03-02T09-30-00.5.jsonl', 'samples_b.jsonl']);
      expect(items.items.map(({ key, output }) => [key, output])).toEqual([
        ['run-1/a/0', 'A'],
        ['run-1/b/0', 'A'],
      ]);
      expect(itemCountLines(items, 200)).toEqual([
        'items of run-1: 1 of a, 1 of b',
        expect.stringContaining(
          'not read: 1 line of eval-transcripts/run-1/raw/samples_b.jsonl, the first of them 2, which is not JSON',
        ),
      ]);
    });

    test('a name that a repository cannot hold still says the task, as long as it can', async () => {
      const task = 't'.repeat(70);
      const long = file(`samples_${task}_2026-03-02T09-30-00.123456.jsonl`, line);
      const { plan, items } = await bring(
        long,
        file('x/samples_ä b.jsonl', line),
        file(`${'n'.repeat(120)}.jsonl`, '1'),
      );
      expect(raw(plan)).toEqual([
        'good.json',
        'samples___b.jsonl',
        `samples_${task}.jsonl`,
        expect.stringMatching(/^transcript-[0-9a-f]{12}\.jsonl$/),
      ]);
      expect(items.items.map(({ task: of }) => of)).toContain(task);
    });

    test.each([
      ['no .jsonl file', () => ['model-card.md']],
      ['a folder without any', () => [join(file('empty/x.txt', 'x'), '..')]],
      ['two of one name', () => [file('one/a.jsonl', line), file('two/A.jsonl', line)]],
    ])('%s is a mistake', async (_what, paths) => {
      await expect(bring(...paths())).rejects.toMatchObject({ code: 'USAGE' });
    });

    test('a run without any has no items to tell of', async () => {
      expect(itemCountLines((await bring()).items, 80)).toEqual([]);
    });
  });

  test('a log is an error and no result', async () => {
    const log = file('run.log', 'killed');
    expect((await evaluate(log, 'out of memory')).done).toMatchObject({ status: 'errored' });
    expect(codes((await evaluate(log)).done)).toEqual(['EVAL_UNSCORABLE']);
  });

  test('an unknown importer is a wrong command line', async () => {
    await expect(evaluate('run.log', null, 'another')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('of another adapter it is refused', async () => {
    const other = results('other', 'two', 0.8, 0.7);
    expect(codes((await evaluate(other)).done)).toEqual(['EVAL_OTHER_MODEL']);
  });
});

describe('submitting', () => {
  const submit = async (changes: Partial<SubmissionInput>, common = COMMON, tree = locked) => {
    const desk = deskOf(tree);
    const plan = new Plan(desk);
    const order: SubmissionInput = {
      ...input,
      runs: runsOf(results('good', 'one', 0.8, 0.7)),
      evidence: ['model-card.md', 'rollback-procedure.md'],
      importer: null,
      confidential: null,
      registry: 'registry',
      signModel: null,
      plainHttp: false,
      ...changes,
    };
    return { desk, plan, done: await planSubmission(desk, common, plan, it, order) };
  };
  const runsOf = (...files: readonly string[]) =>
    files.map((path, index) => ({
      results: path,
      transcripts: [],
      run: SafeName.parse(`run-${index + 1}`),
    }));

  test('tells all that is wrong about times at once', async () => {
    const metadata = file('late.yaml', METADATA.replace(at(2), at(0)).replace(at(3), at(5.5)));
    expect(codes((await submit({ metadata })).done)).toEqual([
      'TRAINING_BEFORE_LOCK',
      'EVAL_BEFORE_TRAINING_END',
    ]);
    const early = file('early-again.yaml', METADATA.replace(at(2), at(0)));
    expect(codes((await submit({ metadata: early })).done)).toEqual(['TRAINING_BEFORE_LOCK']);
    const unread = runsOf('model-card.md', 'nowhere.json');
    expect(codes((await submit({ metadata, runs: unread })).done)).toEqual(['TRAINING_BEFORE_LOCK']);
  });

  test('goes all the way where it clears the lock, and again changes nothing', async () => {
    for (let time = 0; time < 2; time += 1) {
      const { done, plan } = await submit({});
      expect(done).toMatchObject({ kind: 'planned', state: 'artifact-exported' });
      expect(acts(plan)).toEqual(['request', 'evidence', 'evaluate', 'transition', 'export', 'transition']);
      const digest = recordOf(plan.world.tree, it)?.export?.manifest.sha256 ?? '';
      expect(existsSync(join(root, 'registry/blobs/sha256', digest))).toBe(true);
    }
  });

  test.each<[string, number, object]>([
    ['a failing run', 0.5, COMMON],
    ['a dry run', 0.7, DRY],
  ])('copies nothing for %s', async (_what, b, common) => {
    const registry = `registry-${b}`;
    const runs = runsOf(results(`b-${b}`, 'one', 0.8, b));
    const { done, plan } = await submit({ registry, runs }, { ...COMMON, ...common });
    expect(done).toMatchObject({ kind: 'planned', state: b < 0.6 ? 'candidate' : 'artifact-exported' });
    expect(acts(plan).includes('export')).toBe(b >= 0.6);
    expect(existsSync(join(root, registry))).toBe(false);
  });

  test('of two runs the worst decides, and one alone decides nothing', async () => {
    const tree = await lockedTree({ line: { runs: 2 } });
    const [good, better, poor] = [
      results('good', 'one', 0.8, 0.7),
      results('better', 'one', 0.9, 0.8),
      results('poor', 'one', 0.8, 0.5),
    ];
    const stateOf = async (...files: readonly string[]) =>
      (await submit({ runs: runsOf(...files) }, COMMON, tree)).done;
    expect(await stateOf(good)).toMatchObject({ state: 'candidate' });
    expect(await stateOf(good, better)).toMatchObject({ state: 'artifact-exported' });
    expect(await stateOf(good, poor)).toMatchObject({ state: 'candidate', exported: null });
    expect(codes(await stateOf(good, good))).toEqual(['EVAL_RUN_REPEATED']);
    expect(codes(await stateOf(good, better, poor))).toContain('EVAL_ALREADY_DECIDED');
  });

  test('signs what it exports, and takes in only what is signed by whom it was asked', async () => {
    const pair = generateKeyPairSync('ec', {
      namedCurve: 'prime256v1',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    writeFileSync(join(root, 'model.key'), pair.privateKey);
    writeFileSync(join(root, 'model.pub'), pair.publicKey);
    const unsigned = await submit({ modelKey: 'model.pub' });
    expect(JSON.stringify(unsigned.done)).toMatch(/MODEL_SIGNATURE.*is not there/);
    expect((await submit({ registry: 'signed', signModel: 'model.key' })).done.kind).toBe('planned');
    const [signature = ''] = readdirSync(join(root, 'signed')).filter((name) => name.endsWith('.model.sig'));
    cpSync(join(root, 'adapters/one'), join(root, 'copies/one'), { recursive: true });
    cpSync(join(root, 'signed', signature), join(root, 'copies/one', 'model.sig'));
    expect(codes((await submit({ adapter: 'copies/one', modelKey: 'model.pub' })).done)).toEqual(['allowed']);
    await expect(submit({ modelKey: 'model.pub', modelCa: 'model.pub' })).rejects.toThrow(/--model-ca/);
  });

  test('tells the state, what comes next and a waived separation', async () => {
    const waived = { productionGates: 'same-person', requesterBarredFrom: [], reason: 'a team of one' };
    const tree = await lockedTree({ separation: waived });
    const { desk, plan } = await submit({ evidence: ['model-card.md'] }, DRY, tree);
    const report = { commit: 'f'.repeat(40), dryRun: false, files: [], signer: 'ci', demonstration: false };
    const outcome = iterationOutcome(desk, plan, it, report, { json: {}, lines: () => [] });
    if (outcome.kind === 'refused') throw new Error('was refused');
    expect(outcome.json).toMatchObject({
      state: 'artifact-exported',
      runs: 'pass',
      separationWaived: 'a team of one',
      next: ['modelsmith evidence add triage@1.0.0 rollback-procedure.md', 'modelsmith approve triage@1.0.0'],
    });
    expect(outcome.text({ columns: 80, color: false })).toContain('SEPARATION_WAIVED  a team of one');
  });
});

describe('exporting', () => {
  const layoutAt = (name: string) => ({ kind: 'layout', folder: join(root, name) }) as const;

  const exportAs = async (name: Person, folder: string, registry: string) => {
    const start = deskOf(await requested());
    const plan = new Plan(start);
    const run = SafeName.parse('run-1');
    const path = results('good', 'one', 0.8, 0.7);
    const made = { results: path, transcripts: [], run, importer: null, errored: null, confidential: null };
    await addEvaluation(start, COMMON, plan, it, made);
    expect(addDueStep(start, COMMON, plan, it)).toBeNull();
    const desk = deskOf(plan.world.tree, name);
    const order = {
      adapter: folder,
      registry: layoutAt(registry),
      inspected: false,
      signModel: null,
    } as const;
    return await addExport(desk, COMMON, new Plan(desk), it, order);
  };

  test('takes the weights of the request and no others', async () => {
    expect(codes(await exportAs('ci', adapter('two'), 'r-two'))).toEqual(['FILE_DIFFERS']);
    expect(existsSync(join(root, 'r-two'))).toBe(false);
    expect(codes(await exportAs('ci', input.adapter, 'r-one'))).toEqual(['allowed']);
    expect(existsSync(join(root, 'r-one/index.json'))).toBe(true);
  });

  const placeOf = (registry: string | null, own: OwnSettings | null = null, plainHttp = false) => {
    const { workspace } = deskOf(locked);
    const settings = { file: 'config.yaml', load: () => Promise.resolve(own) };
    const repository = { id: workspace.world.law.repository.id, facts: workspace.facts };
    return exportRegistry({ ...context, settings }, { registry, plainHttp }, repository);
  };

  test('the registry lies beside the repository unless named, and never in it', async () => {
    expect(await placeOf(null)).toEqual(layoutAt('evidence-registry'));
    expect(await placeOf('there')).toEqual(layoutAt('there'));
    for (const inside of ['evidence', 'evidence/.git/r', 'evidence/models'])
      await expect(placeOf(inside)).rejects.toThrow('outside the evidence repository');
  });

  test('a registry of the network is one by its address, and the settings of a person name one as well', async () => {
    const { id } = deskOf(locked).workspace.world.law.repository;
    const remote = { kind: 'remote', host: 'reg.example:5000', repository: 'a/b', plainHttp: false };
    expect(await placeOf('oci://reg.example:5000/a/b')).toEqual(remote);
    const own: OwnSettings = { schema: 'modelsmith/settings/v1', registry: 'oci://reg.example:5000/a/b' };
    expect(await placeOf(null, own)).toEqual(remote);
    expect(await placeOf(null, own, true)).toEqual({ ...remote, plainHttp: true });
    expect(await placeOf('there', own)).toEqual(layoutAt('there'));
    const nearer = { ...own, repositories: { [id]: { registry: 'oci://other.example/c' } } };
    expect(await placeOf(null, nearer)).toMatchObject({ host: 'other.example', repository: 'c' });
    for (const wrong of [
      'https://reg.example/a',
      'oci://reg.example',
      'oci:///a',
      'oci://u@reg.example/a',
      'oci://r/A',
    ])
      await expect(placeOf(wrong), wrong).rejects.toThrow('the registry ');
  });

  test('copies nothing for somebody who may not', async () => {
    expect(codes(await exportAs('kim', input.adapter, 'r-kim'))).toEqual(['ROLE_NOT_HELD']);
    expect(existsSync(join(root, 'r-kim'))).toBe(false);
  });
});
