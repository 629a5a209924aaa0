import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { sha256 } from '../../../src/base/digest.ts';

/** A registry in memory that does as the specification says, until a test makes it do otherwise. */

export type Misbehave = (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;

export interface MemoryRegistry {
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, Buffer>;
  /** Every request in order: method and path. */
  readonly asked: string[];
  /** Headers of them. */
  readonly headers: IncomingMessage['headers'][];
  /** Bytes of blobs that came in. */
  received: number;
  /** Whether it is done with a request; called before anything else is done with it. */
  misbehave: Misbehave;
  /** The request is cut after so many bytes of its body. */
  cutAfter: number | null;
  stop(): Promise<void>;
}

export async function memoryRegistry(): Promise<MemoryRegistry> {
  const sockets = new Set<Socket>();
  const sessions = new Map<string, Buffer>();
  let last = 0;
  const server: Server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    registry.asked.push(`${method} ${url.replace(/\?.*/, '')}`);
    registry.headers.push(request.headers);
    const pieces: Buffer[] = [];
    const { pathname, searchParams } = new URL(url, 'http://registry');
    const session = /\/uploads\/(.+)$/.exec(pathname)?.[1] ?? '';
    request.on('data', (piece: Buffer) => {
      const { cutAfter } = registry;
      const taken = cutAfter === null ? piece : piece.subarray(0, cutAfter);
      pieces.push(taken);
      registry.received += method === 'PATCH' ? taken.length : 0;
      if (cutAfter === null) return;
      registry.cutAfter = cutAfter - taken.length;
      if (registry.cutAfter > 0) return;
      registry.cutAfter = null;
      // What has arrived is kept, as registries do.
      sessions.set(session, Buffer.concat([sessions.get(session) ?? Buffer.alloc(0), ...pieces]));
      request.socket.destroy();
    });
    request.on('error', () => undefined);
    request.on('end', () => {
      if (request.socket.destroyed) return;
      const body = Buffer.concat(pieces);
      if (!registry.misbehave(request, response, body))
        behave(method, pathname, searchParams, body, session, response);
    });
  });
  const location = (id: string) => `/v2/models/claims/blobs/uploads/${id}`;
  const behave = (
    method: string,
    path: string,
    query: URLSearchParams,
    body: Buffer,
    session: string,
    response: ServerResponse,
  ): void => {
    const digest = /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(path)?.[1];
    const reference = /\/manifests\/(.+)$/.exec(path)?.[1];
    const there = sessions.get(session);
    if (path === '/v2/') response.end();
    else if (digest !== undefined) give(response, registry.blobs.get(digest), digest);
    else if (reference !== undefined && method === 'PUT') {
      registry.manifests.set(reference, body);
      registry.manifests.set(`sha256:${sha256(body)}`, body);
      response.writeHead(201, { 'docker-content-digest': `sha256:${sha256(body)}` }).end();
    } else if (reference !== undefined) {
      const found = registry.manifests.get(reference);
      give(response, found, `sha256:${sha256(found ?? '')}`);
    } else if (method === 'POST') {
      last += 1;
      sessions.set(String(last), Buffer.alloc(0));
      response.writeHead(202, { location: location(String(last)), range: '0-0' }).end();
    } else if (there === undefined) response.writeHead(404).end();
    else if (method === 'GET')
      response
        .writeHead(204, { location: location(session), range: `0-${Math.max(0, there.length - 1)}` })
        .end();
    else if (method === 'PATCH') {
      const all = Buffer.concat([there, body]);
      sessions.set(session, all);
      response.writeHead(202, { location: location(session), range: `0-${all.length - 1}` }).end();
    } else if (method === 'PUT') {
      const wanted = query.get('digest') ?? '';
      sessions.delete(session);
      const right = wanted === `sha256:${sha256(there)}`;
      if (right) registry.blobs.set(wanted, there);
      response.writeHead(right ? 201 : 400, right ? { 'docker-content-digest': wanted } : {}).end();
    } else response.writeHead(204).end();
  };
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  const registry: MemoryRegistry = {
    host: `127.0.0.1:${address.port}`,
    blobs: new Map(),
    manifests: new Map(),
    asked: [],
    headers: [],
    received: 0,
    misbehave: () => false,
    cutAfter: null,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return registry;
}

function give(response: ServerResponse, bytes: Buffer | undefined, digest: string): void {
  if (bytes === undefined) response.writeHead(404).end();
  else
    response.writeHead(200, { 'content-length': bytes.length, 'docker-content-digest': digest }).end(bytes);
}
