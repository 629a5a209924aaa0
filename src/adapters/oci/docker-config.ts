import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { askHelper } from './kept-credentials.ts';

/** What a registry is told about who asks. It is never printed. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly secret: string }
  /** Given to who hands out tokens, instead of a password. */
  | { readonly kind: 'identity'; readonly token: string }
  /** Given to the registry as it is. */
  | { readonly kind: 'bearer'; readonly token: string };

const MAX_BYTES = 1024 * 1024;
const DOCKER_HUB: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
const HUB_KEY = 'https://index.docker.io/v1/';

const Entry = z.looseObject({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});
const Config = z.looseObject({
  auths: z.record(z.string(), Entry).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});

/**
 * What the person's docker configuration has for a host: `docker login` writes it, and so do podman, skopeo, oras and helm.
 * @returns null where it has nothing. @throws CannotTell BAD_DATA, IO_FAILED, TOOL_MISSING, NOT_PERMITTED.
 */
export async function dockerCredentials(
  host: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | null> {
  const { DOCKER_CONFIG: named = '', HOME: home = '' } = environment;
  const file = join(named === '' ? join(home === '' ? homedir() : home, '.docker') : named, 'config.json');
  const config = await load(file);
  if (config === null) return null;
  const key = keyOf(host);
  const helper = config.credHelpers?.[key] ?? config.credHelpers?.[host] ?? config.credsStore ?? '';
  const kept = helper === '' ? null : await askHelper(helper, { serverAddress: key, file, environment });
  if (kept !== null)
    return kept.user === '<token>' ? { kind: 'identity', token: kept.secret } : { kind: 'password', ...kept };
  const entry = Object.entries(config.auths ?? {}).find(([name]) => keyOf(hostOf(name)) === key)?.[1];
  return entry === undefined ? null : inFile(entry, file);
}

async function load(file: string): Promise<z.infer<typeof Config> | null> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES)
      throw new CannotTell('BAD_DATA', 'your docker configuration is too large', { place: { file } });
    // Parsed apart from what it says: an error would repeat a part of it.
    const found = Config.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (found.success) return found.data;
  } catch (cause) {
    if (cause instanceof CannotTell) throw cause;
    if (cause instanceof Error && 'code' in cause) {
      if (cause.code === 'ENOENT') return null;
      throw new CannotTell('IO_FAILED', 'your docker configuration cannot be read', {
        place: { file },
        facts: [String(cause.code)],
      });
    }
  }
  throw new CannotTell('BAD_DATA', 'your docker configuration is none that docker would read', {
    place: { file },
  });
}

function keyOf(host: string): string {
  return DOCKER_HUB.includes(host) ? HUB_KEY : host;
}

/** Entries are named by a host, or by the address it once had. */
function hostOf(name: string): string {
  return name.replace(/^https?:\/\//, '').split('/')[0] ?? '';
}

function inFile(entry: z.infer<typeof Entry>, file: string): Credentials | null {
  if (entry.identitytoken) return { kind: 'identity', token: entry.identitytoken };
  if (entry.registrytoken) return { kind: 'bearer', token: entry.registrytoken };
  if (entry.auth) {
    const text = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = text.indexOf(':');
    if (colon < 0)
      throw new CannotTell('BAD_DATA', 'an `auth` of your docker configuration is none', { place: { file } });
    return { kind: 'password', user: text.slice(0, colon), secret: text.slice(colon + 1) };
  }
  return entry.username === undefined || entry.password === undefined
    ? null
    : { kind: 'password', user: entry.username, secret: entry.password };
}
