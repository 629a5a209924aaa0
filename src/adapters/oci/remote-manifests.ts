import * as z from 'zod';
import { sha256, type Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { OCI_MANIFEST } from '../../domain/model-manifest.ts';
import type { Actions } from './authority.ts';
import type { RegistryClient } from './client.ts';
import { INDEX_TYPE } from './index-file.ts';
import { agreeOn } from './agreement.ts';
import { bodyOf } from './exchange.ts';
import { MAX_MANIFEST_BYTES } from './verify.ts';

/** Manifests of a registry, by tag or digest. */

export interface RemoteManifest {
  readonly bytes: Uint8Array;
  /** Of these bytes, whatever the registry says. */
  readonly digest: Sha256;
  readonly mediaType: string;
}

const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9.+/_-]{0,200}$/;
const ACCEPT = [
  OCI_MANIFEST,
  INDEX_TYPE,
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** @returns null where there is none. @throws CannotTell BAD_DATA where bytes and digests disagree. */
export async function getManifest(
  client: RegistryClient,
  reference: string,
  actions: Actions,
): Promise<RemoteManifest | null> {
  const order = {
    method: 'GET',
    url: await client.url(`manifests/${reference}`),
    headers: { accept: ACCEPT },
  } as const;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await client.ask({ ...order, actions });
    if (answer.status === 404) {
      answer.drop();
      return null;
    }
    if (answer.status !== 200) throw await client.unexpected(order, answer);
    try {
      const bytes = await answer.read(MAX_MANIFEST_BYTES);
      const digest = sha256(bytes);
      agreeOn(order, answer, digest);
      return { bytes, digest, mediaType: mediaTypeOf(bytes) };
    } catch (error) {
      await client.afterBroken(error, attempt);
    }
  }
}

/** Puts a manifest under a tag and looks what is there. @throws CannotTell BAD_DATA, RACE_LOST. */
export async function putManifest(
  client: RegistryClient,
  tag: string,
  { bytes, digest, mediaType }: RemoteManifest,
) {
  const order = {
    method: 'PUT',
    url: await client.url(`manifests/${tag}`),
    headers: { 'content-type': mediaType },
    body: bodyOf(bytes),
  } as const;
  const answer = await client.ask({ ...order, actions: 'pull,push' });
  if (answer.status !== 201) throw await client.unexpected(order, answer);
  answer.drop();
  agreeOn(order, answer, digest);
  const there = await getManifest(client, tag, 'pull,push');
  if (there?.digest === digest) return;
  throw new CannotTell(
    'RACE_LOST',
    `the registry lists ${tag} with another manifest than it was just given`,
    {
      facts: [`given sha256:${digest}`, `there ${there === null ? 'nothing' : `sha256:${there.digest}`}`],
      remedy: 'run this again; where nobody else moves the tag, have the registry looked at',
    },
  );
}

/** @throws CannotTell NOT_PERMITTED where the registry takes no tags away, as many do. */
export async function deleteTag(client: RegistryClient, tag: string): Promise<void> {
  const order = { method: 'DELETE', url: await client.url(`manifests/${tag}`) } as const;
  const answer = await client.ask({ ...order, actions: 'delete' });
  answer.drop();
  if ([200, 202, 204, 404].includes(answer.status)) return;
  throw new CannotTell('NOT_PERMITTED', `the registry does not take the tag ${tag} away`, {
    facts: [`it answers ${answer.status}; some take away only manifests, with every tag they have`],
    remedy: 'let the tag name another manifest, or take it away with the tools of the registry',
  });
}

/** What a manifest says it is; what says nothing is sent as what this project writes. */
function mediaTypeOf(bytes: Uint8Array): string {
  try {
    const { mediaType } = Stated.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return mediaType !== undefined && MEDIA_TYPE.test(mediaType) ? mediaType : OCI_MANIFEST;
  } catch {
    return OCI_MANIFEST;
  }
}

const Stated = z.looseObject({ mediaType: z.string().optional() });
