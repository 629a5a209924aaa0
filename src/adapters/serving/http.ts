import { CannotTell } from '../../base/errors.ts';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_WORDS = 400;

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds after which nobody waits any more, for the answer and all of its bytes. */
  readonly patience: number;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks once. Redirects are not followed, since what opens one place is not meant for another, and an answer is read to an end
 * that was set before. @throws CannotTell UNREACHABLE.
 */
export async function ask({ method, url, headers, body, patience }: Ask): Promise<Answer> {
  const signal = AbortSignal.timeout(patience);
  try {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      signal,
      headers: { accept: 'application/json', ...headers },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, text: await bounded(response) };
  } catch (cause) {
    if (cause instanceof CannotTell) throw cause;
    throw new CannotTell('UNREACHABLE', `${url} does not answer`, {
      facts: [signal.aborted ? `nothing came for ${patience / 1000} s` : wordsOf(cause)],
      remedy: 'see that it runs and can be reached from here, then reconcile again',
      cause,
    });
  }
}

async function bounded(response: Response): Promise<string> {
  if (response.body === null) return '';
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_ANSWER_BYTES)
      throw new CannotTell('BAD_DATA', `${response.url} answers with more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** What an answer comes to that is no yes. */
export function refusal(url: string, { status, text }: Answer): CannotTell {
  const facts = text.trim() === '' ? [] : [text.trim().slice(0, MAX_WORDS)];
  if (status === 401 || status === 403)
    return new CannotTell('NOT_PERMITTED', `${url} does not let us in (${status})`, {
      facts,
      remedy: 'correct what opens it in your targets.yaml',
    });
  if (status >= 300 && status < 400)
    return new CannotTell('NOT_PERMITTED', `${url} sends us elsewhere (${status}), and nobody goes there`, {
      remedy: 'describe the address it is really at, in the policy and in your targets.yaml',
    });
  return status >= 500 || status === 429
    ? new CannotTell('UNREACHABLE', `${url} fails (${status})`, { facts })
    : new CannotTell('BAD_DATA', `${url} refuses (${status})`, { facts });
}

export function isYes({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function wordsOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
}
