import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scratchFolders } from '../../../src/adapters/files/scratch-folders.ts';
import { sha256, type Sha256 } from '../../../src/base/digest.ts';
import { submitCandidate, type CandidateEnd } from '../../../src/commands/watch/candidate.ts';
import type { Order } from '../../../src/commands/watch/order.ts';
import { checkReady, whyNow } from '../../../src/commands/watch/readiness.ts';
import type { Round } from '../../../src/commands/watch/round.ts';
import { candidateLine, healthLine } from '../../../src/commands/watch/view.ts';
import type { Desk } from '../../../src/commands/shared/opening/write.ts';
import type { LineName } from '../../../src/domain/names.ts';
import type { RegistryPlace } from '../../../src/domain/registry-place.ts';
import { EMPTY_TREE, type TreeFolder } from '../../../src/domain/tree.ts';
import { loraAdapter } from '../../../src/adapters/artifacts/sample.ts';
import { sampleResults } from '../../../src/adapters/evals/sample.ts';
import { memoryRegistry, type MemoryRegistry } from '../oci/hostile-registry.ts';
import { CARD, requestIt } from '../support/acts.ts';
import { keyOf, LINE, lawTree, type LawChanges, type Person } from '../support/law-files.ts';
import { at, done } from '../support/world.ts';
import { COMMON, context, deskOf, file, lockedTree, METADATA, root } from './pipeline-desk.ts';

/** A registry on this machine that answers as the specification of OCI distribution says; the repository is a tree in memory. */

const DRY = { ...COMMON, dryRun: true };
const BASE = 'org/base';
const COMMIT = 'b'.repeat(40);
const KEYS = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const PUBLIC = KEYS.publicKey.export({ type: 'spki', format: 'pem' }).toString();
let locked: TreeFolder = EMPTY_TREE;
let there: MemoryRegistry;
beforeAll(async () => {
  locked = await lockedTree();
  file('trainer.pub', PUBLIC);
});
beforeEach(async () => (there = await memoryRegistry()));
afterEach(() => there.stop());

const scratch = scratchFolders(root);
/** The same history under a law that was changed since. */
const under = (law: LawChanges): TreeFolder =>
  lawTree({ ...law, rubric: { harness: { name: 'lm-evaluation-harness' } } }, locked);
const deskAt = (tree = locked, name: Person = 'ci'): Desk => ({
  ...deskOf(tree, name),
  context: { ...context, scratch },
});
const placed = (): RegistryPlace => ({
  kind: 'remote',
  host: there.host,
  repository: 'models/claims',
  plainHttp: false,
});
const orderOf = (changes: Partial<Order> = {}): Order => ({
  ...{ line: LINE as LineName, place: placed(), plainHttp: false, registry: join(root, 'exports') },
  ...{ base: null, onBehalfOf: null, importer: null, modelKey: null, modelCa: null, signModel: null },
  ...{ lock: null, exception: [], confidential: null },
  ...changes,
});

type Content = Readonly<Record<string, Uint8Array | string | null>>;

/** @returns the digest. */
function pushed(content: Content, iteration: string | null = `${LINE}@1.0.0`): Sha256 {
  const put = (bytes: Buffer) => {
    there.blobs.set(`sha256:${sha256(bytes)}`, bytes);
    return { digest: `sha256:${sha256(bytes)}`, size: bytes.length };
  };
  const layers = Object.entries(content).flatMap(([title, text]) =>
    text === null
      ? []
      : [
          {
            ...put(Buffer.from(text)),
            mediaType: 'application/octet-stream',
            annotations: { 'org.opencontainers.image.title': title },
          },
        ],
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', ...put(Buffer.from('{}')) },
      layers,
      annotations: iteration === null ? {} : { 'dev.modelsmith.iteration': iteration },
    }),
  );
  there.manifests.set(`sha256:${sha256(manifest)}`, manifest);
  return sha256(manifest);
}

function candidate(changes: Content = {}): Content {
  const shape = { rank: 2, modules: ['q_proj'], hidden: 8, layers: 1, seed: 'one' };
  const parts = loraAdapter({ ...shape, base: BASE, revision: COMMIT });
  const task = { metric: 'acc', filter: 'none', samples: 100, higherIsBetter: true };
  const tasks = [
    { ...task, task: 'task-a', value: 0.85 },
    { ...task, task: 'task-b', value: 0.75 },
  ];
  return {
    ...Object.fromEntries(parts.map(({ path, bytes }) => [path, bytes])),
    'submission/metadata.yaml': METADATA,
    'submission/runs/first/results.json': sampleResults({
      ...{ base: BASE, revision: COMMIT, adapter: 'out/claims', tasks, date: at(5) },
    }),
    'submission/evidence/model-card.md': CARD,
    ...changes,
  };
}

async function submitted(manifest: Sha256, desk = deskAt(), order = orderOf()): Promise<CandidateEnd> {
  const ready = await checkReady(desk, DRY, order);
  const registry = await desk.context.registry(order.place);
  return await submitCandidate(desk, DRY, registry, { manifest, tags: ['candidate-1'] }, order, ready);
}

const blobsAsked = (): number =>
  there.asked.filter((line) => line.startsWith('GET') && line.includes('/blobs/')).length;

describe('a candidate in a registry', () => {
  test('is read whole from what one digest covers', async () => {
    const end = await submitted(pushed(candidate()));
    expect(candidateLine(end)).toMatch(
      /^candidate-1 .*: would be submitted as triage@1\.0\.0, artifact-exported$/,
    );
  });

  test.each<[string, Content, string]>([
    ['no metadata', { 'submission/metadata.yaml': null }, 'no submission/metadata.yaml'],
    ['metadata that is none', { 'submission/metadata.yaml': 'x: 1' }, 'the metadata is not sound'],
    ['no run', { 'submission/runs/first/results.json': null }, 'no submission/runs/'],
    [
      'a run without results',
      { 'submission/runs/first/results.json': null, 'submission/runs/first/a.txt': 'x' },
      'no output of a harness',
    ],
    [
      'a document that is none of the bundle',
      { 'submission/evidence/README.md': 'x' },
      'cannot be the name of an attachment',
    ],
    ['a name that leads out', { '../x': 'x' }, 'the manifest'],
    ['no adapter', { 'adapter_config.json': null }, 'cannot be requested'],
    ['a pickle', { 'x.bin': 'x' }, 'cannot be requested'],
  ])('with %s is refused, whatever is tried again', async (_what, changes, why) => {
    const end = await submitted(pushed(candidate(changes)));
    expect(end).toMatchObject({ status: 'refused', why: expect.stringContaining(why) as string });
  });

  test('of another line or without a name is refused before a byte of it is downloaded', async () => {
    for (const name of [null, 'other@1.0.0', `${LINE}@../x`, `${LINE}@1.0.0\u001b[2J`])
      expect(await submitted(pushed(candidate(), name))).toMatchObject({ status: 'refused', under: null });
    expect(blobsAsked()).toBe(0);
  });

  test('that the law refuses is refused under this law only; what its files lack under any', async () => {
    const bad = METADATA.replace('adapter-update', 'full-finetune');
    const byLaw = await submitted(pushed(candidate({ 'submission/metadata.yaml': bad })));
    const { ground } = await checkReady(deskAt(), DRY, orderOf());
    expect(byLaw).toMatchObject({ status: 'refused', under: ground });
    const other = deskAt(under({ line: { mutations: ['adapter-update', 'full-finetune'] } }));
    expect((await checkReady(other, DRY, orderOf())).ground).not.toBe(ground);
    expect((await checkReady(deskAt(), DRY, orderOf({ modelKey: 'trainer.pub' }))).ground).not.toBe(ground);
    expect(await submitted(pushed(candidate({ 'submission/metadata.yaml': null })))).toMatchObject({
      under: null,
    });
  });

  test('is tried again where it is the registry that fails', async () => {
    const digest = pushed(candidate());
    there.misbehave = (request, response) => {
      if (!(request.url ?? '').includes('/blobs/')) return false;
      response.writeHead(403).end();
      return true;
    };
    expect(await submitted(digest)).toMatchObject({ status: 'failed', isOwn: false });
  });

  test('that the policy wants signed says so of itself where nothing looks at signatures', async () => {
    const lockStrength = { low: 'declared', standard: 'attested', high: 'attested' };
    const end = await submitted(pushed(candidate()), deskAt(under({ line: { lockStrength } })));
    expect(candidateLine(end)).toContain('start it with --model-key');
  });

  test('is not blamed for who reads held-out items, nor for a key that goes while it is downloaded', async () => {
    const barred = deskAt(under({ line: { evidenceReaders: ['mia'] } }));
    const end = await submitted(pushed(candidate()), barred);
    expect(end).toMatchObject({
      status: 'failed',
      isOwn: true,
      error: { remedy: expect.any(String) as string },
    });
    const order = orderOf({ modelKey: 'goes.pub' });
    file('goes.pub', PUBLIC);
    const desk = deskAt();
    const ready = await checkReady(desk, DRY, order);
    file('goes.pub', 'no key');
    const registry = await desk.context.registry(order.place);
    const found = { manifest: pushed(candidate()), tags: ['candidate-1'] };
    const told = await submitCandidate(desk, DRY, registry, found, order, ready);
    expect(told).toMatchObject({ status: 'failed', isOwn: true, error: { place: { file: 'goes.pub' } } });
    expect(candidateLine(told)).toContain('next: name the public key of the trainer with --model-key');
  });
});

describe('what the watcher itself lacks', () => {
  const ready = async (order: Partial<Order>, law: LawChanges = {}, name: Person = 'ci') => {
    const desk = deskAt(under(law), name);
    return await checkReady(desk, DRY, orderOf(order));
  };
  const ended = { keys: [{ fingerprint: keyOf('ci'), retired: { reason: 'lost' } }] };
  test.each<[string, Partial<Order>, LawChanges, object]>([
    [
      'a key file that is not there',
      { modelKey: 'none.pub' },
      {},
      { code: 'NO_INPUT', place: { file: 'none.pub' } },
    ],
    [
      'a key that is none',
      { modelKey: 'model-card.md' },
      {},
      { code: 'BAD_DATA', place: { file: 'model-card.md' } },
    ],
    ['authorities that are none', { modelCa: 'trainer.pub' }, {}, { code: 'BAD_DATA' }],
    ['both at once', { modelKey: 'trainer.pub', modelCa: 'trainer.pub' }, {}, { code: 'USAGE' }],
    ['a key to sign with that is none', { signModel: 'trainer.pub' }, {}, { code: 'BAD_DATA' }],
    ['a base without a pin', { base: 'org/base' }, {}, { code: 'USAGE' }],
    ['an importer that nobody knows', { importer: 'x' }, {}, { code: 'USAGE' }],
    ['exports into the evidence', { registry: join(root, 'evidence/x') }, {}, { code: 'USAGE' }],
    ['a line that no rule matches', { line: 'other' as LineName }, {}, { code: 'NO_SIGNER' }],
    ['somebody who is not enrolled', { onBehalfOf: 'nobody' as never }, {}, { code: 'NO_SIGNER' }],
    [
      'the role',
      {},
      { people: { ci: { roles: [{ role: 'pipeline', lines: ['x'] }] } } },
      { code: 'NO_SIGNER' },
    ],
    ['a key that is in force', {}, { people: { ci: ended } }, { code: 'NO_SIGNER' }],
    [
      'a key where the policy wants signatures',
      {},
      { line: { lockStrength: 'attested' } },
      { code: 'USAGE' },
    ],
  ])('%s is told with its remedy before anything is downloaded', async (_what, order, law, error) => {
    file('model-card.md', CARD);
    await expect(ready(order, law)).rejects.toMatchObject(error);
    expect(there.asked).toEqual([]);
  });

  test('a person may not, and what is in order says what is its own', async () => {
    await expect(ready({}, {}, 'may')).rejects.toMatchObject({ code: 'USAGE' });
    const { own } = await ready({ modelKey: 'trainer.pub' });
    expect(own).toEqual(['trainer.pub', join(root, 'exports')]);
  });
});

describe('the line of a look', () => {
  const round: Round = {
    ...{
      ends: [],
      found: 0,
      known: 0,
      refusedBefore: 0,
      waits: null,
      shared: true,
      demonstration: false,
      unread: [],
    },
  };
  test('tells what was done now from what was done before, and that nothing is there', () => {
    expect(healthLine(round)).toBe('0 submitted, no tag matches there');
    expect(healthLine({ ...round, found: 3, known: 2, refusedBefore: 1 })).toBe(
      '0 submitted, 2 before, 1 refused',
    );
  });
});

describe('what any candidate waits for', () => {
  test('is a lock, and room on the line', () => {
    expect(whyNow(deskAt(lawTree()), orderOf())).toBe('triage has no lock yet');
    expect(whyNow(deskAt(), orderOf({ line: 'triag' as LineName }))).toContain('did you mean triage?');
    expect(whyNow(deskAt(), orderOf())).toBeNull();
    const one = done(under({ line: { populationCeiling: 1 } }), requestIt());
    expect(whyNow(deskAt(one), orderOf())).toContain('at most 1 may');
  });
});
