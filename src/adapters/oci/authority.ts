import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { onward } from './addresses.ts';
import { challenges, type Challenge } from './challenge.ts';
import type { Credentials } from './docker-config.ts';
import { bodyOf, type Answer, type Order } from './exchange.ts';

export type Actions = 'pull' | 'pull,push' | 'delete';

const MAX_TOKEN_BYTES = 1024 * 1024;
const Granted = z.looseObject({ token: z.string().optional(), access_token: z.string().optional() });
/** Only this can be put in a header. */
const TOKEN = /^[\x21-\x7e]{1,65536}$/;

export interface AuthorityParts {
  readonly host: string;
  readonly repository: string;
  readonly plainHttp: boolean;
  /** Asked once, and only where the registry wants to know. */
  readonly credentials: () => Promise<Credentials | null>;
  /** Sends without authorization of its own, and follows no redirect. */
  readonly send: (order: Order) => Promise<Answer>;
}

/** Who we are to one registry: what it asks for is found out, and kept for the next request. */
export class Authority {
  readonly #parts: AuthorityParts;
  readonly #headers = new Map<Actions, string>();
  #known: Promise<Credentials | null> | null = null;

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
  }

  headerFor(actions: Actions): string | null {
    return this.#headers.get(actions) ?? null;
  }

  /** Finds what answers a challenge. @throws CannotTell NOT_PERMITTED where nothing does, and what credentials throw. */
  async answer(url: URL, header: string, actions: Actions): Promise<void> {
    const asked = challenges(header);
    const bearer = asked.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'));
    this.#known ??= this.#parts.credentials();
    const credentials = await this.#known;
    if (credentials?.kind === 'bearer') this.#headers.set(actions, `Bearer ${checked(credentials.token)}`);
    else if (bearer !== undefined) {
      const token = await this.#token(url, bearer, actions, credentials);
      this.#headers.set(actions, `Bearer ${token}`);
    } else if (asked.some(({ scheme }) => scheme === 'basic') && credentials?.kind === 'password')
      this.#headers.set(actions, basic(credentials));
    else throw this.refused(credentials === null);
  }

  refused(anonymous: boolean): CannotTell {
    const { host, repository } = this.#parts;
    return new CannotTell('NOT_PERMITTED', `the registry ${host} does not let you do this in ${repository}`, {
      facts: [
        anonymous
          ? `your docker configuration has no credentials for ${host}`
          : `with the credentials of your docker configuration for ${host}`,
      ],
      remedy: `docker login ${host}`,
    });
  }

  /** Whether there are credentials, as far as anybody has asked. */
  async isAnonymous(): Promise<boolean> {
    return (await this.#known) === null;
  }

  /** As in the distribution project's token specifications, plain and OAuth2. */
  async #token(
    url: URL,
    { parameters }: Challenge,
    actions: Actions,
    credentials: Credentials | null,
  ): Promise<string> {
    const { plainHttp, repository, send, host } = this.#parts;
    const realm = onward(parameters.get('realm') ?? '', url, plainHttp);
    const service = parameters.get('service') ?? '';
    // What is asked for is what is about to be done, whatever the registry would have us ask for.
    const scope = `repository:${repository}:${actions}`;
    const answer = await send(
      credentials?.kind === 'identity'
        ? identityOrder(realm, { service, scope, token: credentials.token })
        : plainOrder(realm, { service, scope, credentials }),
    );
    if (answer.status === 401 || answer.status === 403) {
      answer.drop();
      throw this.refused(credentials === null);
    }
    const bytes = await answer.read(MAX_TOKEN_BYTES);
    const granted = answer.status === 200 ? parsed(bytes) : null;
    const token = granted?.token ?? granted?.access_token ?? '';
    if (TOKEN.test(token)) return token;
    throw new CannotTell('UNREACHABLE', `the registry ${host} gives no token`, {
      facts: [`${realm.origin}${realm.pathname} answers ${answer.status}`],
    });
  }
}

function plainOrder(
  realm: URL,
  asked: { readonly service: string; readonly scope: string; readonly credentials: Credentials | null },
): Order {
  const url = new URL(realm);
  if (asked.service !== '') url.searchParams.set('service', asked.service);
  url.searchParams.set('scope', asked.scope);
  const { credentials } = asked;
  return {
    method: 'GET',
    url,
    ...(credentials?.kind === 'password' && { headers: { authorization: basic(credentials) } }),
  };
}

function identityOrder(
  url: URL,
  { service, scope, token }: { readonly service: string; readonly scope: string; readonly token: string },
): Order {
  const form = new URLSearchParams({ grant_type: 'refresh_token', service, scope, client_id: 'modelsmith' });
  form.set('refresh_token', token);
  const bytes = new TextEncoder().encode(form.toString());
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: bodyOf(bytes),
  };
}

function basic({ user, secret }: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${secret}`, 'utf8').toString('base64')}`;
}

function checked(token: string): string {
  if (TOKEN.test(token)) return token;
  throw new CannotTell('BAD_DATA', 'a token of your docker configuration is none');
}

function parsed(bytes: Uint8Array): z.infer<typeof Granted> | null {
  try {
    return Granted.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}
