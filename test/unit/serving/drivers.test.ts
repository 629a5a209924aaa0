import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sha256 } from '../../../src/base/digest.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import type { FileEntry } from '../../../src/domain/entry.ts';
import { LineName, SafeName } from '../../../src/domain/names.ts';
import { Target } from '../../../src/domain/target.ts';
import { targetDriver } from '../../../src/adapters/serving/targets.ts';
import type { Deliverable, DriverParts, TargetDriver } from '../../../src/ports/targets.ts';
import { startVllm } from '../../real/support/vllm.ts';
import { iterationOf } from '../support/world.ts';

const root = mkdtempSync(join(tmpdir(), 'serving-'));
afterAll(() => rmSync(root, { recursive: true }));
const line = LineName.parse('triage');

const CONTENT: Readonly<Record<string, string>> = {
  'adapter_config.json': '{"r":8}',
  'adapter_model.safetensors': 'w',
  'extra/tokens/added.json': '{}',
};
const fileEntries = Object.entries(CONTENT).map(([path, text]) => ({
  ...{ path, size: text.length, sha256: sha256(text) },
})) as unknown as readonly FileEntry[];
const model = (version = '1.0.0'): Deliverable => ({
  iteration: iterationOf(version),
  manifest: sha256(version),
  artifact: sha256('artifact'),
  files: fileEntries,
});

function driverOf(target: object, own: object, parts: Partial<DriverParts> = {}): TargetDriver {
  return targetDriver(
    { name: SafeName.parse('eu'), target: Target.parse(target) },
    {
      own: own as DriverParts['own'],
      repository: '0123456789abcdefghjkmnpqrs' as DriverParts['repository'],
      told: [],
      barred: new Set(),
      // eslint-disable-next-line @typescript-eslint/require-await
      open: async function* ({ path }) {
        yield new TextEncoder().encode(CONTENT[path]);
      },
      rankOf: () => Promise.resolve(8),
      registry: () => Promise.reject(new Error('no registry here')),
      now: () => 1_770_000_000,
      ...parts,
    },
  );
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  return error instanceof CannotTell ? error.code : 'none';
};

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function serve(answer: (request: IncomingMessage, body: string, response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(request, Buffer.concat(parts).toString('utf8'), response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return `http://127.0.0.1:${bound.port}`;
}

describe('a vLLM server', () => {
  async function running(more: Partial<DriverParts> = {}) {
    const server = await startVllm('k'.repeat(16));
    open.push(() => server.stop());
    const target = { kind: 'vllm', address: server.address, adapters: '/models', maxRank: 16 };
    return { server, driver: driverOf(target, { kind: 'vllm', address: '', apiKey: 'k'.repeat(16) }, more) };
  }

  test('has an adapter loaded once, whatever is asked twice, and shows that it answers', async () => {
    const { server, driver } = await running();
    await driver.put('1.0.0', model());
    await driver.put('1.0.0', model());
    expect(server.loads).toEqual(['triage@1.0.0']);
    const [found] = await driver.look(line, [model()]);
    expect(found).toMatchObject({ key: '1.0.0', version: '1.0.0', sound: true });
    if (found === undefined) throw new Error('nothing found');
    expect(await driver.prove(found, model())).toContain('triage@1.0.0 loaded from /models/triage/1.0.0');
    await driver.remove('1.0.0', line);
    await driver.remove('1.0.0', line);
    expect(await driver.look(line, [model()])).toEqual([]);
  });

  test('has what lies under the name replaced where it came from elsewhere', async () => {
    const { server, driver } = await running();
    server.loaded.push({ id: 'triage@1.0.0', root: '/tmp/other' }, { id: 'triagers@1.0.0', root: '/x' });
    expect(await driver.look(line, [model()])).toMatchObject([{ key: '1.0.0', sound: false }]);
    await driver.put('1.0.0', model());
    expect(server.loaded.map(({ root: path }) => path).sort()).toEqual(['/models/triage/1.0.0', '/x']);
  });

  test('is asked nothing for what it would not load', async () => {
    const { server, driver } = await running({ rankOf: () => Promise.resolve(17) });
    expect(await codeOf(driver.put('1.0.0', model()))).toBe('BAD_DATA');
    const refused = await running({
      rankOf: () => Promise.reject(new CannotTell('BAD_DATA', 'modules_to_save')),
    });
    expect(await codeOf(refused.driver.put('1.0.0', model()))).toBe('BAD_DATA');
    expect([...server.asked, ...refused.server.asked]).toEqual([]);
  });

  test.each<[string, (response: ServerResponse) => void, string]>([
    [
      'that sends us elsewhere',
      (to) => to.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'NOT_PERMITTED',
    ],
    ['that does not let us in', (to) => to.writeHead(401).end(), 'NOT_PERMITTED'],
    ['that fails', (to) => to.writeHead(500).end('\u001b[2J'), 'UNREACHABLE'],
    ['that talks nonsense', (to) => to.writeHead(200).end('<html>'), 'BAD_DATA'],
    ['that answers another thing', (to) => to.writeHead(200).end('{"data":[{"id":7}]}'), 'BAD_DATA'],
    ['that never ends', (to) => to.writeHead(200).end('x'.repeat(5 * 1024 * 1024)), 'BAD_DATA'],
    ['that hangs up', (to) => void to.destroy(), 'UNREACHABLE'],
  ])('%s is believed nothing', async (_what, answer, code) => {
    const address = await serve((_request, _body, response) => answer(response));
    const driver = driverOf({ kind: 'vllm', address, adapters: '/models' }, { kind: 'vllm', address });
    expect(await codeOf(driver.look(line, []))).toBe(code);
  });
});

describe('a webhook', () => {
  test('is told in a way it can check, again where it failed, and twice the same under one id', async () => {
    const heard: { id: string; signed: boolean; body: string }[] = [];
    const secret = 's'.repeat(32);
    const address = await serve(({ headers }, body, response) => {
      const stamp = String(headers['modelsmith-timestamp']);
      const expected = createHmac('sha256', secret).update(`${stamp}.${body}`).digest('hex');
      const signed = headers['modelsmith-signature'] === `sha256=${expected}`;
      heard.push({ id: String(headers['idempotency-key']), signed, body });
      response.writeHead(heard.length === 1 ? 503 : 204).end();
    });
    const own = { kind: 'webhook', address, secret };
    const driver = driverOf({ kind: 'webhook', address }, own);
    expect(await driver.look(line, [model()])).toEqual([]);
    await driver.put('1.0.0', model());
    expect(await driver.look(line, [model()])).toMatchObject([{ key: '1.0.0', sound: true }]);
    await driverOf({ kind: 'webhook', address }, own).put('1.0.0', model());
    expect(heard).toHaveLength(3);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
    expect(heard.every(({ signed }) => signed)).toBe(true);
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
      event: 'put',
      iteration: 'triage@1.0.0',
      target: 'eu',
    });
    const later = driverOf({ kind: 'webhook', address }, own, {
      told: [
        { version: model().iteration.version, live: true, doubtful: false, receipt: 'a'.repeat(64) as never },
      ],
    });
    await later.remove('1.0.0', line);
    expect(await later.look(line, [model()])).toEqual([]);
    expect(heard.at(-1)?.id).not.toBe(heard[0]?.id);
  });

  test('that refuses is not told again', async () => {
    let count = 0;
    const address = await serve((_request, _body, response) => {
      count += 1;
      response.writeHead(422).end('no');
    });
    const driver = driverOf(
      { kind: 'webhook', address },
      { kind: 'webhook', address, secret: 's'.repeat(32) },
    );
    expect(await codeOf(driver.put('1.0.0', model()))).toBe('BAD_DATA');
    expect(count).toBe(1);
  });
});

describe('a webhook that has to take something away', () => {
  test('is told so unless a receipt says that it was, since it may have been told of what nobody signed for', async () => {
    const heard: string[] = [];
    const address = await serve(({ headers }, body, response) => {
      heard.push(`${(JSON.parse(body) as { event: string }).event} ${String(headers['idempotency-key'])}`);
      response.writeHead(204).end();
    });
    const { version } = model().iteration;
    const told = (live: boolean) => [{ version, live, doubtful: false, receipt: 'a'.repeat(64) as never }];
    const own = { kind: 'webhook', address, secret: 's'.repeat(32) };
    const driver = (parts: Partial<DriverParts>) => driverOf({ kind: 'webhook', address }, own, parts);
    const barred = new Set([version]);
    expect(await driver({ barred, told: told(false) }).look(line, [model()])).toEqual([]);
    for (let times = 0; times < 2; times += 1) {
      const killed = driver({ barred });
      expect(await killed.look(line, [model()])).toMatchObject([{ key: '1.0.0', version: '1.0.0' }]);
      await killed.remove('1.0.0', line);
      expect(await killed.look(line, [model()])).toEqual([]);
    }
    expect(new Set(heard).size).toBe(1);
    expect(heard[0]).toMatch(/^remove /);
  });

  test('is told anew that something is live which it may have been told to take away', async () => {
    const heard: string[] = [];
    const address = await serve(({ headers }, body, response) => {
      heard.push(`${(JSON.parse(body) as { event: string }).event} ${String(headers['idempotency-key'])}`);
      response.writeHead(204).end();
    });
    const { version } = model().iteration;
    const own = { kind: 'webhook', address, secret: 's'.repeat(32) };
    const driver = (parts: Partial<DriverParts>) => driverOf({ kind: 'webhook', address }, own, parts);
    await driver({}).put('1.0.0', model());
    const told = [{ version, live: true, doubtful: true, receipt: 'a'.repeat(64) as never }];
    const again = driver({ told });
    expect(await again.look(line, [model()])).toMatchObject([{ key: '1.0.0', sound: false }]);
    await again.put('1.0.0', model());
    expect(await again.look(line, [model()])).toMatchObject([{ key: '1.0.0', sound: true }]);
    expect(new Set(heard).size).toBe(2);
  });
});

describe('a directory', () => {
  const folder = join(root, 'models');
  const driver = driverOf({ kind: 'directory', folder }, { kind: 'directory', folder });

  test('holds whole iterations, and tells what was changed in them', async () => {
    expect(await driver.look(line, [model()])).toEqual([]);
    await driver.put('1.0.0', model());
    expect(await driver.look(line, [model()])).toMatchObject([
      { key: '1.0.0', version: '1.0.0', sound: true },
    ]);
    const there = join(folder, 'triage/1.0.0');
    for (const spoil of [
      () => writeFileSync(join(there, 'more.txt'), ''),
      () => writeFileSync(join(there, 'extra/more.txt'), ''),
      () => writeFileSync(join(there, 'extra/tokens/more.txt'), ''),
      () => writeFileSync(join(there, `.${'0'.repeat(36)}.new`), ''),
      () => mkdirSync(join(there, 'extra/tokens/more')),
      () => {
        renameSync(join(there, 'extra'), join(root, 'moved'));
        symlinkSync(join(root, 'moved'), join(there, 'extra'));
      },
      () => writeFileSync(join(there, 'adapter_config.json'), '{"r":9}'),
      () => rmSync(join(there, 'adapter_config.json')),
      () => {
        rmSync(join(there, 'adapter_config.json'));
        writeFileSync(join(root, 'elsewhere'), CONTENT['adapter_config.json'] ?? '');
        symlinkSync(join(root, 'elsewhere'), join(there, 'adapter_config.json'));
      },
    ]) {
      spoil();
      expect(await driver.look(line, [model()])).toMatchObject([{ sound: false }]);
      await driver.put('1.0.0', model());
      expect(await driver.look(line, [model()])).toMatchObject([{ sound: true }]);
    }
    mkdirSync(join(folder, 'triage/notes'));
    expect(await driver.look(line, [])).toMatchObject([{ key: '1.0.0', version: null, sound: false }]);
    await driver.remove('1.0.0', line);
    expect(readdirSync(join(folder, 'triage'))).toEqual(['notes']);
  });

  test('loses what a killed run left beside it, once nobody can be writing it any more', async () => {
    const draft = (digit: string): string => join(folder, `triage/.${digit.repeat(36)}.new`);
    for (const digit of ['0', '1']) mkdirSync(draft(digit));
    const before = Date.now() / 1000 - 25 * 3600;
    utimesSync(draft('0'), before, before);
    await driver.put('1.0.0', model());
    expect(readdirSync(join(folder, 'triage'))).toEqual([`.${'1'.repeat(36)}.new`, '1.0.0', 'notes']);
    await driver.remove('1.0.0', line);
    rmdirSync(draft('1'));
  });

  test('that is a file is told, and no defect', async () => {
    const file = join(root, 'file');
    writeFileSync(file, 'x');
    const driver = (folder: string): TargetDriver =>
      driverOf({ kind: 'directory', folder }, { kind: 'directory', folder });
    expect(await driver(file).look(line, [model()])).toEqual([]);
    expect(await codeOf(driver(file).put('1.0.0', model()))).toBe('IO_FAILED');
    expect(await codeOf(driver(file).remove('1.0.0', line))).toBe('IO_FAILED');
  });

  test('gets nothing where the registry gives other bytes', async () => {
    const forged = driverOf(
      { kind: 'directory', folder },
      { kind: 'directory', folder },
      {
        // eslint-disable-next-line @typescript-eslint/require-await
        open: async function* () {
          yield new TextEncoder().encode('forged');
        },
      },
    );
    expect(await codeOf(forged.put('2.0.0', model('2.0.0')))).toBe('BAD_DATA');
    expect(readdirSync(join(folder, 'triage'))).toEqual(['notes']);
  });
});

describe('a KServe folder', () => {
  const folder = join(root, 'gitops');
  const target = {
    kind: 'kserve',
    folder,
    namespace: 'claims',
    model: 'hf://acme/base',
    adapters: 's3://models/lora',
  };
  const driver = driverOf(target, { kind: 'kserve', folder });
  const file = join(folder, 'triage.yaml');

  test('has one manifest a line, the same bytes for the same iterations in whatever order they came', async () => {
    await driver.put('1.1.0', model('1.1.0'));
    await driver.put('1.0.0', model());
    const text = readFileSync(file, 'utf8');
    expect(parse(text)).toEqual({
      apiVersion: 'serving.kserve.io/v1alpha2',
      kind: 'LLMInferenceService',
      metadata: { name: 'triage', namespace: 'claims' },
      spec: {
        model: {
          uri: 'hf://acme/base',
          name: 'triage',
          lora: {
            adapters: [
              { name: 'triage@1.0.0', uri: 's3://models/lora/triage/1.0.0' },
              { name: 'triage@1.1.0', uri: 's3://models/lora/triage/1.1.0' },
            ],
            maxRank: 16,
          },
        },
      },
    });
    await driver.put('1.0.0', model());
    expect(readFileSync(file, 'utf8')).toBe(text);
    writeFileSync(file, text.replace('s3://models', 's3://others'));
    expect(await driver.look(line, [model()])).toMatchObject([
      { key: '1.0.0', sound: false },
      { key: '1.1.0', version: null, sound: false },
    ]);
    await driver.put('1.0.0', model());
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('loses what is taken away, and its file with the last of it', async () => {
    await driver.remove('1.1.0', line);
    expect(await driver.look(line, [model()])).toMatchObject([
      { key: '1.0.0', version: '1.0.0', sound: true },
    ]);
    await driver.remove('1.0.0', line);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('does not take what it cannot read for nothing, and takes it away', async () => {
    for (const text of ['{', 'a: &x [*x]\n', 'spec: 1\n', '- triage@1.0.0\n']) {
      writeFileSync(file, text);
      const [found, ...others] = await driver.look(line, [model()]);
      expect([found?.version, found?.sound, others]).toEqual([null, false, []]);
      await driver.remove(found?.key ?? '', line);
      expect(await driver.look(line, [model()])).toEqual([]);
    }
  });
});
