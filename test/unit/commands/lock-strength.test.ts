import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { artifactInspector } from '../../../src/adapters/artifacts/inspector.ts';
import { modelSignatures } from '../../../src/adapters/artifacts/model-signing.ts';
import { sha256 } from '../../../src/base/digest.ts';
import { addEvaluation } from '../../../src/commands/shared/intake/add-evaluation.ts';
import { addExport } from '../../../src/commands/shared/intake/add-export.ts';
import { addRequest } from '../../../src/commands/shared/intake/add-request.ts';
import { addDueStep } from '../../../src/commands/shared/intake/automatic-step.ts';
import type { Context } from '../../../src/commands/shared/context.ts';
import { lockWords } from '../../../src/commands/shared/intake/lock-words.ts';
import { Plan } from '../../../src/commands/shared/opening/write.ts';
import { planSubmission, type SubmissionInput } from '../../../src/commands/shared/intake/submission.ts';
import { checkRegistry, countBound } from '../../../src/commands/verify/registry-content.ts';
import { EntryId, SafeName } from '../../../src/domain/names.ts';
import { EMPTY_TREE, type TreeFolder } from '../../../src/domain/tree.ts';
import { lockStanding } from '../../../src/machine/lock-strength.ts';
import { recordOf } from '../../../src/machine/world.ts';
import type { LockStamp } from '../../../src/ports/artifacts.ts';
import { CARD, ROLLBACK } from '../support/acts.ts';
import { lockIn, trainerOf } from '../support/lock-ties.ts';
import { bundleAt, iterationOf, worldOf } from '../support/world.ts';
import {
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
const OTHER = EntryId.parse('f'.repeat(64));
const WEIGHTS = 'adapter_model.safetensors';
const pair = generateKeyPairSync('ec', {
  namedCurve: 'prime256v1',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const TRAINERS = { trainers: [{ id: 'cluster', lines: ['*'], key: trainerOf(pair.privateKey).key }] };
let locked: TreeFolder = EMPTY_TREE;

beforeAll(async () => {
  locked = await lockedTree({ policy: TRAINERS });
  file('metadata.yaml', METADATA);
  file('model-card.md', CARD);
  file('rollback-procedure.md', ROLLBACK);
  file('trainer.pub', pair.publicKey);
});

/** An adapter whose weights carry a lock. */
function stamped(name: string, lock: string | null): string {
  const folder = adapter(name);
  const bytes = readFileSync(join(root, folder, WEIGHTS));
  const size = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, 8 + size).toString()) as Record<string, object>;
  const metadata = { format: 'pt', ...(lock !== null && { 'modelsmith.lock': lock }) };
  const text = Buffer.from(JSON.stringify({ ...header, __metadata__: metadata }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  file(`${folder}/${WEIGHTS}`, Buffer.concat([length, text, bytes.subarray(8 + size)]));
  return folder;
}

/** Signs the folder as it is, as a trainer does. */
function sign(folder: string): void {
  const there = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'model.sig')
    .map(({ parentPath, name }) => relative(join(root, folder), join(parentPath, name)));
  const files = there.map((path) => {
    const bytes = readFileSync(join(root, folder, path));
    return { path, size: bytes.length, sha256: sha256(bytes) };
  });
  const key = new TextEncoder().encode(pair.privateKey);
  file(`${folder}/model.sig`, modelSignatures.sign('adapter', files, key, null));
}

async function submit(folder: string, changes: Partial<SubmissionInput> = {}, tree = locked, seen = context) {
  const said: string[] = [];
  const terminal = { ...seen.terminal, say: (text: string) => void said.push(text) };
  const desk = { ...deskOf(tree), context: { ...seen, terminal } };
  const plan = new Plan(desk);
  const name = folder.split('/').at(-1) ?? '';
  const done = await planSubmission(desk, COMMON, plan, it, {
    ...{
      adapter: folder,
      metadata: 'metadata.yaml',
      base: null,
      lock: null,
      origin: null,
      onBehalfOf: null,
      exception: [],
    },
    ...{
      modelKey: null,
      modelCa: null,
      importer: null,
      confidential: null,
      signModel: null,
      plainHttp: false,
    },
    runs: [
      { results: results(`good-${name}`, name, 0.8, 0.7), transcripts: [], run: SafeName.parse('run-1') },
    ],
    evidence: ['model-card.md', 'rollback-procedure.md'],
    registry: `registry-${name}`,
    ...changes,
  });
  return { done, said, tree: plan.world.tree };
}

const wordsIn = (tree: TreeFolder) => lockWords(lockStanding(worldOf(tree).law, bundleAt(tree)));
const reread = async (tree: TreeFolder, registry: string) =>
  (await checkRegistry(context, tree, registry, false, true)).findings.map(({ reason, signer }) => ({
    ...reason,
    signer,
  }));

describe('what comes in', () => {
  test('is bound where the weights carry the lock, and the registry shows it again', async () => {
    const { done, said, tree } = await submit(stamped('bound', lockIn(locked)));
    expect(done).toMatchObject({ kind: 'planned', state: 'artifact-exported' });
    expect(said).toContain(
      'its lock is bound: the weights carry its id; no signature over the model is recorded',
    );
    expect(recordOf(tree, it)?.request).toMatchObject({
      lockStrength: 'bound',
      artifact: { stamps: [{ path: WEIGHTS, lock: lockIn(locked) }] },
    });
    expect(countBound(tree)).toBe(1);
    expect(await reread(tree, 'registry-bound')).toEqual([]);
  });

  test('is declared where they carry none, and nothing is said of it', async () => {
    const { said, tree } = await submit(adapter('plain'));
    expect(said).toEqual([]);
    expect(wordsIn(tree)).toBe('declared: the weights do not carry its id');
    expect(recordOf(tree, it)?.request.artifact).not.toHaveProperty('stamps');
    expect(countBound(tree)).toBe(0);
    expect(await reread(tree, 'registry-plain')).toEqual([]);
  });

  test('is refused where they carry another', async () => {
    const { done } = await submit(stamped('other', OTHER));
    expect(codes(done)).toEqual(['LOCK_STAMP_OTHER']);
    expect(codes((await submit(stamped('none', 'no id'))).done)).toEqual(['ARTIFACT_REFUSED']);
  });

  test('is attested where a trainer signed it with its lock, as the policy asks', async () => {
    const tree = await lockedTree({ policy: TRAINERS, line: { lockStrength: 'attested' } });
    const folder = stamped('signed', lockIn(tree));
    expect(codes((await submit(folder, {}, tree)).done)).toEqual(['LOCK_STRENGTH_LOW']);
    sign(folder);
    const nameless = await submit(folder, { modelKey: 'trainer.pub' }, tree);
    expect(codes(nameless.done)).toEqual(['LOCK_STRENGTH_LOW']);
    file(`${folder}/modelsmith.lock`, `${lockIn(tree)}\n`);
    sign(folder);
    const { done, said, tree: after } = await submit(folder, { modelKey: 'trainer.pub' }, tree);
    expect(done).toMatchObject({ kind: 'planned', state: 'artifact-exported' });
    expect(said).toContain(
      'its lock is attested: the weights carry its id, and the trainer cluster signed both',
    );
    expect(wordsIn(after)).toBe(
      'attested: the weights carry its id, and the trainer cluster signed both; the policy asks for attested',
    );
    // The signature is there, and nobody said whose it has to be.
    expect(codes((await submit(folder, {}, tree)).done)).toEqual(['LOCK_STRENGTH_LOW']);
  });

  test('is refused where the trainer signed it for another lock', async () => {
    const folder = stamped('two', lockIn(locked));
    file(`${folder}/modelsmith.lock`, `${OTHER}\n`);
    sign(folder);
    expect(codes((await submit(folder, { modelKey: 'trainer.pub' })).done)).toEqual(['LOCK_STAMP_OTHER']);
  });

  test('comes in without its signature where that lists more than a record takes', async () => {
    const folder = stamped('many', lockIn(locked));
    const deep = Array.from({ length: 4 }, () => 'x'.repeat(240)).join('/');
    for (let index = 0; index < 400; index += 1) file(`${folder}/${deep}/${index}.txt`, '');
    sign(folder);
    const { said, tree } = await submit(folder, { modelKey: 'trainer.pub' });
    expect(said).toContain(
      'warning: model.sig lists too many files to be recorded, so that it attests nothing',
    );
    expect(wordsIn(tree)).toMatch(/no signature over the model is recorded$/);
  });
});

describe('a pipeline that tells of weights what they do not show', () => {
  /** Records these stamps, whatever the weights carry. */
  const lying = (...stamps: readonly LockStamp[]): Context => ({
    ...context,
    inspector: {
      ...artifactInspector,
      inspect: async (folder, options) => {
        const found = await artifactInspector.inspect(folder, options);
        return found.kind === 'sound' ? { ...found, stamps } : found;
      },
    },
  });

  test('is found out where they are read again: they carry nothing', async () => {
    const stamp = { path: WEIGHTS, lock: EntryId.parse(lockIn(locked)) };
    const { tree } = await submit(adapter('liar'), {}, locked, lying(stamp));
    expect(wordsIn(tree)).toMatch(/^bound/);
    expect(await reread(tree, 'registry-liar')).toMatchObject([
      {
        code: 'CONTENT_DIFFERS',
        signer: 'ci',
        facts: {
          path: 'promotions/triage/1.0.0/promotion-record.json',
          message: `says that ${WEIGHTS} carries the lock ${stamp.lock}, and it carries no lock`,
        },
      },
    ]);
  });

  test('is found out where they are exported from a folder', async () => {
    const stamp = { path: WEIGHTS, lock: EntryId.parse(lockIn(locked)) };
    const desk = deskOf(await acceptedWith(stamp));
    const order = { adapter: 'adapters/exporter', inspected: false, signModel: null };
    const registry = { kind: 'layout', folder: join(root, 'again') } as const;
    const refused = await addExport(desk, COMMON, new Plan(desk), it, { ...order, registry });
    expect('kind' in refused ? codes(refused) : []).toEqual(['LOCK_STAMP_OTHER']);
  });

  /** An iteration with that stamp that is accepted, and not exported yet. */
  async function acceptedWith(stamp: LockStamp): Promise<TreeFolder> {
    const desk = { ...deskOf(locked), context: lying(stamp) };
    const plan = new Plan(desk);
    await addRequest(desk, COMMON, plan, it, {
      ...{ adapter: adapter('exporter'), metadata: 'metadata.yaml', base: null, lock: null, origin: null },
      ...{ onBehalfOf: null, exception: [], modelKey: null, modelCa: null },
    });
    const run = {
      results: results('exported', 'exporter', 0.8, 0.7),
      transcripts: [],
      run: SafeName.parse('run-1'),
    };
    await addEvaluation(desk, COMMON, plan, it, {
      ...run,
      importer: null,
      confidential: null,
      errored: null,
    });
    addDueStep(desk, COMMON, plan, it);
    return plan.world.tree;
  }

  test('is found out where it keeps another lock to itself, and not where it keeps the right one', async () => {
    const hidden = await submit(stamped('hidden', OTHER), {}, locked, lying());
    expect(wordsIn(hidden.tree)).toMatch(/^declared/);
    expect(await reread(hidden.tree, 'registry-hidden')).toMatchObject([
      { facts: { message: `says that ${WEIGHTS} carries no lock, and it carries the lock ${OTHER}` } },
    ]);
    const modest = await submit(stamped('modest', lockIn(locked)), {}, locked, lying());
    expect(await reread(modest.tree, 'registry-modest')).toEqual([]);
  });
});
