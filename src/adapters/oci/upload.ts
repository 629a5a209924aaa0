import { createHash, type Hash } from 'node:crypto';
import type { Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { agreeOn } from './agreement.ts';
import type { RegistryClient } from './client.ts';
import { Broken, type Answer, type Order } from './exchange.ts';
import {
  begin,
  isThere,
  locationOf,
  resumed,
  status,
  type Blob,
  type Session,
  type UploadParts,
} from './upload-session.ts';

/** Puts one blob into a registry, piece by piece, and goes on where it was broken off (distribution-spec 1.1, "Pushing blobs"). */

const MAX_BEGUN = 3;

export async function upload(blob: Blob, parts: UploadParts): Promise<void> {
  const { client, memory } = parts;
  const repository = (await client.url('')).href;
  const key = { repository, digest: blob.digest };
  let kept: string | null = await memory.recall(key);
  for (let begun = 1; begun <= MAX_BEGUN; begun += 1) {
    const found = kept === null ? null : await resumed(kept, blob, parts);
    kept = null;
    const session = found ?? (await begin(parts));
    await memory.remember(key, session.url.href);
    const sent = await send(session, blob, parts, (url) => memory.remember(key, url.href));
    if (sent) {
      await memory.forget(key);
      return;
    }
    await memory.forget(key);
  }
  throw new CannotTell('UNREACHABLE', 'the registry does not keep what is uploaded', {
    place: { file: repository },
    facts: [`sha256:${blob.digest}`, `begun ${MAX_BEGUN} times`],
  });
}

/** @returns whether the blob is there; else the registry lost the upload, and it has to begin anew. */
async function send(
  session: Session,
  blob: Blob,
  { client, onSent }: UploadParts,
  moved: (url: URL) => Promise<void>,
): Promise<boolean> {
  let { url, offset } = session;
  let hash = await hashOf(blob, offset);
  const isResumed = offset > 0;
  onSent(offset);
  for (let failures = 0; offset < blob.size;) {
    const end = Math.min(offset + session.pieceBytes, blob.size);
    const sent = await patch({ url, offset, end, hash, blob }, client);
    if (sent === 'gone') return false;
    if ('next' in sent) {
      ({ next: url, hash } = sent);
      offset = end;
      failures = 0;
      await moved(url);
    } else {
      failures += 1;
      if (failures >= client.attempts) throw client.gaveUp(sent.broken);
      await client.rest(failures, sent.retryAfter);
      const at = await status(url, client);
      if (at === null || at.offset > blob.size) return false;
      ({ url, offset } = at);
      hash = await hashOf(blob, offset);
    }
    onSent(offset);
  }
  blob.refuse(await endOf(blob, hash, () => cancel(url, client)));
  return await finish(url, blob, client, isResumed);
}

interface Piece {
  readonly url: URL;
  readonly offset: number;
  readonly end: number;
  readonly hash: Hash;
  readonly blob: Blob;
}

type Sent =
  | { readonly next: URL; readonly hash: Hash }
  | { readonly broken: Broken; readonly retryAfter?: string }
  | 'gone';

async function patch({ url, offset, end, hash, blob }: Piece, client: RegistryClient): Promise<Sent> {
  let after = hash;
  const order = {
    method: 'PATCH',
    url,
    headers: { 'content-type': 'application/octet-stream', 'content-range': `${offset}-${end - 1}` },
    body: {
      size: end - offset,
      bytes: () => {
        after = hash.copy();
        return hashed(blob.bytes(offset, end), after, end - offset, blob);
      },
    },
  } as const;
  let answer: Answer;
  try {
    answer = await client.ask({ ...order, actions: 'pull,push', once: true });
  } catch (broken) {
    if (broken instanceof Broken) return { broken };
    throw broken;
  }
  const { 'retry-after': retryAfter, range } = answer.headers;
  if (client.isPassing(answer)) {
    answer.drop();
    return {
      broken: new Broken(`it answers ${answer.status}`),
      ...(retryAfter !== undefined && { retryAfter }),
    };
  }
  if ([400, 404, 410, 416].includes(answer.status)) {
    answer.drop();
    return 'gone';
  }
  if (answer.status !== 202) throw await client.unexpected(order, answer);
  answer.drop();
  if (range !== undefined && range !== `0-${end - 1}`)
    return { broken: new Broken(`it has taken ${range} of what was sent`) };
  return { next: locationOf(client, order, answer), hash: after };
}

/** What passes through, hashed on its way. A file that has become shorter is told at once: the rest will never come. */
async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: Hash,
  size: number,
  blob: Blob,
): AsyncGenerator<Uint8Array, void> {
  let left = size;
  for await (const piece of bytes) {
    hash.update(piece);
    left -= piece.length;
    yield piece;
  }
  if (left > 0) blob.refuse({ size: blob.size - left, sha256: hash.digest('hex') as Sha256 });
}

async function hashOf(blob: Blob, end: number): Promise<Hash> {
  const hash = createHash('sha256');
  if (end > 0) for await (const piece of blob.bytes(0, end)) hash.update(piece);
  return hash;
}

/** What was sent in all, and whether more is there than was to be sent. */
async function endOf(
  blob: Blob,
  hash: Hash,
  cancelled: () => Promise<void>,
): Promise<{ readonly size: number; readonly sha256: Sha256 }> {
  let size = blob.size;
  for await (const more of blob.bytes(size, size + 1)) size += more.length;
  const found = { size, sha256: hash.digest('hex') as Sha256 };
  if (found.size !== blob.size || found.sha256 !== blob.digest) await cancelled();
  return found;
}

/** Nobody needs to know whether that went well: registries clear away what was never finished. */
async function cancel(url: URL, client: RegistryClient): Promise<void> {
  const order = { method: 'DELETE', url, actions: 'pull,push', once: true } as const;
  await client.ask(order).then(
    (answer) => answer.drop(),
    () => undefined,
  );
}

async function finish(url: URL, blob: Blob, client: RegistryClient, isResumed: boolean): Promise<boolean> {
  const end = new URL(url);
  end.searchParams.set('digest', `sha256:${blob.digest}`);
  const order: Order = { method: 'PUT', url: end, thorough: true };
  const answer = await client.ask({ ...order, actions: 'pull,push' });
  if (answer.status === 201) {
    answer.drop();
    agreeOn(order, answer, blob.digest);
    return true;
  }
  // Where the first try was answered to nobody, the upload is over and its blob there.
  if (await isThere(client, blob)) return true;
  // What was there before may have been of another file of that name.
  if (isResumed || [404, 410, 416].includes(answer.status)) {
    answer.drop();
    return false;
  }
  throw await client.unexpected(order, answer);
}
