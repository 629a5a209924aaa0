import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { modelSources } from '../../../src/adapters/sources/sources.ts';
import { CannotTell } from '../../../src/base/errors.ts';

/** Answers as MLflow documents them: model-versions/get, get-download-uri, and the artifacts that it serves itself. */
interface Registry {
  version: Record<string, unknown>;
  uri: string;
  folders: Record<string, unknown[]>;
  files: Record<string, string>;
  token: string | null;
  redirect: boolean;
  /** Says no with a body that has no end. */
  talkative: boolean;
}
const honest = (): Registry => ({
  version: { name: 'claims', version: '3', status: 'READY', source: 'models:/m-1', run_id: 'r' },
  uri: 'mlflow-artifacts:/1/r/artifacts/model',
  folders: {
    '1/r/artifacts/model': [
      { path: 'MLmodel', is_dir: false, file_size: 6 },
      { path: 'peft', is_dir: true },
    ],
    '1/r/artifacts/model/peft': [
      { path: 'adapter_config.json', is_dir: false, file_size: 2 },
      { path: 'adapter_model.safetensors', is_dir: false, file_size: 7 },
    ],
  },
  files: {
    '1/r/artifacts/model/MLmodel': 'flavor',
    '1/r/artifacts/model/peft/adapter_config.json': '{}',
    '1/r/artifacts/model/peft/adapter_model.safetensors': 'weights',
  },
  token: null,
  redirect: false,
  talkative: false,
});
let registry = honest();
beforeEach(() => (registry = honest()));

let megabytesSaid = 0;
function talk(response: ServerResponse, megabytes: number): void {
  if (megabytes === 0) response.end();
  else
    response.write(Buffer.alloc(1024 * 1024), (error) => {
      if (error) return;
      megabytesSaid += 1;
      talk(response, megabytes - 1);
    });
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://x');
  const json = (value: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (registry.redirect) {
    response.writeHead(302, { location: 'http://127.0.0.1:1/' });
    response.end();
    return;
  }
  if (registry.talkative) {
    response.writeHead(500);
    talk(response, 64);
    return;
  }
  if (registry.token !== null && request.headers.authorization !== `Bearer ${registry.token}`) {
    json({ error_code: 'UNAUTHENTICATED', message: 'who are you?' }, 401);
    return;
  }
  const [, path = ''] = /^\/base\/api\/2\.0\/(.*)$/.exec(decodeURIComponent(url.pathname)) ?? [];
  const file = registry.files[path.replace('mlflow-artifacts/artifacts/', '')];
  const notThere = { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'there is no such thing' };
  if (path === 'mlflow/model-versions/get' && url.searchParams.get('name') === 'claims')
    json({ model_version: registry.version });
  else if (path === 'mlflow/model-versions/get-download-uri') json({ artifact_uri: registry.uri });
  else if (path === 'mlflow-artifacts/artifacts')
    json({ files: registry.folders[url.searchParams.get('path') ?? ''] ?? [] });
  else if (file === undefined) json(notThere, 404);
  else response.end(file);
}

const server: Server = createServer(answer);
let address = '';
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
});
afterAll(() => server.close());
const root = mkdtempSync(join(tmpdir(), 'mlflow-'));
afterAll(() => rmSync(root, { recursive: true }));

const sources = modelSources(() => Promise.reject(new Error('no registry of that kind is asked for')));
const take = async (rest: string, token: string | null = null, at = address) =>
  (
    await sources.take({
      source: `mlflow:${at}/${rest}`,
      into: mkdtempSync(join(root, 'into-')),
      token,
      plainHttp: false,
      tell: () => undefined,
    })
  ).folder;
async function code(rest: string, token: string | null = null, at = address): Promise<string> {
  try {
    return await take(rest, token, at);
  } catch (error) {
    if (error instanceof CannotTell) return error.code;
    throw error;
  }
}

describe('a registered model of MLflow', () => {
  test('is taken file by file into a folder of its name', async () => {
    const folder = await take('claims/3#peft');
    expect(folder.endsWith('/claims')).toBe(true);
    expect(readdirSync(folder)).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    expect(readFileSync(join(folder, 'adapter_model.safetensors'), 'utf8')).toBe('weights');
    expect(readdirSync(await take('claims/3'))).toEqual(['MLmodel']);
  });
  test('behind a token is taken with it, and not without', async () => {
    registry.token = 'secret';
    expect(await code('claims/3')).toBe('NOT_PERMITTED');
    expect(await code('claims/3', 'secret')).toMatch(/claims$/);
  });
  test.each<[string, string, (registry: Registry) => void]>([
    ['another model', 'BAD_DATA', ({ version }) => (version['name'] = 'other')],
    ['a version that is not ready', 'BAD_DATA', ({ version }) => (version['status'] = 'FAILED_REGISTRATION')],
    ['a store that it does not serve', 'BAD_DATA', (of) => (of.uri = 's3://bucket/model')],
    ['a place that leads elsewhere', 'BAD_DATA', (of) => (of.uri = 'mlflow-artifacts:/1/../../etc')],
    [
      'a file that leads elsewhere',
      'BAD_DATA',
      ({ folders }) => (folders['1/r/artifacts/model'] = [{ path: '../x', file_size: 1 }]),
    ],
    [
      'a file without a size',
      'BAD_DATA',
      ({ folders }) => (folders['1/r/artifacts/model'] = [{ path: 'MLmodel' }]),
    ],
    [
      'one file twice',
      'BAD_DATA',
      ({ folders }) =>
        (folders['1/r/artifacts/model'] = [
          { path: 'a', file_size: 1 },
          { path: 'A', file_size: 1 },
        ]),
    ],
    ['more than it listed', 'BAD_DATA', ({ files }) => (files['1/r/artifacts/model/MLmodel'] = 'flavors')],
    ['less than it listed', 'BAD_DATA', ({ files }) => (files['1/r/artifacts/model/MLmodel'] = 'fl')],
    [
      'no files',
      'NO_INPUT',
      ({ folders }) => (folders['1/r/artifacts/model'] = [{ path: 'peft', is_dir: true }]),
    ],
    ['a way elsewhere', 'UNREACHABLE', (of) => (of.redirect = true)],
  ])('with %s is refused: %s', async (_, expected, change) => {
    change(registry);
    expect(await code('claims/3')).toBe(expected);
  });
  test('that is not there, or not to be reached, is told as that', async () => {
    expect(await code('other/3')).toBe('NO_INPUT');
    expect(await code('claims/3', null, 'http://127.0.0.1:1')).toBe('UNREACHABLE');
  });
  test('is not listened to for ever where it says no', async () => {
    registry.talkative = true;
    expect(await code('claims/3')).toBe('UNREACHABLE');
    expect(megabytesSaid).toBeLessThan(32);
  });
  test.each(['claims', 'claims/latest', 'claims/../3', 'claims/3#../x', 'claims/3#'])(
    'called %s is no source',
    async (rest) => expect(await code(rest)).toBe('USAGE'),
  );
  test('is sent no token in the clear over a network', async () =>
    expect(await code('claims/3', 'secret', 'http://mlflow.example.com:5000')).toBe('USAGE'));
  test('is never asked for with a name in its address', async () =>
    expect(await code('claims/3', null, 'http://user:secret@127.0.0.1:1')).toBe('USAGE'));
});
