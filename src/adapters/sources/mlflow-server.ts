import { Readable } from 'node:stream';
import { CannotTell } from '../../base/errors.ts';
import { memberOf, parseForeignJson, textOf, type ForeignJson } from '../../base/foreign-json.ts';
import { isLoopback } from '../../domain/registry-place.ts';

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 10_000;
const ANSWER_MILLISECONDS = 60_000;

/** One server, asked over HTTP. It is never followed elsewhere: the token is for it alone. */
export class MlflowServer {
  private readonly address: URL;
  private readonly token: string | null;

  /** @throws CannotTell USAGE where the token would go over a network in the clear. */
  constructor(address: URL, token: string | null) {
    if (token !== null && address.protocol === 'http:' && !isLoopback(address.hostname))
      throw new CannotTell('USAGE', 'the token would be sent in the clear', {
        facts: [address.origin],
        remedy: 'name an https address, or unset MODELSMITH_MLFLOW_TOKEN',
      });
    this.address = address;
    this.token = token;
  }

  async json(path: string, query: Readonly<Record<string, string>>): Promise<ForeignJson> {
    const response = await this.get(path, query, AbortSignal.timeout(ANSWER_MILLISECONDS));
    const bytes = await beginningOf(response, MAX_ANSWER_BYTES);
    if (bytes.length > MAX_ANSWER_BYTES)
      throw new CannotTell('BAD_DATA', 'The registry answers with too much.');
    const json = parseForeignJson(bytes, path, { maxDepth: 32 });
    if (json.ok) return json.value;
    throw new CannotTell('BAD_DATA', 'The registry answers with something else than JSON.', {
      facts: [json.problems[0].message],
    });
  }

  async stream(path: string): Promise<Readable> {
    return bodyOf(await this.get(path, {}));
  }

  private async get(
    path: string,
    query: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Response> {
    const url = new URL(path, this.address);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const response = await fetch(url, {
      redirect: 'error',
      headers: this.token === null ? {} : { authorization: `Bearer ${this.token}` },
      ...(signal !== undefined && { signal }),
    }).catch((cause: unknown) => {
      throw new CannotTell('UNREACHABLE', 'The registry cannot be reached.', {
        facts: [url.origin],
        cause,
      });
    });
    if (response.ok) return response;
    throw await refusal(response);
  }
}

function bodyOf({ body }: Response): Readable {
  return body === null ? Readable.from([]) : Readable.fromWeb(body);
}

/** All of an answer, or where it is longer a little more than `most` bytes of it, which is all that is read. */
async function beginningOf(response: Response, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bodyOf(response) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    size += part.length;
    if (size > most) break;
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** The error as MLflow says it: `{"error_code": …, "message": …}`. */
async function refusal(response: Response): Promise<CannotTell> {
  const bytes = await beginningOf(response, MAX_REFUSAL_BYTES).catch(() => new Uint8Array());
  const json = parseForeignJson(bytes, 'answer', { maxBytes: MAX_REFUSAL_BYTES, maxDepth: 8 });
  const told = json.ok ? textOf(memberOf(json.value, 'message')) : undefined;
  const facts = [
    `${response.status} ${response.statusText}`.trim(),
    ...(told === undefined ? [] : [told.slice(0, 300)]),
  ];
  if (response.status === 401 || response.status === 403)
    return new CannotTell('NOT_PERMITTED', 'The registry wants to know who asks.', {
      facts,
      remedy: 'put a token into MODELSMITH_MLFLOW_TOKEN',
    });
  return new CannotTell(response.status === 404 ? 'NO_INPUT' : 'UNREACHABLE', 'The registry says no.', {
    facts,
  });
}
