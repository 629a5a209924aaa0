import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { uploads } from '../../../src/adapters/config/uploads.ts';
import { ociRemote } from '../../../src/adapters/oci/remote.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import { sha256 } from '../../../src/base/digest.ts';
import type { ModelRegistry } from '../../../src/ports/registry.ts';
import { smallAdapter } from '../../real/support/small-adapter.ts';
import { memoryRegistry, type MemoryRegistry } from './hostile-registry.ts';

const root = mkdtempSync(join(tmpdir(), 'remote-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const fresh = () => join(root, String((folders += 1)));

const PADDING = 10_000;
const order = smallAdapter(fresh(), 'x', PADDING);
const ALL = order.artifact.files.reduce((sum, { size }) => sum + size, 0);

let there: MemoryRegistry;
let registry: ModelRegistry;
let home: string;
beforeEach(async () => {
  there = await memoryRegistry();
  home = fresh();
  registry = opened();
});
afterEach(() => there.stop());

function opened(plainHttp = false, attempts = 3): ModelRegistry {
  const environment = { HOME: home, XDG_STATE_HOME: join(home, 'state'), PATH: process.env['PATH'] };
  return ociRemote(
    { kind: 'remote', host: there.host, repository: 'models/claims', plainHttp },
    {
      environment,
      uploads: uploads(environment),
      pieceBytes: 4096,
      patience: { idleMs: 300, attempts, pauseMs: 5, longestPauseMs: 50 },
    },
  );
}

async function failure(work: Promise<unknown>): Promise<CannotTell> {
  const error = await work.then(
    () => new Error('it went well'),
    (reason: unknown) => reason,
  );
  if (error instanceof CannotTell) return error;
  throw error;
}

const isBlob = (url = '') => url.includes('/blobs/sha256:');

describe('an upload that is broken off', () => {
  test('goes on within a piece: what has arrived is not sent again', async () => {
    there.cutAfter = 9000;
    await registry.push(order);
    expect(there.received).toBe(ALL + sizeOfConfig());
    expect(await registry.verify((await registry.tagged('claims-triage-1.4.0')) ?? sha256(''))).toEqual({
      kind: 'sound',
    });
  });

  test('goes on in another run, by what was kept for its owner’s eyes', async () => {
    registry = opened(false, 1);
    there.cutAfter = 6000;
    expect((await failure(registry.push(order))).code).toBe('UNREACHABLE');
    const kept = join(home, 'state/modelsmith/uploads');
    expect(readdirSync(kept)).toHaveLength(1);
    expect(statSync(kept).mode & 0o077).toBe(0);
    const before = there.received;
    await opened().push(order);
    expect(there.received).toBe(ALL + sizeOfConfig());
    expect(before).toBe(6000);
    expect(readdirSync(kept)).toEqual([]);
  });

  test('begins anew where the registry has forgotten it, or kept other bytes', async () => {
    registry = opened(false, 1);
    there.cutAfter = 6000;
    await failure(registry.push(order));
    let forgot = 0;
    there.misbehave = ({ method, url = '' }, response) => {
      if (method !== 'GET' || !url.includes('/uploads/') || forgot > 0) return false;
      forgot += 1;
      response.writeHead(404).end();
      return true;
    };
    await opened().push(order);
    expect(forgot).toBe(1);
    expect(there.received).toBe(6000 + ALL + sizeOfConfig() - doneBefore());
  });

  test('a registry that loses every upload is given up', async () => {
    there.misbehave = ({ method }, response) => {
      if (method !== 'PATCH') return false;
      response.writeHead(416).end();
      return true;
    };
    expect((await failure(registry.push(order))).message).toContain('does not keep what is uploaded');
  });

  /** Files before the large one were there before the upload broke off. */
  function doneBefore(): number {
    let sum = 0;
    for (const { size } of order.artifact.files) {
      if (sum + size > 6000) return sum;
      sum += size;
    }
    return sum;
  }
});

/** The configuration of the manifest is a blob, too. */
function sizeOfConfig(): number {
  const files = new Set(order.artifact.files.map(({ sha256: digest }) => `sha256:${digest}`));
  return [...there.blobs]
    .filter(([digest]) => !files.has(digest))
    .reduce((sum, [, bytes]) => sum + bytes.length, 0);
}

describe('a registry that is busy', () => {
  test('is tried again, after as long as it wants, within reason', async () => {
    const busy = new Map<string, number>();
    there.misbehave = ({ method = '', url = '' }, response) => {
      const key = `${method} ${url.replace(/\?.*/, '')}`;
      const times = busy.get(key) ?? 0;
      busy.set(key, times + 1);
      if (times > 0) return false;
      response.writeHead(times === 0 && method === 'GET' ? 503 : 429, { 'retry-after': '86400' }).end();
      return true;
    };
    await registry.push(order);
    expect(busy.size).toBeGreaterThan(8);
  });

  test('is given up after some tries', async () => {
    there.misbehave = (_request, response) => {
      response.writeHead(503).end('{"errors":[{"code":"UNAVAILABLE","message":"secret \\u001b[31m"}]}');
      return true;
    };
    const { code, facts } = await failure(registry.tagged('x'));
    expect(code).toBe('UNREACHABLE');
    // Its codes are told; its words may be anything, and are not.
    expect(facts.join('\n')).toContain('it answers 503 UNAVAILABLE');
    expect(facts.join('\n')).not.toContain('secret');
    expect(there.asked.filter((line) => line.includes('manifests'))).toHaveLength(3);
  });
});

describe('a registry that lies', () => {
  const pushed = async () => {
    const { manifest } = await registry.push(order);
    return manifest;
  };

  test('about a digest is found out when it stores', async () => {
    there.misbehave = ({ method, url = '' }, response) => {
      if (method !== 'PUT' || !url.includes('/uploads/')) return false;
      response.writeHead(201, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }).end();
      return true;
    };
    expect((await failure(registry.push(order))).message).toContain('other bytes than those that were sent');
  });

  test('about having a blob is found out when it is read back', async () => {
    there.misbehave = ({ method, url }, response) => {
      if (method !== 'HEAD' || !isBlob(url)) return false;
      response.writeHead(200).end();
      return true;
    };
    const { code, facts } = await failure(registry.push(order));
    expect(code).toBe('BAD_DATA');
    expect(facts.join('\n')).toContain('is missing');
  });

  test('about a manifest is found out by hashing it', async () => {
    const manifest = await pushed();
    there.manifests.set(`sha256:${manifest}`, Buffer.from('{}'));
    expect(await registry.verify(manifest)).toMatchObject({ kind: 'unsound' });
    there.misbehave = ({ url = '' }, response) => {
      if (!url.includes('/manifests/')) return false;
      response.writeHead(200, { 'docker-content-digest': `sha256:${manifest}` }).end('{"other": 1}');
      return true;
    };
    expect((await failure(registry.tagged('claims-triage-1.4.0'))).code).toBe('BAD_DATA');
  });

  test('a manifest or a blob without an end is not read to its end', async () => {
    const manifest = await pushed();
    let sent = 0;
    const endless = (response: ServerResponse) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65536))) sent += 65536;
      };
      response.on('drain', more);
      more();
    };
    there.misbehave = ({ method, url = '' }, response) => {
      if (method !== 'GET' || !isBlob(url)) return false;
      endless(response);
      return true;
    };
    expect((await failure(registry.verify(manifest))).message).toContain('sends more than it may');
    there.misbehave = ({ url = '' }, response) => {
      if (!url.includes('/manifests/')) return false;
      endless(response);
      return true;
    };
    expect((await failure(registry.tagged('x'))).message).toContain('sends more than it may');
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test('an answer that is cut off is asked for again, and one that never comes is given up', async () => {
    const manifest = await pushed();
    let cut = 0;
    there.misbehave = ({ method, url }, response) => {
      if (method !== 'GET' || !isBlob(url) || cut > 0) return false;
      cut += 1;
      response.writeHead(200, { 'content-length': 500 });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
      return true;
    };
    expect(await registry.verify(manifest)).toEqual({ kind: 'sound' });
    there.misbehave = () => true;
    expect((await failure(registry.tagged('x'))).code).toBe('UNREACHABLE');
  });

  test('an answer that drips, a byte now and then, is given up', async () => {
    const manifest = await pushed();
    there.misbehave = ({ method, url }, response) => {
      if (method !== 'GET' || !isBlob(url)) return false;
      response.writeHead(200);
      const drip = setInterval(() => (response.destroyed ? clearInterval(drip) : response.write(' ')), 50);
      return true;
    };
    registry = opened(false, 1);
    // What it has to send decides how long it may take: here a blob of some hundred bytes.
    expect((await failure(registry.verify(manifest))).code).toBe('UNREACHABLE');
  });

  test('whatever is no HTTP is no registry', async () => {
    const tcp = createTcp((socket) => {
      socket.on('error', () => undefined);
      socket.end('SSH-2.0-OpenSSH_9.6\r\n');
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const address = tcp.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const place = { kind: 'remote', host: `127.0.0.1:${port}`, repository: 'a', plainHttp: true } as const;
    const patience = { idleMs: 300, attempts: 2, pauseMs: 5, longestPauseMs: 50 };
    const other = ociRemote(place, { environment: {}, uploads: uploads({}), patience });
    expect((await failure(other.tagged('x'))).code).toBe('UNREACHABLE');
    tcp.close();
  });
});

describe('a registry that sends us elsewhere', () => {
  const sendTo = (location: string) => {
    there.misbehave = ({ url = '', method }, response) => {
      if (method !== 'GET' || !url.includes('/manifests/')) return false;
      response.writeHead(307, { location }).end();
      return true;
    };
  };

  test('is followed, but not in circles', async () => {
    sendTo('/v2/models/claims/manifests/again');
    expect((await failure(registry.tagged('x'))).facts.join(' ')).toContain('more than 5 times');
    expect(there.asked.filter((line) => line.includes('manifests'))).toHaveLength(6);
  });

  test.each([
    ['file:///etc/passwd', 'no address of a server'],
    ['ftp://example.org/x', 'no address of a server'],
    ['http://registry.example/x', 'not on this machine and is http'],
    ['https://user:secret@example.org/x', 'holds credentials'],
    ['http://[', 'is none'],
    [`/${'x'.repeat(9000)}`, 'longer than'],
  ])('is not followed to %s', async (location, why) => {
    sendTo(location);
    expect((await failure(registry.tagged('x'))).message).toContain(why);
  });

  test('takes no upload anywhere it may not', async () => {
    there.misbehave = ({ method }, response) => {
      if (method !== 'POST') return false;
      response.writeHead(202, { location: 'http://169.254.169.254/latest' }).end();
      return true;
    };
    expect((await failure(registry.push(order))).message).toContain('not on this machine');
  });
});

describe('who we are', () => {
  const login = (entry: object) => {
    const config = { auths: { [there.host]: entry } };
    rmSync(home, { recursive: true, force: true });
    smallConfig(config);
  };
  const smallConfig = (config: unknown) => {
    const folder = join(home, '.docker');
    mkdirs(folder);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  };
  const auth = Buffer.from('pia:s3cret').toString('base64');
  const refuse = (challenge: string) => {
    there.misbehave = ({ headers, url = '' }, response) => {
      if (url.startsWith('/token') || headers.authorization === 'Bearer good') return false;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return true;
    };
  };

  test('is told at a challenge, as a token of who hands them out, for what is about to be done', async () => {
    login({ auth });
    const scopes: string[] = [];
    const challenge = `Basic realm="x", Bearer realm="http://${there.host}/token",service="reg",scope="repository:other:pull"`;
    refuse(challenge);
    const { misbehave } = there;
    there.misbehave = (request, response, body) => {
      if (request.url?.startsWith('/token') !== true) return misbehave(request, response, body);
      expect(request.headers.authorization).toBe(`Basic ${auth}`);
      const { searchParams } = new URL(request.url, 'http://x');
      expect(searchParams.get('service')).toBe('reg');
      scopes.push(searchParams.get('scope') ?? '');
      response.end('{"token":"good"}');
      return true;
    };
    await registry.push(order);
    expect(new Set(scopes)).toEqual(
      new Set(['repository:models/claims:pull,push', 'repository:models/claims:pull']),
    );
  });

  test('an identity token is changed for one of the registry, and goes nowhere else', async () => {
    login({ identitytoken: 'who I am' });
    refuse(`Bearer realm="http://${there.host}/token",service="reg"`);
    const { misbehave } = there;
    there.misbehave = (request, response, body) => {
      if (request.url !== '/token') return misbehave(request, response, body);
      expect(new URLSearchParams(body.toString()).get('refresh_token')).toBe('who I am');
      expect(new URLSearchParams(body.toString()).get('grant_type')).toBe('refresh_token');
      response.end('{"access_token":"good"}');
      return true;
    };
    expect(await registry.tagged('x')).toBeNull();
    expect(JSON.stringify(there.headers)).not.toContain('who I am');
  });

  test('a registry that is never content is given up at once', async () => {
    login({ auth });
    refuse('Basic realm="x"');
    const { code, message, facts } = await failure(registry.tagged('x'));
    expect(code).toBe('NOT_PERMITTED');
    expect([message, ...facts].join(' ')).not.toContain('s3cret');
    expect(there.asked.filter((line) => line.includes('manifests'))).toHaveLength(2);
    const asked = there.asked.length;
    refuse('nonsense ====');
    expect((await failure(registry.tagged('x'))).code).toBe('NOT_PERMITTED');
    expect(there.asked.length - asked).toBeLessThan(4);
  });

  test('tokens that are none, and places for them that are none, are not used', async () => {
    login({ auth });
    for (const realm of ['file:///etc/passwd', 'http://registry.example/token', 'https://a:b@example.org/']) {
      refuse(`Bearer realm="${realm}"`);
      expect((await failure(registry.tagged('x'))).code, realm).toBe('BAD_DATA');
    }
    refuse(`Bearer realm="http://${there.host}/token"`);
    for (const answer of ['{"token":"two\\nlines"}', '{}', 'null', '[['.repeat(10_000)]) {
      const { misbehave } = there;
      there.misbehave = (request, response, body) => {
        if (request.url?.startsWith('/token') !== true) return misbehave(request, response, body);
        response.end(answer);
        return true;
      };
      expect((await failure(registry.tagged('x'))).code).toBe('UNREACHABLE');
    }
  });

  test('credentials are not taken along to another host', async () => {
    login({ auth });
    const other = await memoryRegistry();
    there.misbehave = ({ headers, url = '' }, response) => {
      if (headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      else if (isBlob(url) || url.includes('/manifests/'))
        response.writeHead(307, { location: `http://${other.host}/elsewhere/manifests/x` }).end();
      else return false;
      return true;
    };
    expect(await registry.tagged('x')).toBeNull();
    expect(other.asked).toHaveLength(1);
    expect(other.headers[0]?.authorization).toBeUndefined();
    expect(there.headers.some(({ authorization }) => authorization === `Basic ${auth}`)).toBe(true);
    await other.stop();
  });

  test('a configuration that is none is said, without a word of what it holds', async () => {
    refuse('Basic realm="x"');
    mkdirs(join(home, '.docker'));
    writeFileSync(join(home, '.docker/config.json'), '{"auths": "s3cret');
    const { code, message, facts, place } = await failure(registry.tagged('x'));
    expect(code).toBe('BAD_DATA');
    expect(place?.file).toBe(join(home, '.docker/config.json'));
    expect([message, ...facts].join(' ')).not.toContain('s3cret');
  });
});

function mkdirs(folder: string): void {
  mkdirSync(folder, { recursive: true });
}
