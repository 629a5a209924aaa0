import { setTimeout as pause } from 'node:timers/promises';
import { CannotTell } from '../../base/errors.ts';
import { isLoopback, type RemoteRegistry } from '../../domain/registry-place.ts';
import { onward } from './addresses.ts';
import { Authority, type Actions } from './authority.ts';
import { dockerCredentials } from './docker-config.ts';
import {
  agents,
  Broken,
  exchange,
  isOtherProtocol,
  type Answer,
  type Order,
  type Patience,
} from './exchange.ts';

const MAX_REDIRECTS = 5;
const MAX_ERROR_BYTES = 64 * 1024;
/** Statuses that another try may not meet again. */
const PASSING: readonly number[] = [429, 500, 502, 503, 504];

export interface Asking extends Order {
  readonly actions: Actions;
  /** Not tried again here: whoever asks knows how to go on. */
  readonly once?: boolean;
}

/** Speaks with one repository of a registry: who we are, tries, redirects. */
export class RegistryClient {
  readonly #place: RemoteRegistry;
  readonly #patience: Patience;
  readonly #agents = agents();
  readonly #authority: Authority;
  #base: Promise<URL> | null = null;

  constructor(place: RemoteRegistry, environment: NodeJS.ProcessEnv, patience: Patience) {
    const { host, repository, plainHttp } = place;
    this.#place = place;
    this.#patience = patience;
    this.#authority = new Authority({
      host,
      repository,
      plainHttp,
      credentials: () => dockerCredentials(host, environment),
      send: (order) => this.#patiently(order),
    });
  }

  /** The address of something in the repository. */
  async url(path: string): Promise<URL> {
    this.#base ??= this.#findBase();
    return new URL(`v2/${this.#place.repository}/${path}`, await this.#base);
  }

  /** Where an answer sends us. */
  onward(text: string, from: URL): URL {
    return onward(text, from, this.#place.plainHttp);
  }

  get attempts(): number {
    return this.#patience.attempts;
  }

  /**
   * The answer to a request, whatever its status but 401 and 403, of which something is said.
   * @throws CannotTell UNREACHABLE, NOT_PERMITTED, BAD_DATA; Broken, where it is tried once.
   */
  async ask(asking: Asking): Promise<Answer> {
    let answer = await this.#authorized(asking);
    let at = asking.url;
    // What is sent is sent to nobody else.
    for (let hops = 0; isRedirect(answer) && ['GET', 'HEAD'].includes(asking.method); hops += 1) {
      answer.drop();
      if (hops === MAX_REDIRECTS) throw this.wrong(asking, `it sends us on more than ${MAX_REDIRECTS} times`);
      at = this.onward(answer.headers.location ?? '', at);
      answer = await this.#authorized({ ...asking, url: at });
    }
    return answer;
  }

  async #authorized(asking: Asking): Promise<Answer> {
    const { url, actions } = asking;
    const own = url.origin === (await this.url('')).origin;
    const send = async (): Promise<Answer> => {
      const authorization = own ? this.#authority.headerFor(actions) : null;
      const headers = { ...asking.headers, ...(authorization !== null && { authorization }) };
      const order = { ...asking, headers };
      return asking.once === true
        ? await exchange(order, this.#patience, this.#agents)
        : await this.#patiently(order);
    };
    const first = await send();
    if (first.status !== 401 || !own) return await this.#permitted(first);
    first.drop();
    // Once: what was known may have expired, but who is refused with what is fresh is refused.
    await this.#authority.answer(url, first.headers['www-authenticate'] ?? '', actions);
    return await this.#permitted(await send());
  }

  async #permitted(answer: Answer): Promise<Answer> {
    if (answer.status !== 401 && answer.status !== 403) return answer;
    answer.drop();
    throw this.#authority.refused(await this.#authority.isAnonymous());
  }

  async #patiently(order: Order): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await exchange(order, this.#patience, this.#agents);
        if (!PASSING.includes(answer.status) || attempt >= this.attempts) return answer;
        answer.drop();
        await this.rest(attempt, answer.headers['retry-after']);
      } catch (error) {
        await this.afterBroken(error, attempt);
      }
    }
  }

  isPassing({ status }: Answer): boolean {
    return PASSING.includes(status);
  }

  /** Waits before the next try: as long as the registry wants, within reason. */
  async rest(attempt: number, retryAfter?: string): Promise<void> {
    const { pauseMs, longestPauseMs } = this.#patience;
    const wanted = retryAfter === undefined ? NaN : wantedMs(retryAfter);
    await pause(Math.min(Number.isFinite(wanted) ? wanted : pauseMs * 2 ** (attempt - 1), longestPauseMs));
  }

  /** What broke off while it was read is asked for again, a bounded number of times. @throws what is anything else. */
  async afterBroken(error: unknown, attempt: number): Promise<void> {
    if (!(error instanceof Broken)) throw error;
    if (attempt >= this.attempts) throw this.gaveUp(error);
    await this.rest(attempt);
  }

  gaveUp(broken: Broken): CannotTell {
    return new CannotTell('UNREACHABLE', `the registry ${this.#place.host} breaks off`, {
      facts: [broken.message, `tried ${this.attempts} times`],
      remedy: 'run it again: what has arrived is not sent again where the registry keeps it',
      cause: broken,
    });
  }

  /** An answer that is neither what was asked for nor a refusal that has words of its own. */
  async unexpected(asking: Order, answer: Answer): Promise<CannotTell> {
    const codes = await answer.read(MAX_ERROR_BYTES).then(codesIn, () => []);
    return this.wrong(asking, [`it answers ${answer.status}`, ...codes].join(' '));
  }

  wrong({ method, url }: Order, fact: string): CannotTell {
    return new CannotTell(
      'UNREACHABLE',
      `the registry ${this.#place.host} does not do what it is asked for`,
      {
        // Without the query, which may hold what nobody else is to know.
        facts: [`${method} ${url.origin}${url.pathname}`, fact],
      },
    );
  }

  /** HTTPS. This machine's own may speak either, and another one plain HTTP where the person says so. */
  async #findBase(): Promise<URL> {
    const { host, plainHttp } = this.#place;
    const real = ['docker.io', 'index.docker.io'].includes(host) ? 'registry-1.docker.io' : host;
    const [safe, plain] = [new URL(`https://${real}/`), new URL(`http://${real}/`)];
    if (plainHttp) return plain;
    if (!isLoopback(host)) return safe;
    try {
      (await this.#patiently({ method: 'GET', url: new URL('v2/', safe) })).drop();
      return safe;
    } catch (error) {
      if (error instanceof CannotTell && isPlain(error.cause)) return plain;
      throw error;
    }
  }
}

function isPlain(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && isOtherProtocol(String(cause.code));
}

function isRedirect({ status, headers }: Answer): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined;
}

function wantedMs(retryAfter: string): number {
  return /^\d{1,9}$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Math.max(0, Date.parse(retryAfter) - Date.now());
}

/** Codes of the distribution specification. What else is said may repeat what we sent. */
function codesIn(bytes: Uint8Array): readonly string[] {
  try {
    const { errors } = JSON.parse(new TextDecoder().decode(bytes)) as { errors?: unknown };
    return (Array.isArray(errors) ? errors : [])
      .slice(0, 5)
      .map((error: unknown) => (error as { code?: unknown } | null)?.code)
      .filter((code): code is string => typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code));
  } catch {
    return [];
  }
}
