import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { uploads } from '../../../src/adapters/config/uploads.ts';
import { ociRemote } from '../../../src/adapters/oci/remote.ts';
import { CannotTell } from '../../../src/base/errors.ts';

let server: Server | null = null;
afterEach(() => server?.close());

interface Page {
  readonly status?: number;
  readonly body: string;
  readonly link?: string;
}

/** The tags of a registry that answers so. @returns what came, and what it was asked for. */
async function tags(
  page: (query: URLSearchParams, asked: number) => Page,
): Promise<[readonly string[] | string, string[]]> {
  const asked: string[] = [];
  server = createServer(({ url = '' }, response) => {
    const { pathname, search, searchParams } = new URL(url, 'http://x');
    if (pathname === '/v2/') return void response.end();
    asked.push(pathname + search);
    const { status = 200, body, link } = page(searchParams, asked.length);
    response.writeHead(status, link === undefined ? {} : { link }).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const environment = { HOME: tmpdir() };
  const place = {
    kind: 'remote',
    host: `127.0.0.1:${port}`,
    repository: 'models/claims',
    plainHttp: true,
  } as const;
  const patience = { idleMs: 1000, attempts: 2, pauseMs: 1, longestPauseMs: 1 };
  try {
    const found = await ociRemote(place, { environment, uploads: uploads(environment), patience }).tags();
    return [found, asked];
  } catch (error) {
    if (error instanceof CannotTell) return [[error.code, error.message, ...error.facts].join(' '), asked];
    throw error;
  }
}
const listing = (names: readonly unknown[] | null): string =>
  JSON.stringify({ name: 'models/claims', tags: names });
const FIRST = '/v2/models/claims/tags/list?n=1000';

describe('the tags of a repository', () => {
  test('are read page by page, each once and sorted', async () => {
    const pages: Record<string, Page> = {
      '': { body: listing(['b', 'a']), link: '</v2/models/claims/tags/list?n=2&last=b>; rel="next"' },
      b: { body: listing(['c', 'a']) },
    };
    expect(await tags((query) => pages[query.get('last') ?? ''] ?? { body: '' })).toEqual([
      ['a', 'b', 'c'],
      [FIRST, `${FIRST}&last=b`],
    ]);
  });

  test('are none where there is no repository, or no tag', async () => {
    expect((await tags(() => ({ status: 404, body: '{}' })))[0]).toEqual([]);
    expect((await tags(() => ({ body: listing(null) })))[0]).toEqual([]);
  });

  test('that are none are not seen: no path, no option, no escape of a terminal', async () => {
    const names = ['../x', '-rf', 'a/b', '\u001b[31m', 'ok', '', 'x'.repeat(129), '.hidden', 'a b', 'ä'];
    expect((await tags(() => ({ body: listing(names) })))[0]).toEqual(['ok']);
  });

  test('are not looked for elsewhere, whatever the link says', async () => {
    const link = '<http://192.0.2.1/else?last=z>; rel="next"';
    const [found, asked] = await tags((query) => ({ body: listing([query.get('last') ?? 'a']), link }));
    expect(found).toEqual(['a', 'z']);
    expect(asked).toEqual([FIRST, `${FIRST}&last=z`]);
    expect((await tags(() => ({ body: listing(['a']), link: '<:::>; rel=next' })))[0]).toEqual(['a']);
  });

  test.each<[string, RegExp, (asked: number) => Page]>([
    [
      'without end',
      /^UNREACHABLE .*more than 100 pages of tags/,
      (asked) => ({
        body: listing([`t${asked}`]),
        link: `<?last=t${asked}>; rel="next"`,
      }),
    ],
    ['of another kind', /^UNREACHABLE .*gives no list of tags/, () => ({ body: listing([1]) })],
    ['that are no JSON', /^UNREACHABLE .*gives no list of tags/, () => ({ body: '<html>' })],
    [
      'larger than anybody has',
      /^BAD_DATA the registry sends more than it may/,
      () => ({ body: ' '.repeat(5 << 20) }),
    ],
    ['that are refused', /^UNREACHABLE .*it answers 500/, () => ({ status: 500, body: '' })],
  ])('%s are an answer that is told: %s', async (_, words, page) => {
    expect((await tags((_query, asked) => page(asked)))[0]).toMatch(words);
  });
});
