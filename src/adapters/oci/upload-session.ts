import type { Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import type { UploadMemory } from '../../ports/uploads.ts';
import type { RegistryClient } from './client.ts';
import type { Answer, Order } from './exchange.ts';

/** Where an upload stands: begun, found again, gone on. */

export interface Blob {
  readonly digest: Sha256;
  /** Bytes. */
  readonly size: number;
  bytes(start: number, end: number): AsyncIterable<Uint8Array>;
  /** Says what is wrong where the bytes are not those the digest names. @throws CannotTell. */
  refuse(found: { readonly size: number; readonly sha256: Sha256 }): void;
}

export interface UploadParts {
  readonly client: RegistryClient;
  readonly memory: UploadMemory;
  /** Bytes sent at once, at most; the registry may want more. */
  readonly pieceBytes: number;
  readonly onSent: (bytes: number) => void;
}

export interface Session {
  readonly url: URL;
  /** Bytes that are there. */
  readonly offset: number;
  readonly pieceBytes: number;
}

const MAX_PIECE_BYTES = 1024 ** 3;

export async function begin({ client, pieceBytes }: UploadParts): Promise<Session> {
  const order = { method: 'POST', url: await client.url('blobs/uploads/') } as const;
  const answer = await client.ask({ ...order, actions: 'pull,push' });
  if (answer.status !== 202) throw await client.unexpected(order, answer);
  answer.drop();
  const least = Number(answer.headers['oci-chunk-min-length'] ?? 0);
  const piece =
    Number.isSafeInteger(least) && least <= MAX_PIECE_BYTES ? Math.max(pieceBytes, least) : pieceBytes;
  return { url: locationOf(client, order, answer), offset: 0, pieceBytes: piece };
}

/** An upload that was begun earlier; null where the registry knows it no more. */
export async function resumed(
  kept: string,
  blob: Blob,
  { client, pieceBytes }: UploadParts,
): Promise<Session | null> {
  let url: URL;
  try {
    url = client.onward(kept, await client.url(''));
  } catch (error) {
    if (error instanceof CannotTell) return null;
    throw error;
  }
  const at = await status(url, client);
  return at === null || at.offset > blob.size ? null : { ...at, pieceBytes };
}

/** How much of an upload is there; null where it is gone. */
export async function status(
  url: URL,
  client: RegistryClient,
): Promise<Pick<Session, 'url' | 'offset'> | null> {
  const order = { method: 'GET', url } as const;
  const answer = await client.ask({ ...order, actions: 'pull,push' });
  answer.drop();
  const { range, location } = answer.headers;
  const offset = answer.status === 204 ? offsetIn(range) : null;
  if (offset === null) return null;
  return { url: location === undefined ? url : client.onward(location, url), offset };
}

/** Some say `0-0` of nothing at all, and nobody sends a single byte and stops. */
function offsetIn(range: string | undefined): number | null {
  const [, end] = /^(?:bytes=)?0-(\d{1,15})$/.exec(range ?? '') ?? [];
  if (end === undefined) return range === undefined ? 0 : null;
  return end === '0' ? 0 : Number(end) + 1;
}

/** Whether a registry has a blob, by its word: whoever needs to know hashes it. */
export async function isThere(client: RegistryClient, blob: Pick<Blob, 'digest' | 'size'>): Promise<boolean> {
  const order = { method: 'HEAD', url: await client.url(`blobs/sha256:${blob.digest}`) } as const;
  const answer = await client.ask({ ...order, actions: 'pull,push' });
  answer.drop();
  if (answer.status !== 200 && answer.status !== 404) throw await client.unexpected(order, answer);
  const { 'content-length': length } = answer.headers;
  return answer.status === 200 && (length === undefined || length === String(blob.size));
}

export function locationOf(client: RegistryClient, order: Order, answer: Answer): URL {
  const { location } = answer.headers;
  if (location === undefined) throw client.wrong(order, 'it does not say where the upload goes on');
  return client.onward(location, order.url);
}
