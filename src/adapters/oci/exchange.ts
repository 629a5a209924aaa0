import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CannotTell } from '../../base/errors.ts';

/** One request and its answer, within limits: of time, where nothing moves and altogether, and of bytes. */

export interface Patience {
  /** Milliseconds in which nothing moves. */
  readonly idleMs: number;
  /** How often something is tried that failed for no lasting reason. */
  readonly attempts: number;
  /** Milliseconds before the second try, twice as many before each one after it. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
}

export const PATIENT: Patience = { idleMs: 60_000, attempts: 5, pauseMs: 500, longestPauseMs: 60_000 };

/** Slower than 16 KB a second is no server that anybody waits for. */
const BYTES_A_MS = 16;
const MAX_DROPPED_BYTES = 64 * 1024;

export interface Order {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** The other side has to go through all that was sent before it can answer. */
  readonly thorough?: boolean;
}

export interface Body {
  /** Bytes. */
  readonly size: number;
  /** What was given out may be written over once the next is asked for. */
  bytes(): AsyncIterable<Uint8Array>;
}

/** A body that is in memory. */
export function bodyOf(bytes: Uint8Array): Body {
  return { size: bytes.length, bytes: () => Readable.from(bytes.length === 0 ? [] : [bytes]) };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** All of a small body. @throws CannotTell BAD_DATA above `most` bytes, Broken. */
  read(most: number): Promise<Uint8Array>;
  /** A large one, piece by piece, of which at most `most` bytes are taken. @throws CannotTell BAD_DATA, Broken. */
  pieces(most: number): AsyncIterable<Uint8Array>;
  /** Nothing of it is wanted. */
  drop(): void;
}

/** The connection ended, or nothing came: another try may go better. */
export class Broken extends Error {}

/** @throws Broken, CannotTell UNREACHABLE where trying again is of no use. */
export async function exchange(order: Order, patience: Patience, agents: Agents): Promise<Answer> {
  const { method, url, headers, body } = order;
  const idleMs = patience.idleMs * (order.thorough === true ? 5 : 1);
  const request = (url.protocol === 'https:' ? https : http).request(url, {
    method,
    agent: url.protocol === 'https:' ? agents.https : agents.http,
    headers: {
      'user-agent': 'modelsmith',
      ...(body !== undefined && { 'content-length': String(body.size) }),
      ...(body === undefined && !['GET', 'HEAD'].includes(method) && { 'content-length': '0' }),
      ...headers,
    },
  });
  request.setTimeout(idleMs, () => request.destroy(new Broken('nothing came for too long')));
  const late = latest(idleMs, body?.size ?? 0, () => request.destroy(new Broken('the answer took too long')));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    request.once('close', () => reject(new Broken('the connection was closed')));
  });
  const written = writeAll(request, body);
  try {
    await Promise.race([answered, written]);
    const response = await answered;
    // What is answered before all was sent is a refusal, or about something that the other side has not seen.
    if ((response.statusCode ?? 0) < 300) await written;
    else written.catch(() => undefined);
    return answerOf(request, response, idleMs);
  } catch (error) {
    answered.catch(() => undefined);
    written.catch(() => undefined);
    request.destroy();
    throw asBroken(error, url);
  } finally {
    clearTimeout(late);
  }
}

export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

export function agents(): Agents {
  return { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
}

/** Each piece is on its way before the next is read, so that memory holds one of them. */
async function writeAll(request: http.ClientRequest, body: Body | undefined): Promise<void> {
  if (body !== undefined)
    for await (const piece of body.bytes())
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => reject(new Broken('the connection was closed'));
        request.once('close', stop);
        request.write(piece, (error) => {
          request.off('close', stop);
          if (error) reject(error);
          else resolve();
        });
      });
  request.end();
}

function answerOf(request: http.ClientRequest, response: IncomingMessage, idleMs: number): Answer {
  const { statusCode: status = 0, headers } = response;
  const { origin, pathname } = new URL(request.path, `${request.protocol}//${request.host}`);
  // Whoever reads is told; where nobody does, it is of no interest.
  response.on('error', () => undefined);
  const pieces = async function* (most: number): AsyncGenerator<Uint8Array, void> {
    const late = latest(idleMs, most, () => response.destroy(new Broken('the answer took too long')));
    let left = most;
    try {
      for await (const piece of response as AsyncIterable<Uint8Array>) {
        left -= piece.length;
        if (left < 0)
          throw new CannotTell('BAD_DATA', 'the registry sends more than it may', {
            place: { file: `${origin}${pathname}` },
            facts: [`more than ${most} bytes`],
          });
        yield piece;
      }
      if (!response.complete) throw new Broken('the answer was cut off');
    } catch (error) {
      throw asBroken(error, new URL(origin));
    } finally {
      clearTimeout(late);
      if (!response.complete || !request.writableFinished) request.destroy();
    }
  };
  return {
    status,
    headers,
    pieces,
    read: async (most) => {
      const all: Uint8Array[] = [];
      for await (const piece of pieces(most)) all.push(piece);
      return Buffer.concat(all);
    },
    drop: () => {
      const { 'content-length': length } = headers;
      const isShort =
        request.method === 'HEAD' || status === 204 || Number(length ?? NaN) <= MAX_DROPPED_BYTES;
      // What is short is gone through, so that the connection can be used again.
      if (isShort && request.writableFinished) response.resume();
      else request.destroy();
    },
  };
}

function latest(idleMs: number, bytes: number, then: () => void): NodeJS.Timeout {
  return setTimeout(then, Math.min(5 * idleMs + bytes / BYTES_A_MS, 2 ** 31 - 1)).unref();
}

const PASSING: readonly string[] = [
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
];

function asBroken(error: unknown, { host, hostname }: URL): Error {
  if (error instanceof Broken || error instanceof CannotTell) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (PASSING.includes(code)) return new Broken(code, { cause: error });
  return new CannotTell('UNREACHABLE', `the registry ${host} is not reached`, {
    facts: [whyNot(code, hostname)],
    ...(/CERT|SELF_SIGNED|UNABLE_TO/.test(code) && {
      remedy: 'where its certificate comes from an authority of your own: NODE_EXTRA_CA_CERTS=<file.pem>',
    }),
    cause: error,
  });
}

function whyNot(code: string, hostname: string): string {
  if (code === 'ENOTFOUND') return `no machine has the name ${hostname}`;
  if (code === 'ECONNREFUSED') return 'nobody listens there';
  if (isOtherProtocol(code)) return 'it does not speak TLS there';
  return code === '' ? 'it answers with what is no HTTP' : code;
}

/** What TLS says of somebody who speaks plain HTTP. */
export function isOtherProtocol(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_');
}
