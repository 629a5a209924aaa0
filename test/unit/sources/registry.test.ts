import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { uploads } from '../../../src/adapters/config/uploads.ts';
import { ociLayout } from '../../../src/adapters/oci/layout.ts';
import { ociRemote } from '../../../src/adapters/oci/remote.ts';
import { modelSources } from '../../../src/adapters/sources/sources.ts';
import { sha256 } from '../../../src/base/digest.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import type { TakenModel } from '../../../src/ports/model-sources.ts';
import { smallAdapter } from '../../real/support/small-adapter.ts';
import { memoryRegistry, type MemoryRegistry } from '../oci/hostile-registry.ts';
import { tarOf } from './tar-bytes.ts';

const root = mkdtempSync(join(tmpdir(), 'taking-'));
afterAll(() => rmSync(root, { recursive: true }));
const fresh = () => mkdtempSync(join(root, 'x'));

let there: MemoryRegistry;
beforeEach(async () => (there = await memoryRegistry()));
afterEach(() => there.stop());

const environment = { HOME: root };
const sources = modelSources((place) =>
  Promise.resolve(
    place.kind === 'layout'
      ? ociLayout(place.folder)
      : ociRemote(place, {
          environment,
          uploads: uploads(environment),
          patience: { idleMs: 2000, attempts: 3, pauseMs: 1, longestPauseMs: 5 },
        }),
  ),
);
const take = (source: string): Promise<TakenModel> =>
  sources.take({ source, into: fresh(), token: null, plainHttp: false, tell: () => undefined });
const taken = (reference: string): Promise<TakenModel> =>
  take(`oci://${there.host}/models/claims${reference}`);

async function why(work: Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await work);
  } catch (error) {
    if (error instanceof CannotTell) return [error.code, error.message, ...error.facts].join(' ');
    throw error;
  }
}

function content(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

interface Layer {
  readonly mediaType?: string;
  readonly bytes?: Buffer;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly digest?: string;
  readonly size?: number;
}
const TITLE = 'org.opencontainers.image.title';
const PATH = 'org.cncf.model.filepath';
const titled = (name: string, text = name): Layer => ({
  bytes: Buffer.from(text),
  annotations: { [TITLE]: name },
});

/** Puts a manifest into the registry, as oras, modctl or anybody would. @returns its digest. */
function put(layers: readonly Layer[], more: object = {}): string {
  const config = Buffer.from('{}');
  there.blobs.set(`sha256:${sha256(config)}`, config);
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: `sha256:${sha256(config)}`, size: 2 },
    layers: layers.map(({ mediaType, bytes = Buffer.alloc(0), annotations, digest, size }) => {
      there.blobs.set(`sha256:${sha256(bytes)}`, bytes);
      return {
        mediaType: mediaType ?? 'application/vnd.oci.image.layer.v1.tar',
        digest: digest ?? `sha256:${sha256(bytes)}`,
        size: size ?? bytes.length,
        ...(annotations !== undefined && { annotations }),
      };
    }),
    ...more,
  };
  return putManifest(Buffer.from(JSON.stringify(manifest)));
}

function putManifest(bytes: Buffer): string {
  const digest = `sha256:${sha256(bytes)}`;
  there.manifests.set(digest, bytes).set('v1', bytes);
  return digest;
}

describe('a model in a registry', () => {
  test('is taken as an export pushed it, by tag or digest, and says under which digest it lay', async () => {
    const order = smallAdapter(fresh(), 'x', 5000);
    const place = {
      kind: 'remote',
      host: there.host,
      repository: 'models/claims',
      plainHttp: false,
    } as const;
    const { manifest, reference } = await ociRemote(place, {
      environment,
      uploads: uploads({ XDG_STATE_HOME: root }),
    }).push(order);
    for (const name of [`:${reference}`, `@sha256:${manifest}`, `:other@sha256:${manifest}`]) {
      const { folder, origin } = await taken(name);
      expect(content(folder)).toEqual(content(order.directory));
      expect(origin).toEqual({ registry: `oci://${there.host}/models/claims`, manifest });
      expect(folder.split('/').at(-1)).toBe('claims');
    }
  });

  test('is taken from an image layout, whose place is that of one machine and not told', async () => {
    const order = smallAdapter(fresh());
    const layout = fresh();
    const { manifest, reference } = await ociLayout(layout).push(order);
    const { folder, origin } = await take(`oci:${layout}:${reference}`);
    expect(content(folder)).toEqual(content(order.directory));
    expect(origin).toEqual({ manifest });
    expect(await why(take(`oci:${layout}:other`))).toMatch(/^NO_INPUT the registry has no tag other/);
    expect(await why(take(`oci:${layout}`))).toMatch(/^USAGE the reference names neither a tag nor a digest/);
  });

  test('is taken from files that ORAS titled and archives that ModelPack packed, below a folder if one is named', async () => {
    const archive = tarOf([
      { name: './b.json', content: 'b' },
      { name: 'peft/c.json', content: 'c' },
    ]);
    put([
      titled('a.json'),
      {
        mediaType: 'application/vnd.cncf.model.weight.v1.tar',
        bytes: archive,
        annotations: { [PATH]: 'peft' },
      },
      {
        mediaType: 'application/vnd.cncf.model.doc.v1.tar',
        bytes: tarOf([{ name: 'README.md', content: 'r' }]),
      },
      {
        mediaType: 'application/vnd.docker.ai.gguf.v3',
        bytes: Buffer.from('g'),
        annotations: { [PATH]: 'g.gguf', [TITLE]: 'g.gguf' },
      },
    ]);
    const files = { 'a.json': 'a.json', 'b.json': 'b', 'peft/c.json': 'c', 'README.md': 'r', 'g.gguf': 'g' };
    expect(content((await taken(':v1')).folder)).toEqual(files);
    expect(content((await taken(':v1#peft')).folder)).toEqual({ 'c.json': 'c' });
  });

  test('lies apart from what was said about it', async () => {
    put([titled('a.json'), titled('submission/metadata.yaml', 'm'), titled('submission')]);
    expect(await why(taken(':v1'))).toMatch(/two files are called alike/);
    put([titled('a.json'), titled('submission/runs/one/r.json', 'r')]);
    const { folder, submission } = await taken(':v1');
    expect(content(folder)).toEqual({ 'a.json': 'a.json' });
    expect(content(submission ?? '')).toEqual({ 'runs/one/r.json': 'r' });
    put([titled('submission', 'is a file')]);
    expect((await taken(':v1')).submission).toBeNull();
  });

  test('is asked for one tag once: what the tag names meanwhile is not taken', async () => {
    const digest = put([titled('a.json', 'first')]);
    there.misbehave = ({ url = '' }) => {
      if (url.endsWith('/manifests/v1')) setImmediate(() => put([titled('a.json', 'second')]));
      return false;
    };
    const { folder, origin } = await taken(':v1');
    expect([content(folder)['a.json'], `sha256:${origin?.manifest}`]).toEqual(['first', digest]);
    expect(there.asked.filter((line) => line.endsWith('/manifests/v1'))).toHaveLength(1);
  });

  test('goes on where a download broke off, by a range or by passing over what is known', async () => {
    const text = 'abcdefgh'.repeat(1000);
    for (const ranges of [true, false]) {
      const digest = put([titled('a.json', text)]);
      const asked: (string | undefined)[] = [];
      there.misbehave = (request: IncomingMessage, response: ServerResponse) => {
        if (!(request.url ?? '').includes('/blobs/')) return false;
        const { range } = request.headers;
        asked.push(range);
        const from = ranges ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
        const rest = text.slice(from);
        response.writeHead(from > 0 ? 206 : 200, {
          'content-length': rest.length,
          ...(from > 0 && { 'content-range': `bytes ${from}-${text.length - 1}/${text.length}` }),
        });
        if (asked.length === 3) response.end(rest);
        else response.write(rest.slice(0, 3000), () => setTimeout(() => response.destroy(), 20));
        return true;
      };
      expect(content((await taken(`@${digest}`)).folder)).toEqual({ 'a.json': text });
      expect(asked).toEqual([undefined, 'bytes=3000-', ranges ? 'bytes=6000-' : 'bytes=3000-']);
    }
  });
});

describe('a registry that does not do as it should', () => {
  const OTHER = 'f'.repeat(64);
  const answering = (part: string, answer: (response: ServerResponse) => void): void => {
    there.misbehave = ({ url = '' }, response) => {
      if (!url.includes(part)) return false;
      answer(response);
      return true;
    };
  };

  test.each<[string, RegExp, () => string]>([
    ['no such tag', /^NO_INPUT the registry has no tag v2/, () => ':v2'],
    ['no such manifest', /^NO_INPUT the registry does not have this manifest/, () => `@sha256:${OTHER}`],
    [
      'no blob of a layer',
      /^NO_INPUT the manifest names a\.json, which is not there sha256:f/,
      () => {
        put([{ ...titled('a.json'), digest: `sha256:${OTHER}` }]);
        return ':v1';
      },
    ],
    [
      'another manifest than was asked for',
      /^BAD_DATA the manifest holds other bytes: they hash to/,
      () => {
        put([titled('a.json')]);
        there.manifests.set(`sha256:${OTHER}`, there.manifests.get('v1') ?? Buffer.alloc(0));
        return `@sha256:${OTHER}`;
      },
    ],
    [
      'a digest of its own for a manifest',
      /^BAD_DATA the registry has other bytes/,
      () => {
        put([titled('a.json')]);
        answering('/manifests/', (response) =>
          response.writeHead(200, { 'docker-content-digest': `sha256:${OTHER}` }).end('{}'),
        );
        return ':v1';
      },
    ],
    [
      'other bytes for a blob',
      /^BAD_DATA a\.json holds other bytes/,
      () => {
        put([titled('a.json', 'right')]);
        answering('/blobs/', (response) => response.writeHead(200).end('wrong'));
        return ':v1';
      },
    ],
    [
      'fewer bytes for a blob',
      /^BAD_DATA a\.json has 4 bytes, and the manifest says 5/,
      () => {
        put([titled('a.json', 'right')]);
        answering('/blobs/', (response) => response.writeHead(200).end('righ'));
        return ':v1';
      },
    ],
    [
      'a body that has no end',
      /^BAD_DATA the registry sends more than it may/,
      () => {
        put([titled('a.json', 'right')]);
        answering('/blobs/', (response) => {
          response.writeHead(200);
          const more = (): void =>
            void response.write(Buffer.alloc(64 * 1024), (error) => error == null && more());
          more();
        });
        return ':v1';
      },
    ],
    [
      'a manifest that is too large',
      /^BAD_DATA the registry sends more than it may more than 4194304 bytes/,
      () => {
        putManifest(Buffer.alloc(5 * 1024 * 1024, ' '));
        return ':v1';
      },
    ],
    [
      'another part than the rest',
      /^UNREACHABLE .*it gives another part/,
      () => {
        put([titled('a.json', 'x'.repeat(5000))]);
        answering('/blobs/', (response) => {
          if (there.asked.filter((line) => line.includes('/blobs/')).length > 1)
            return void response.writeHead(206, { 'content-range': 'bytes 0-1/5000' }).end('xx');
          response.writeHead(200, { 'content-length': 5000 });
          response.write('x'.repeat(100), () => setTimeout(() => response.destroy(), 20));
        });
        return ':v1';
      },
    ],
    [
      'a way to elsewhere',
      /^BAD_DATA the registry sends us to an address that is not on this machine and is http/,
      () => {
        put([titled('a.json')]);
        answering('/blobs/', (response) => response.writeHead(307, { location: 'http://192.0.2.1/x' }).end());
        return ':v1';
      },
    ],
    [
      'ways without end',
      /^UNREACHABLE .*sends us on more than 5 times/,
      () => {
        put([titled('a.json')]);
        answering('/blobs/', (response) =>
          response.writeHead(307, { location: '/v2/models/claims/blobs/x' }).end(),
        );
        return ':v1';
      },
    ],
  ])('with %s is told by name: %s', async (_, words, reference) => {
    const text = await why(taken(reference()));
    expect(text).toMatch(words);
  });
});

describe('a manifest', () => {
  const GZIP = 'application/vnd.cncf.model.weight.v1.tar+gzip';
  test.each<[string, RegExp, () => unknown]>([
    [
      'is a list',
      /is a list of manifests: name one of them by its digest/,
      () => putManifest(Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [] }))),
    ],
    [
      'is one of Docker',
      /is of the type application\/vnd\.docker\.distribution\.manifest\.v2\+json/,
      () => put([titled('a')], { mediaType: 'application/vnd.docker.distribution.manifest.v2+json' }),
    ],
    ['is no JSON', /cannot be read/, () => putManifest(Buffer.from('x'))],
    ['says a thing twice', /cannot be read/, () => putManifest(Buffer.from('{"layers":[],"layers":[1]}'))],
    ['is no object', /is no OCI image manifest/, () => putManifest(Buffer.from('7'))],
    ['has no layers', /is no OCI image manifest/, () => put([])],
    ['has a size that is none', /is no OCI image manifest/, () => put([{ ...titled('a'), size: -1 }])],
    [
      'names another kind of digest',
      /number 2, that has no SHA-256 digest/,
      () => put([titled('a'), { ...titled('b'), digest: `sha512:${'a'.repeat(128)}` }]),
    ],
    ['has a layer without a name', /names no file/, () => put([{ bytes: Buffer.from('x') }])],
    [
      'calls a file two things',
      /is called a and b/,
      () => put([{ annotations: { [TITLE]: 'b', [PATH]: 'a' } }]),
    ],
    [
      'has a packed folder',
      /is a packed folder/,
      () => put([{ annotations: { [TITLE]: 'a', 'io.deis.oras.content.unpack': 'true' } }]),
    ],
    [
      'has a compressed archive',
      /is compressed/,
      () => put([{ mediaType: GZIP, annotations: { [PATH]: 'a' } }]),
    ],
    ...['../a', '/a', 'a/../../b', '.a', 'a//b', 'a\\b', 'a\u0000', 'ä', '', 'a/'].map(
      (name): [string, RegExp, () => unknown] => [
        `calls a file ${JSON.stringify(name)}`,
        /has a name that is not taken/,
        () => put([titled(name, 'x')]),
      ],
    ),
    [
      'has a file in more folders than anybody makes',
      /a file has a name that is not taken: a\/a\/a/,
      () => put([titled('a/'.repeat(8) + 'a')]),
    ],
    [
      'has an archive that leads out',
      /a file has a name that is not taken: \.\.\/a/,
      () => put([{ mediaType: 'application/vnd.cncf.model.code.v1.tar', bytes: tarOf([{ name: '../a' }]) }]),
    ],
    [
      'has an archive with a link',
      /holds what is neither file nor folder/,
      () =>
        put([
          { mediaType: 'application/vnd.cncf.model.code.v1.tar', bytes: tarOf([{ name: 'a', type: '2' }]) },
        ]),
    ],
    ['has a name twice', /two files are called alike: A/, () => put([titled('a'), titled('A')])],
    [
      'has a file that is a folder',
      /two files are called alike: a\/b/,
      () => put([titled('a'), titled('a/b')]),
    ],
    ['has a folder that is a file', /two files are called alike: a/, () => put([titled('a/b'), titled('a')])],
    [
      'wants the whole disk',
      /names 1125899906842624 bytes, and at most/,
      () => put([{ ...titled('a'), size: 2 ** 50 }]),
    ],
    [
      'names what nobody can mean',
      /is no OCI image manifest/,
      () => put([{ ...titled('a'), size: 2 ** 60 }]),
    ],
  ])('that %s is refused: %s', async (_, words, prepare) => {
    prepare();
    expect(await why(taken(':v1'))).toMatch(words);
    expect(there.asked.filter((line) => line.includes('/blobs/')).length).toBeLessThanOrEqual(2);
  });

  test('with more files than anybody has is refused', async () => {
    const members = Array.from({ length: 10_001 }, (_, index) => ({ name: `f${index}` }));
    put([{ mediaType: 'application/vnd.cncf.model.code.v1.tar', bytes: tarOf(members) }]);
    expect(await why(taken(':v1'))).toMatch(/it holds more than 10000 files/);
  });

  test('of a model for which there is no room is refused before anything comes', async () => {
    put([{ ...titled('a'), size: 2 ** 40 }]);
    expect(await why(taken(':v1'))).toMatch(
      /^CANNOT_CREATE there is no room for this model it has 1099511627776 bytes/,
    );
    expect(there.asked.some((line) => line.includes('/blobs/'))).toBe(false);
  });

  test.each([
    ['oci://', 'names neither a tag'],
    ['oci://host/Upper:v1', 'names a repository that no registry can have'],
    ['oci://host/a:v1#../x', 'names a folder that no model has'],
    ['oci://host/a:v1#a#b', 'names a folder that no model has'],
    ['oci://host/a', 'names neither a tag nor a digest'],
  ])('is not named by %s: %s', async (source, words) => {
    expect(await why(take(source))).toMatch(new RegExp(`^USAGE the reference ${words}`));
  });
});
