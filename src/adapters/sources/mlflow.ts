import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CannotTell } from '../../base/errors.ts';
import { integerOf, isForeignArray, memberOf, textOf, type ForeignJson } from '../../base/foreign-json.ts';
import type { SourceOrder } from '../../ports/model-sources.ts';
import { MlflowServer } from './mlflow-server.ts';
import { shownSource } from '../../domain/remote-address.ts';

/**
 * A registered model of MLflow, through its REST interface: the version, where its artifacts lie, and the files, which the server
 * itself has to hand out (`mlflow server --serve-artifacts`): other stores are not reached with credentials of their own.
 */

const MAX_FILES = 10_000;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}$/;

export async function takeFromMlflow(text: string, order: SourceOrder): Promise<string> {
  const { address, model, version, folder } = parseSource(text);
  const server = new MlflowServer(address, order.token);
  const about = await server.json('api/2.0/mlflow/model-versions/get', { name: model, version });
  const found = memberOf(about, 'model_version');
  if (textOf(memberOf(found, 'name')) !== model || textOf(memberOf(found, 'version')) !== version)
    throw broken('the server answers with another model or version');
  const status = textOf(memberOf(found, 'status')) ?? 'READY';
  if (status !== 'READY')
    throw new CannotTell('BAD_DATA', `Version ${version} of ${model} is not ready: ${status.slice(0, 100)}.`);
  const where = await server.json('api/2.0/mlflow/model-versions/get-download-uri', { name: model, version });
  const path = storePath(textOf(memberOf(where, 'artifact_uri')) ?? '');
  const target = join(order.into, model);
  await mkdir(target, { recursive: true });
  const top = folder === null ? path : `${path}/${folder}`;
  for (const { name, size } of await listed(server, top)) {
    order.tell(`downloading ${name} of ${model} version ${version}`);
    const body = await server.stream(
      `api/2.0/mlflow-artifacts/artifacts/${top.split('/').map(encodeURIComponent).join('/')}/${encodeURIComponent(name)}`,
    );
    await save(body, join(target, name), name, size);
  }
  return target;
}

/** `<address>/<model>/<version>[#<folder>]`. */
function parseSource(text: string): {
  readonly address: URL;
  readonly model: string;
  readonly version: string;
  readonly folder: string | null;
} {
  const [, base, model, version, folder] =
    /^(https?:\/\/[^#]+?)\/([^/#]+)\/([^/#]+)(?:#(.+))?$/.exec(text) ?? [];
  const address = base !== undefined && URL.canParse(base) ? new URL(`${base.replace(/\/+$/, '')}/`) : null;
  if (
    address === null ||
    model === undefined ||
    version === undefined ||
    !NAME.test(model) ||
    !/^[1-9]\d{0,9}$/.test(version) ||
    (folder !== undefined && !folder.split('/').every((step) => NAME.test(step))) ||
    address.username !== '' ||
    address.search !== ''
  )
    throw new CannotTell('USAGE', 'this is no registered model of MLflow', {
      facts: [shownSource(text)],
      remedy:
        'write mlflow:<address>/<model>/<version>[#<folder>], such as mlflow:http://127.0.0.1:5000/claims/3#peft',
    });
  return { address, model, version, folder: folder ?? null };
}

/** The path of artifacts that the server hands out itself. */
function storePath(uri: string): string {
  const [, path] = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+?)\/*$/.exec(uri) ?? [];
  if (path === undefined)
    throw new CannotTell('BAD_DATA', 'The server does not hand out these artifacts itself.', {
      facts: [uri.slice(0, 300)],
      remedy: 'download them with `mlflow artifacts download`, and give the folder',
    });
  if (!path.split('/').every((step) => step !== '' && step !== '.' && step !== '..'))
    throw broken('the path of the artifacts leads somewhere else');
  return path;
}

interface Listed {
  readonly name: string;
  readonly size: number;
}

/** The files of one folder. What lies in folders below it is another artifact, or none. */
async function listed(server: MlflowServer, path: string): Promise<readonly Listed[]> {
  const answer = await server.json('api/2.0/mlflow-artifacts/artifacts', { path });
  const entries = memberOf(answer, 'files') ?? [];
  if (!isForeignArray(entries) || entries.length > MAX_FILES)
    throw broken('the list of files is none, or too long');
  const files = entries.filter((entry) => memberOf(entry, 'is_dir') !== true).map(toListed);
  if (new Set(files.map(({ name }) => name.toLowerCase())).size !== files.length)
    throw broken('two files are called alike');
  if (files.length > 0) return files;
  const folders = entries
    .map((entry) => textOf(memberOf(entry, 'path')) ?? '')
    .filter((name) => NAME.test(name));
  throw new CannotTell('NO_INPUT', 'There are no files of a model at this place.', {
    facts: folders.length === 0 ? [] : [`folders: ${folders.slice(0, 20).join(', ')}`],
    remedy: 'name the folder of the adapter or model after a #',
  });
}

function toListed(entry: ForeignJson): Listed {
  const [name, size] = [textOf(memberOf(entry, 'path')) ?? '', integerOf(memberOf(entry, 'file_size'))];
  if (!NAME.test(name)) throw broken('a file has a name that leads somewhere else');
  if (size === undefined || size < 0) throw broken('a file has no size');
  return { name, size };
}

/** Exactly as many bytes as were listed. */
async function save(body: Readable, to: string, name: string, size: number): Promise<void> {
  let received = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      done(received > size ? broken(`${name} is larger than was listed`) : null, chunk);
    },
  });
  await pipeline(body, count, createWriteStream(to, { flags: 'wx' })).catch((cause: unknown) => {
    if (cause instanceof CannotTell) throw cause;
    throw new CannotTell('UNREACHABLE', 'A download broke off.', { facts: [name], cause });
  });
  if (received !== size) throw broken(`${name} is smaller than was listed`);
}

function broken(what: string): CannotTell {
  return new CannotTell('BAD_DATA', 'The registry cannot be read.', { facts: [what] });
}
